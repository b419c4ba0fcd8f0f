"""The portal: a Flask application in front of Keycloak. `create_app` puts it together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from portal.services import Services


def create_app(services: Services | None = None) -> Flask:
    """The portal, with the services given or with the real ones that the environment names.

    Raises BadSetting when the environment lacks something or is unsafe.
    """
    from portal import assembly  # noqa: PLC0415 - so that `portal.model` is read without Flask
    from portal.services import build  # noqa: PLC0415
    from portal.settings import Settings  # noqa: PLC0415

    services = services or build(Settings.from_environment(os.environ))
    app = assembly.bare(services)
    assembly.add_templates(app)
    assembly.add_sessions(app, services)
    assembly.add_sign_in(app, services)
    assembly.add_guard(app)
    assembly.add_form_protection(app)
    assembly.add_headers(app, services)
    assembly.add_errors(app)
    assembly.add_pages(app)
    return app
