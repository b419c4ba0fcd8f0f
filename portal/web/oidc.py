"""Sign-in with Keycloak: OpenID Connect with PKCE, and the checks of what Keycloak sends back.

The browser is sent to Keycloak's public address; the portal itself speaks to the internal one, which may be
another. Nothing is fetched at start, so the portal starts without Keycloak.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from flask import Flask, current_app, request, session
from joserfc import jwt
from joserfc.errors import JoseError

from directory.trace import traced
from portal.settings import Settings
from portal.web.access import services
from portal.web.begun import Begun, begun_sign_ins
from portal.web.keycloak_check import KeycloakCheck
from portal.web.oidc_calls import KeycloaksClient, by_kept_connections
from portal.web.realm_keys import ALGORITHMS, KeysUnavailable, RealmKeys
from portal.web.sessions import PERSON, Tie

CLIENT = "cqrs-portal"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
CALLBACK = "/signin/callback"
"""Where Keycloak sends the browser back to."""
TIMEOUT = 10
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
    """Registers the portal's client; its requests end after TIMEOUT seconds. `clock` gives the time."""
    public, internal = realm_urls(settings)
    oauth = OAuth(app)
    oauth.register(
        "keycloak",
        client_cls=KeycloaksClient,
        client_id=CLIENT,
        client_secret=settings.portal_client_secret,
        authorize_url=f"{public}/protocol/openid-connect/auth",
        access_token_url=f"{internal}/protocol/openid-connect/token",
        jwks_uri=f"{internal}/protocol/openid-connect/certs",
        issuer=public,
        id_token_signing_alg_values_supported=ALGORITHMS,
        compliance_fix=by_kept_connections(internal),
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
        },
    )
    app.extensions["cqrs_signin"] = oauth
    app.extensions["cqrs_keycloak_check"] = KeycloakCheck(internal, clock)
    fetch = partial(oauth.keycloak.fetch_jwk_set, force=True)
    app.extensions["cqrs_realm_keys"] = RealmKeys(fetch, clock)


def realm_urls(settings: Settings) -> tuple[str, str]:
    """The realm's address for browsers, which is its issuer, and the one for the portal."""
    return (
        f"{settings.keycloak_url}/realms/{settings.realm}",
        f"{settings.keycloak_internal_url}/realms/{settings.realm}",
    )


def client() -> FlaskOAuth2App:
    """The portal as Keycloak's client."""
    found: FlaskOAuth2App = current_app.extensions["cqrs_signin"].keycloak
    return found


def _keycloak_check() -> KeycloakCheck:
    found: KeycloakCheck = current_app.extensions["cqrs_keycloak_check"]
    return found


def begin(come_back_to: str, wanted: Mapping[str, str] = NOTHING_BESIDES) -> str:
    """Keycloak's address for a sign-in; the page to come back to is kept with what the browser has begun.

    Of somebody signed in it renews the session, or does what `wanted` has Keycloak let them do, such as
    `kc_action`. Raises SignInUnavailable when Keycloak doesn't answer.
    """
    if not _keycloak_check().answers():
        raise SignInUnavailable
    state, nonce, code_verifier = (secrets.token_urlsafe(RANDOM) for _ in range(3))
    to = client().create_authorization_url(
        _callback(), state=state, nonce=nonce, code_verifier=code_verifier, **wanted
    )
    action = wanted.get("kc_action", "").partition(":")[0]
    person_id = session.get(PERSON, "")
    begun_sign_ins().keep(state, Begun(nonce, code_verifier, come_back_to, action, person_id))
    return str(to["url"])


def _callback() -> str:
    return services().settings.portal_url + CALLBACK


def complete(settings: Settings, begun: Begun | None) -> Identity:
    """The signed-in person by Keycloak's answer to this request, for what this browser began.

    Raises SignInFailed or SignInUnavailable.
    """
    _check_answer(settings)
    if begun is None:
        raise SignInFailed("this browser didn't begin it, or too long ago")
    try:
        token = _token(begun)
        claims = client().parse_id_token(token, begun.nonce, _expected(settings))
        return Identity(claims["sub"], claims.get("sid", ""), _tie(token), _factor_age(claims))
    except requests.RequestException as fault:
        raise SignInUnavailable from fault
    except (OAuthError, JoseError, KeyError, TypeError, ValueError) as fault:
        raise SignInFailed(str(fault)) from fault


def _token(begun: Begun) -> Mapping[str, Any]:
    """What Keycloak gives for the code of its answer."""
    token: Mapping[str, Any] = client().fetch_access_token(
        _callback(),
        grant_type="authorization_code",
        code=request.args.get("code"),
        code_verifier=begun.code_verifier,
    )
    _keycloak_check().has_answered()
    return token


def _expected(settings: Settings) -> dict[str, Any]:
    """Of an identity token's claims."""
    return {
        "iss": {"essential": True, "value": realm_urls(settings)[0]},
        "aud": {"essential": True, "value": CLIENT},
    }


def _check_answer(settings: Settings) -> None:
    """It has a code and names its issuer (RFC 9207): no other's goes to Keycloak. Raises SignInFailed."""
    if "code" not in request.args:
        raise SignInFailed(request.args.get("error", "no code"))
    if request.args.get("iss") != realm_urls(settings)[0]:
        raise SignInFailed("the answer is not Keycloak's")


def renewed(refresh_token: str) -> Tie:
    """What ties the session from now on. Raises SignInFailed when Keycloak's is over; SignInUnavailable."""
    try:
        return _tie(client().fetch_access_token(grant_type="refresh_token", refresh_token=refresh_token))
    except OAuthError as fault:
        raise (SignInFailed(str(fault)) if fault.error == "invalid_grant" else SignInUnavailable) from fault
    except (requests.RequestException, KeyError, ValueError) as fault:
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


def end(settings: Settings, refresh_token: str) -> bool:
    """Ends Keycloak's session from behind the browser; whether Keycloak says that it did."""
    try:
        answer = requests.post(
            f"{realm_urls(settings)[1]}/protocol/openid-connect/logout",
            data={"refresh_token": refresh_token},
            auth=(CLIENT, settings.portal_client_secret),
            headers=traced(),
            timeout=TIMEOUT,
        )
    except requests.RequestException:
        return False
    return answer.ok


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
        keys: RealmKeys = current_app.extensions["cqrs_realm_keys"]
        decoded = keys.decode(token)
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
