"""A realm's address that signs one person in: whoever comes with a code is them."""

import time
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from portal.web.oidc_client import CALLBACK, CLIENT
from tests.support.pages.browser import Browser
from tests.support.realm.answering import AnsweringRealm

KEY = RSAKey.generate_key(2048, {"kid": "of-the-realm", "use": "sig", "alg": "RS256"})


class SigningRealm(AnsweringRealm):
    """Gives tokens as Keycloak does, to whom they are made for, with a second factor given just now."""

    def __init__(self) -> None:
        super().__init__()
        self._claims: dict[str, Any] = {}
        keys = {"keys": [KEY.as_dict(private=False)]}
        self._app.add_url_rule("/realms/cqrs/protocol/openid-connect/certs", "keys", lambda: keys)

    def sign_in(self, browser: Browser, sent: TestResponse, person_id: str) -> Browser:
        """Brings the browser, which `sent` leads to Keycloak, back as this person."""
        to = urlsplit(sent.headers["Location"])
        asked = {name: values[0] for name, values in parse_qs(to.query).items()}
        issuer = f"{to.scheme}://{to.netloc}/realms/cqrs"
        self._claims = {"iss": issuer, "sub": person_id, "nonce": asked["nonce"]}
        return browser.open(f"{CALLBACK}?code=its-code&state={asked['state']}&iss={issuer}")

    def _tokens(self) -> tuple[dict[str, Any], int]:
        now = int(time.time())
        given = {"aud": CLIENT, "iat": now, "auth_time": now, "exp": now + 3600, "amr": ["pwd", "otp"]}
        token = jwt.encode({"alg": "RS256", "kid": KEY.kid}, self._claims | given, KEY)
        answer = {
            "token_type": "Bearer",
            "access_token": "of-the-test",
            "id_token": token,
            "expires_in": 3600,
        }
        return answer, HTTPStatus.OK
