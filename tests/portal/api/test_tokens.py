"""Tokens that open nothing: not Keycloak's, not for this API, not any more."""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from portal.web.oidc_calls import NoAnswer
from portal.web.realm_keys import RealmKeys
from tests.support.api.application import EVERYTHING, KEY, Application, application, claims, question, token
from tests.support.builders.world import SINGLE, World, build

LONG_AGO, IN_MANY_YEARS = 1_000_000_000, 4_000_000_000
GOOD = question("una@approvers.example", "provider-user", SINGLE)


@pytest.fixture(scope="module")
def shared(database: str) -> World:
    return build(database)


@pytest.fixture
def asks(shared: World) -> Application:
    return application(shared)


def status(asks: Application, made: str) -> tuple[int, str]:
    answer = Application(asks.client, made).post("/evaluation", GOOD)
    return answer.status_code, answer.headers.get("WWW-Authenticate", "")


def signed(key: Any, alg: str, **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": KEY.kid} | header, claims(), key, algorithms=[alg])


def with_the_public_key_as_secret() -> str:
    """By hand: no library makes one."""
    parts = ({"alg": "HS256", "kid": KEY.kid}, claims())
    signing = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    mark = hmac.digest(KEY.as_pem(private=False), signing, "sha256")
    return f"{signing.decode()}.{urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def test_a_good_one_opens(asks: Application) -> None:
    assert status(asks, token()) == (200, "")
    assert status(asks, token(aud="cqrs-access")) == (200, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "http://localhost:1/realms/other"},
        {"iss": None},
        {"aud": ["cqrs"]},
        {"aud": ["account", "cqrs-portal"]},
        {"aud": None},
        {"exp": LONG_AGO},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": IN_MANY_YEARS},
        {"iat": IN_MANY_YEARS},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"typ": None},
        {"azp": None},
        {"sub": None},
        {"client_id": "another"},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong(asks: Application, wrong: dict[str, Any]) -> None:
    found, says = status(asks, token(EVERYTHING, **wrong))
    assert found == 401
    assert 'error="invalid_token"' in says


def test_a_signature_that_is_wrong(asks: Application) -> None:
    """Another's key under the name of Keycloak's, none at all, and Keycloak's public key used as a secret."""
    other = RSAKey.generate_key(2048)
    assert status(asks, signed(other, "RS256"))[0] == 401
    assert status(asks, signed(other, "RS256", kid="made-up"))[0] == 401
    assert status(asks, signed(OctKey.import_key("0" * 64), "HS256"))[0] == 401
    assert status(asks, with_the_public_key_as_secret())[0] == 401
    head, body, mark = token().split(".")
    assert status(asks, f"{head}.{body}.")[0] == 401
    unsigned = jwt.encode({"alg": "none"}, claims(), OctKey.import_key("0"), algorithms=["none"])
    assert status(asks, unsigned)[0] == 401
    assert status(asks, f"{head}.{body[:-4]}AAAA.{mark}")[0] == 401


@pytest.mark.parametrize("made", ["a", "a.b.c", "....", "é.é.é", "a" * 20_000, "eyJhbGciOiJSUzI1NiJ9.e30.AA"])
def test_what_is_no_token(asks: Application, made: str) -> None:
    assert status(asks, made)[0] == 401


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "token"])
def test_none_at_all(asks: Application, header: str | None) -> None:
    """Is told so without an error code (RFC 6750, 3.1), and where to read how to get one."""
    sent = {"Authorization": header} if header is not None else {}
    answer = asks.client.post("/access/v1/evaluation", json=GOOD, headers=sent)
    says = answer.headers["WWW-Authenticate"]
    assert answer.status_code == 401
    assert "error=" not in says
    assert 'resource_metadata="http://localhost:8000/.well-known/oauth-protected-resource"' in says


def test_a_token_in_the_address_counts_for_nothing(asks: Application) -> None:
    """It would be kept in logs."""
    answer = asks.client.post(f"/access/v1/evaluation?access_token={token()}", json=GOOD)
    assert answer.status_code == 401


def test_while_the_keys_cannot_be_had(shared: World, asks: Application) -> None:
    """It can't be told who asks: later, then."""

    def away() -> Any:
        raise NoAnswer("nobody answers")

    shared.app.extensions["cqrs_realm_keys"] = RealmKeys(away, shared.clock)
    answer = asks.post("/evaluation", GOOD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
