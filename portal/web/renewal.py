"""Keeps the portal's sessions within Keycloak's: neither is used for long without the other knowing.

Keycloak takes the question for a use of its own session, so that this doesn't run out under somebody at work;
and its answer says how long it lasts, idle and at most. While Keycloak doesn't answer, the last answer holds.
"""

from typing import cast

from flask import current_app, session

from portal.web import oidc
from portal.web.sessions import BrowserSession, DatabaseSessions


def goes_on() -> bool:
    """Whether Keycloak's session of this browser goes on; Keycloak is asked only from time to time."""
    browsers = cast(BrowserSession, session)
    kept = cast(DatabaseSessions, current_app.session_interface)
    if browsers.renew_at is None or browsers.renew_at > kept.clock():
        return True
    refresh_token = kept.claim_renewal(browsers.token)
    if not refresh_token:
        return True
    try:
        kept.renew(browsers.token, oidc.renewed(refresh_token))
    except oidc.SignInUnavailable:
        return True
    except oidc.SignInFailed:
        return False
    return True


def end_keycloaks() -> None:
    """Ends Keycloak's session of this browser, before the portal's is forgotten."""
    kept = cast(DatabaseSessions, current_app.session_interface)
    refresh_token = kept.refresh_token(cast(BrowserSession, session).token)
    if refresh_token:
        oidc.end(refresh_token)
