"""Who may ask: `@application(scope)` on a route admits a token with that scope, and nothing else.

A cookie counts for nothing here: no browser can be led to ask in its person's name.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from portal.api.given import Scope
from portal.api.problems import Problem
from portal.api.tokens import BadToken, Caller, Tokens
from portal.settings import Settings
from portal.web.access import Access, services
from portal.web.oidc_client import realm_urls
from portal.web.realm_keys import RealmKeys

RESOURCE_METADATA = "/.well-known/oauth-protected-resource"
View = TypeVar("View", bound=Callable[..., Any])


def install(app: Flask, settings: Settings) -> None:
    """Has `app` read the tokens of its realm."""
    app.extensions["cqrs_tokens"] = Tokens(realm_urls(settings)[0])


def application(scope: Scope) -> Callable[[View], View]:
    """Marks a route for applications that were given this scope."""

    def mark(view: View) -> View:
        @wraps(view)
        def checked(**values: Any) -> Any:
            g.caller = _admitted(scope)
            return view(**values)

        checked.access = Access(signed_in=False)  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark


def caller() -> Caller:
    """Who asks, on a route for applications."""
    found: Caller = g.caller
    return found


def _admitted(scope: Scope) -> Caller:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise refused(401, "Send an access token.")
    tokens: Tokens = current_app.extensions["cqrs_tokens"]
    keys: RealmKeys = current_app.extensions["cqrs_realm_keys"]
    try:
        found = tokens.read(token.strip(), keys)
    except BadToken:
        raise refused(401, "This is no valid access token of this API.", error="invalid_token") from None
    if scope not in found.given.scopes:
        raise refused(403, f"The token lacks the scope {scope}.", error="insufficient_scope", scope=scope)
    return found


def refused(status: int, detail: str, **says: str) -> Problem:
    """As RFC 6750 has it; whoever has no token yet reads in the metadata where to get one."""
    settings = services().settings
    said = {"realm": settings.realm, **says, "resource_metadata": settings.portal_url + RESOURCE_METADATA}
    pairs = ", ".join(f'{name}="{value}"' for name, value in said.items())
    return Problem(status, detail, {"WWW-Authenticate": f"Bearer {pairs}"})
