"""Sign-in with Keycloak: OpenID Connect with PKCE, and the checks of what Keycloak sends back.

The browser is sent to Keycloak's public address; the portal itself speaks to the internal one, which may be
another. Nothing is fetched at start, so the portal starts without Keycloak.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oidc.core import CodeIDToken
from flask import Flask, current_app, request, session
from joserfc import jwt
from joserfc.errors import JoseError

from portal.settings import Settings
from portal.web.begun import Begun, begun_sign_ins
from portal.web.keycloak_check import KeycloakCheck
from portal.web.oidc_calls import NoAnswer
from portal.web.oidc_client import CLIENT, KeycloaksClient, realm_urls
from portal.web.realm_keys import KeysUnavailable, RealmKeys
from portal.web.sessions import PERSON, Tie

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY = 120
"""Seconds by which Keycloak's clock may differ from ours."""
RANDOM = 32
"""Bytes of chance in what nobody may guess of a sign-in that is begun."""
FACTORS = frozenset({"otp", "mfa"})
# What begins a sign-in besides: to set up a passkey (which the realm excuses from setting up an app), to
# give the second factor again in a session that goes on, or to sign in anew from the beginning.
SET_UP_PASSKEY = {"kc_action": "webauthn-register-passwordless", "acr_values": "2"}
FRESH_FACTOR = {"acr_values": "3"}
FRESH_SIGN_IN = {"prompt": "login"}
NOTHING_BESIDES: Mapping[str, str] = {}


class SignInFailed(Exception):
    """Keycloak's answer doesn't fit this browser's attempt, or says no: the person begins again."""


class SomebodyElse(Exception):
    """Who came back from Keycloak isn't who was sent there: whose account was changed nobody can say."""


class SignInUnavailable(Exception):
    """Keycloak didn't answer: the person tries again later."""


class BadLogoutToken(Exception):
    """A back-channel logout without a logout token that holds."""


@dataclass(frozen=True)
class Identity:
    """Who signed in: Keycloak's id of the person and of its session.

    `tie` is what keeps the portal's session within Keycloak's. `factor_age` is how long before this answer
    the person last gave a second factor; None for none.
    """

    person_id: str
    sid: str
    tie: Tie
    factor_age: timedelta | None = None


