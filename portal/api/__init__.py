"""What other applications ask: who may use which role where, in the forms of AuthZEN's Authorization API 1.0.

Every answer is for an application with a token of its own, or of a person who signed in to it.
"""

from flask import Flask
from flask_wtf import CSRFProtect

import portal.api.changes
import portal.api.metadata  # noqa: F401 - likewise
from portal.api import keys, problems
from portal.api.routes import api
from portal.settings import Settings


def install(app: Flask, settings: Settings, protection: CSRFProtect) -> None:
    """Adds the API to `app`. No form is sent to it and no cookie counts, so no form's token is asked for."""
    protection.exempt(api)
    keys.install(app, settings)
    problems.install(app)
    app.register_blueprint(api)
