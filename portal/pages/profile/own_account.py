"""What a person changes on Keycloak's own pages: password, e-mail address, second factors.

Keycloak asks there for a fresh sign-in first, second factor and all. It sends the browser back to the
sign-in's callback, which checks that it is the same person still and says what became of it.
"""

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from portal.web import oidc
from portal.web.access import me, services, signed_in

pages = Blueprint("own_account", __name__, url_prefix="/profile")


@pages.post("/password")
@signed_in
def change_password() -> Response:
    """To Keycloak's page for a new password."""
    return _at_keycloak("UPDATE_PASSWORD", "profile.details")


@pages.post("/email")
@signed_in
def change_email() -> Response:
    """To Keycloak's page for a new address, which counts once it is confirmed from there."""
    return _at_keycloak("UPDATE_EMAIL", "profile.details")


@pages.post("/authenticator-app")
@signed_in
def add_app() -> Response:
    """To Keycloak's page for an authenticator app."""
    return _at_keycloak("CONFIGURE_TOTP", "sessions.show")


@pages.post("/passkey")
@signed_in
def add_passkey() -> Response:
    """To Keycloak's page for a passkey."""
    return _at_keycloak("webauthn-register-passwordless", "sessions.show")


@pages.post("/second-factors/<uuid:factor_id>/remove")
@signed_in
def remove_factor(factor_id: object) -> Response:
    """To Keycloak's page that asks whether this one is to go; only one's own can."""
    own = {factor.id for factor in services().reader.second_factors(me().id)}
    if str(factor_id) not in own:
        abort(404)
    return _at_keycloak(f"delete_credential:{factor_id}", "sessions.show")


def _at_keycloak(action: str, back: str) -> Response:
    return redirect(oidc.begin(url_for(back), {"kc_action": action}), code=303)
