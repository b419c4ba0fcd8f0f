"""The portal's application for a test: its templates are compiled once for all modules that make one."""

import os
import tempfile

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from portal.application import create_app
from portal.services import Services
from tests.support.servers.lender import ADDRESSES


def application(services: Services) -> Flask:
    """As it serves people: faults are pages, not errors of the test's."""
    made = create_app(services)
    made.testing = False
    compiled = FileSystemBytecodeCache(os.environ.get(ADDRESSES, tempfile.gettempdir()))
    made.jinja_env.bytecode_cache = made.jinja_options["bytecode_cache"] = compiled
    return made