def install(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    """Has `app` sign people in at its realm. `clock` gives the time."""
    made = app.extensions["cqrs_signin"] = KeycloaksClient(settings)
    app.extensions["cqrs_keycloak_check"] = KeycloakCheck(realm_urls(settings)[1], clock)
    app.extensions["cqrs_realm_keys"] = RealmKeys(made.keys, clock)


def _client() -> KeycloaksClient:
    found: KeycloaksClient = current_app.extensions["cqrs_signin"]
    return found


def _keycloak_check() -> KeycloakCheck:
    found: KeycloakCheck = current_app.extensions["cqrs_keycloak_check"]
    return found


def _realm_keys() -> RealmKeys:
    found: RealmKeys = current_app.extensions["cqrs_realm_keys"]
    return found


def begin(come_back_to: str, wanted: Mapping[str, str] = NOTHING_BESIDES) -> str:
    """Keycloak's address for a sign-in; the page to come back to is kept with what the browser has begun.

    Of somebody signed in it renews the session, or does what `wanted` has Keycloak let them do, such as
    `kc_action`. Raises SignInUnavailable when Keycloak doesn't answer.
    """
    if not _keycloak_check().answers():
        raise SignInUnavailable
    state, nonce, code_verifier = (secrets.token_urlsafe(RANDOM) for _ in range(3))
    to = _client().address(state=state, nonce=nonce, code_verifier=code_verifier, **wanted)
    action = wanted.get("kc_action", "").partition(":")[0]
    person_id = session.get(PERSON, "")
    begun_sign_ins().keep(state, Begun(nonce, code_verifier, come_back_to, action, person_id))
    return to


def complete(begun: Begun | None) -> Identity:
    """The signed-in person by Keycloak's answer to this request, for what this browser began.

    Raises SignInFailed or SignInUnavailable.
    """
    _check_answer()
    if begun is None:
        raise SignInFailed("this browser didn't begin it, or too long ago")
    try:
        token = _client().tokens(
            "authorization_code", code=request.args["code"], code_verifier=begun.code_verifier
        )
        _keycloak_check().has_answered()
        claims = _claims(token, begun.nonce)
        return Identity(claims["sub"], claims.get("sid", ""), _tie(token), _factor_age(claims))
    except (NoAnswer, KeysUnavailable) as fault:
        raise SignInUnavailable from fault
    except (OAuth2Error, JoseError, KeyError, ValueError) as fault:
        raise SignInFailed(str(fault)) from fault


def _claims(token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
    """What the identity token says, which holds for this client and what was begun with this nonce."""
    read = _realm_keys().decode_given(token["id_token"])
    expected = {
        "iss": {"essential": True, "value": _client().issuer},
        "aud": {"essential": True, "value": CLIENT},
    }
    begun = {"nonce": nonce, "client_id": CLIENT, "access_token": token["access_token"]}
    claims = CodeIDToken(read.claims, read.header, expected, begun)
    claims.validate(leeway=LEEWAY)
    return dict(claims)


def _check_answer() -> None:
    """It has a code and names its issuer (RFC 9207): no other's goes to Keycloak. Raises SignInFailed."""
    if "code" not in request.args:
        raise SignInFailed(request.args.get("error", "no code"))
    if request.args.get("iss") != _client().issuer:
        raise SignInFailed("the answer is not Keycloak's")


def renewed(refresh_token: str) -> Tie:
    """What ties the session from now on. Raises SignInFailed when Keycloak's is over; SignInUnavailable."""
    try:
        return _tie(_client().tokens("refresh_token", refresh_token=refresh_token))
    except OAuth2Error as fault:
        raise (SignInFailed(str(fault)) if fault.error == "invalid_grant" else SignInUnavailable) from fault
    except (NoAnswer, KeyError, ValueError) as fault:
        raise SignInUnavailable from fault


def _tie(token: Mapping[str, Any]) -> Tie:
    """Without a refresh token nobody can ask again: then the session ends with the access token."""
    lasts = token["refresh_expires_in"] if "refresh_token" in token else token["expires_in"]
    return Tie(token.get("refresh_token", ""), timedelta(seconds=int(lasts)))


def _factor_age(claims: Mapping[str, Any]) -> timedelta | None:
    """Both moments by Keycloak's clock. Whoever has a second factor gives it whenever they authenticate."""
    if not FACTORS.intersection(claims.get("amr") or ()):
        return None
    return timedelta(seconds=max(0, int(claims["iat"]) - int(claims["auth_time"])))


def end(refresh_token: str) -> bool:
    """Ends Keycloak's session from behind the browser; whether Keycloak says that it did."""
    try:
        return _client().end(refresh_token)
    except NoAnswer:
        return False


def logout_url(settings: Settings) -> str:
    """Where the browser goes so that Keycloak takes its cookies back, and then to the signed-out page.

    No token is in it, which the browser would keep in its history. Keycloak asks whether to sign out if its
    session has not ended yet.
    """
    query = {"client_id": CLIENT, "post_logout_redirect_uri": f"{settings.portal_url}/signed-out"}
    return f"{realm_urls(settings)[0]}/protocol/openid-connect/logout?{urlencode(query)}"


def read_logout_token(settings: Settings, token: str) -> dict[str, Any]:
    """The claims of a logout token that Keycloak signed for us.

    Raises BadLogoutToken, or SignInUnavailable when Keycloak's keys can't be fetched.
    """
    try:
        decoded = _realm_keys().decode(token)
        registry = jwt.JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": realm_urls(settings)[0]},
            aud={"essential": True, "value": CLIENT},
            iat={"essential": True},
            jti={"essential": True},
            events={"essential": True},
        )
        registry.validate(decoded.claims)
    except KeysUnavailable as fault:
        raise SignInUnavailable from fault
    except (JoseError, ValueError) as fault:
        raise BadLogoutToken(str(fault)) from fault
    _check_meaning(decoded)
    return decoded.claims


def _check_meaning(token: jwt.Token) -> None:
    """An identity token is signed by the same keys: it must not end a session."""
    if str(token.header.get("typ", "")).lower() != "logout+jwt":
        raise BadLogoutToken("not a logout token")
    claims = token.claims
    if "nonce" in claims or LOGOUT_EVENT not in claims["events"]:
        raise BadLogoutToken("not a logout event")
    if not (claims.get("sid") or claims.get("sub")):
        raise BadLogoutToken("nobody to sign out")
