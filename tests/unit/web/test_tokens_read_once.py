"""A token that held is not checked anew at each question, and opens nothing once it wouldn't hold."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from portal.api.tokens import LEEWAY, REMEMBERED, BadToken, Caller, Tokens
from portal.web.realm_keys import KEPT, RealmKeys

ISSUER, LASTS = "http://localhost:1/realms/cqrs", 300


class Keys(RealmKeys):
    """Counts how often a signature is checked."""

    checked = 0

    def decode(self, token: str) -> jwt.Token:
        self.checked += 1
        return super().decode(token)


class Realm:
    """Keycloak's keys, and a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, tzinfo=UTC)
        self.key = ECKey.generate_key("P-256", {"kid": "first"})
        self.keys = Keys(lambda: {"keys": [self.key.as_dict(private=False)]}, lambda: self.now)
        self.tokens = Tokens(ISSUER, self.seconds)

    def seconds(self) -> float:
        return self.now.timestamp()

    def token(self, **others: Any) -> str:
        at = int(self.now.timestamp())
        made = {"iss": ISSUER, "aud": "cqrs-access", "typ": "Bearer", "azp": "payments", "sub": "una"}
        whole: Mapping[str, Any] = made | {"iat": at, "exp": at + LASTS, "scope": "cqrs.evaluate"} | others
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, dict(whole), self.key)

    def read(self, token: str) -> Caller:
        return self.tokens.read(token, self.keys)


@pytest.fixture
def realm() -> Realm:
    return Realm()


def test_it_is_checked_once(realm: Realm) -> None:
    token = realm.token()
    first = realm.read(token)
    assert (first.application, first.person_id) == ("payments", "una")
    assert [realm.read(token) for _ in range(5)] == [first] * 5
    assert realm.keys.checked == 1


def test_each_token_is_its_own(realm: Realm) -> None:
    """Nothing is taken from one to another, however alike they are."""
    assert realm.read(realm.token()).person_id == "una"
    assert realm.read(realm.token(sub="pam")).person_id == "pam"
    assert realm.keys.checked == 2


def test_not_once_it_has_expired(realm: Realm) -> None:
    token = realm.token()
    realm.read(token)
    realm.now += timedelta(seconds=LASTS + LEEWAY - 1)
    realm.read(token)
    realm.now += timedelta(seconds=1)
    with pytest.raises(BadToken):
        realm.read(token)


def test_not_once_keycloak_shows_its_key_no_more(realm: Realm) -> None:
    """As soon as one that was never read would be refused."""
    token = realm.token(exp=int(realm.now.timestamp()) + 100_000)
    realm.read(token)
    realm.key = ECKey.generate_key("P-256", {"kid": "second"})
    realm.now += KEPT - timedelta(seconds=1)
    realm.read(token)
    realm.now += timedelta(seconds=1)
    with pytest.raises(BadToken):
        realm.read(token)


def test_not_of_another_realm_or_with_a_part_changed(realm: Realm) -> None:
    """Also while one that differs in a letter is remembered."""
    token = realm.token()
    realm.read(token)
    head, body, mark = token.split(".")
    other = realm.token(iss="http://localhost:1/realms/other")
    spoilt: list[Callable[[], str]] = [
        lambda: f"{head}.{body}.",
        lambda: f"{head}.{body[:-1]}{'A' if body[-1] != 'A' else 'B'}.{mark}",
        lambda: other,
    ]
    for make in spoilt:
        with pytest.raises(BadToken):
            realm.read(make())


def test_what_was_refused_is_not_remembered(realm: Realm) -> None:
    wrong = realm.token(aud="another")
    for _ in range(2):
        with pytest.raises(BadToken):
            realm.read(wrong)
    assert realm.keys.checked == 2


def test_so_many_are_remembered(realm: Realm) -> None:
    """The one read first gives way: it is checked once more."""
    tokens = [realm.token(jti=str(number)) for number in range(REMEMBERED + 1)]
    for token in tokens:
        realm.read(token)
    realm.read(tokens[-1])
    assert realm.keys.checked == REMEMBERED + 1
    realm.read(tokens[0])
    assert realm.keys.checked == REMEMBERED + 2
