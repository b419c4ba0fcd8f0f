"""The end of a sign-out at the portal: the browser forgets what was ours, and goes on to Keycloak."""

from typing import TypeVar

from flask import redirect, session
from werkzeug.wrappers import Response

from portal.web import oidc
from portal.web.access import services
from portal.web.begun import begun_sign_ins

Answer = TypeVar("Answer", bound=Response)


def to_keycloak() -> Response:
    """Ends the session here and what was begun to sign in; Keycloak asks about its own if that goes on."""
    begun_sign_ins().forget_all()
    session.start_anew()  # type: ignore[attr-defined]
    return nothing_kept(redirect(oidc.logout_url(services().settings), code=303))


def nothing_kept(answer: Answer) -> Answer:
    """Browsers drop what they have kept of us, so that who sits there next finds no page to go back to."""
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
