"""Tokens that anybody may send, and how often Keycloak is asked for its keys because of them."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from portal.web.oidc_calls import NoAnswer
from portal.web.realm_keys import ASKED_EVERY, KEPT, KeysUnavailable, RealmKeys


class Keycloak:
    """Gives the public half of its keys, and counts how often; `away` while it doesn't."""

    def __init__(self) -> None:
        self.keys = [_made("first")]
        self.asked = 0
        self.away = False

    def public(self) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise NoAnswer("nobody answers")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def _made(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name})


def _signed(key: ECKey) -> str:
    return jwt.encode({"alg": "ES256", "kid": key.kid}, {"jti": "1"}, key)


@pytest.fixture
def keycloak() -> Keycloak:
    return Keycloak()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def decode(keycloak: Keycloak, clock: Clock) -> Callable[[str], jwt.Token]:
    return RealmKeys(keycloak.public, clock).decode


def test_forged_tokens_cost_keycloak_one_question(
    keycloak: Keycloak, clock: Clock, decode: Callable[[str], jwt.Token]
) -> None:
    """However many name a key that it doesn't have; a true one is read meanwhile."""
    for number in range(50):
        with pytest.raises(JoseError):
            decode(_signed(_made(f"forged-{number}")))
    assert keycloak.asked == 1
    assert decode(_signed(keycloak.keys[0])).claims == {"jti": "1"}
    clock.now += ASKED_EVERY
    for number in range(50):
        with pytest.raises(JoseError):
            decode(_signed(_made(f"forged-{number}")))
    assert keycloak.asked == 2


@pytest.mark.parametrize("crit", [1, None, True, [[]], [1], [{}], 1.5, "x", ["nothing"]])
def test_a_header_of_another_shape(
    keycloak: Keycloak, decode: Callable[[str], jwt.Token], crit: object
) -> None:
    """Whoever sends one is refused as for every other token that doesn't hold."""
    _, claims, signature = _signed(keycloak.keys[0]).split(".")
    header = json.dumps({"alg": "ES256", "kid": "first", "crit": crit}).encode()
    with pytest.raises((JoseError, ValueError)):
        decode(f"{urlsafe_b64encode(header).decode().rstrip('=')}.{claims}.{signature}")


def test_a_new_key_of_keycloaks_is_found(
    keycloak: Keycloak, clock: Clock, decode: Callable[[str], jwt.Token]
) -> None:
    """Keys change by themselves, and nobody tells the portal."""
    decode(_signed(keycloak.keys[0]))
    keycloak.keys.append(_made("second"))
    clock.now += ASKED_EVERY
    assert decode(_signed(keycloak.keys[1])).claims == {"jti": "1"}


def test_while_keycloak_is_away(keycloak: Keycloak, clock: Clock, decode: Callable[[str], jwt.Token]) -> None:
    """It isn't asked by each of them; when it is back, so are its keys."""
    keycloak.away = True
    for _ in range(50):
        with pytest.raises(KeysUnavailable):
            decode(_signed(keycloak.keys[0]))
    assert keycloak.asked == 1
    keycloak.away = False
    clock.now += ASKED_EVERY + timedelta(seconds=1)
    assert decode(_signed(keycloak.keys[0])).claims == {"jti": "1"}


def test_a_key_that_is_gone_counts_no_more(
    keycloak: Keycloak, clock: Clock, decode: Callable[[str], jwt.Token]
) -> None:
    """Whoever stole it signs with it for minutes, while Keycloak answers; while it doesn't, its keys stay."""
    stolen = keycloak.keys[0]
    decode(_signed(stolen))
    keycloak.keys = [_made("second")]
    clock.now += KEPT
    keycloak.away = True
    assert decode(_signed(stolen)).claims == {"jti": "1"}
    keycloak.away = False
    clock.now += KEPT
    with pytest.raises(JoseError):
        decode(_signed(stolen))


def test_what_keycloak_has_given_itself(keycloak: Keycloak, clock: Clock) -> None:
    """Whoever signs in a moment after its keys have changed is not turned away; it is asked once."""
    keys = RealmKeys(keycloak.public, clock)
    for number in range(3):
        assert keys.decode_given(_signed(keycloak.keys[-1])).claims == {"jti": "1"}
        assert keys.decode_given(_signed(keycloak.keys[-1])).claims == {"jti": "1"}
        assert keycloak.asked == number + 1
        keycloak.keys.append(_made(f"next-{number}"))


def test_what_keycloak_has_given_while_its_keys_cannot_be_had(keycloak: Keycloak, clock: Clock) -> None:
    """Those who come while it is being asked wait, and none is turned away for another's failure."""
    keys = RealmKeys(keycloak.public, clock)
    keycloak.away = True
    with pytest.raises(KeysUnavailable):
        keys.decode_given(_signed(keycloak.keys[0]))
    keycloak.away = False
    with ThreadPoolExecutor(4) as people:
        read = list(people.map(keys.decode_given, [_signed(keycloak.keys[0])] * 4))
    assert [token.claims for token in read] == [{"jti": "1"}] * 4
    with pytest.raises(JoseError):
        keys.decode_given(_signed(_made("of nobody")))
