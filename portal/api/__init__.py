"""What other applications ask: who may use which role where, in the forms of AuthZEN's Authorization API 1.0.

Every answer is for an application with a token of its own, or of a person who signed in to it.
"""

from flask import Flask
from flask_wtf import CSRFProtect

import portal.api.changes
import portal.api.evaluation
import portal.api.metadata
import portal.api.readiness
import portal.api.search
import portal.api.why  # noqa: F401 - their routes are of the blueprint
from portal.api import allowance, asking, problems
from portal.api.routes import api


def install(app: Flask, protection: CSRFProtect) -> None:
    """Adds the API to `app`. No form is sent to it and no cookie counts, so no form's token is asked for."""
    protection.exempt(api)
    services = app.extensions["cqrs"]
    problems.install(app)
    asking.install(app, services.settings)
    allowance.install(app, services)
    app.register_blueprint(api)
