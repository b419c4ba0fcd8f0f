"""SCP-1: what a token says of somebody's roles, and that it stays short."""

import json
from dataclasses import replace
from typing import Any

from directory.vocabulary import (
    Holding,
    Organisation,
    OrganisationStatus,
    Person,
    Restriction,
    Role,
    Standing,
)
from portal.rules.accounts import Account
from portal.rules.token_claim import MOST, token_claim
from tests.unit.rules import world

ANN = Person("ann", "ann@place.example", "Ann", "Person")


def claim(
    *held: tuple[Role, str],
    restricted: tuple[str, ...] = (),
    closed: tuple[str, ...] = (),
    enabled: bool = True,
) -> Any:
    """What it says of somebody with these roles, read as an application reads it; None for no claim."""
    holdings = frozenset(Holding(role, world.PATHS.get(code, ())) for role, code in held)
    restrictions = frozenset(map(Restriction, restricted))
    person = replace(ANN, enabled=enabled)
    places = {code: organisation(code, code in closed) for _role, code in held if code}
    text = token_claim(Account(Standing(person, holdings, restrictions=restrictions), places))
    return json.loads(text) if text else None


def organisation(code: str, closed: bool) -> Organisation:
    status = OrganisationStatus.CLOSED if closed else OrganisationStatus.OPEN
    return Organisation(code, code, world.TYPES[code], world.PATHS[code], status=status)


def test_each_role_with_its_organisations() -> None:
    user = Role.PROVIDER_USER
    said = claim((user, "A10002"), (user, "A10001"), (Role.COMMISSIONER_USER, "QBB"))
    assert said == {"roles": {"provider-user": ["A10001", "A10002"], "commissioner-user": ["QBB"]}}


def test_everywhere_is_a_star() -> None:
    assert claim((Role.SERVICE_DESK, "")) == {"roles": {"service-desk": ["*"]}}


def test_who_is_restricted_is_told_where() -> None:
    """CLU-4: to what, only the API says."""
    said = claim((Role.COMMISSIONER_USER, "QAA"), (Role.COMMISSIONER_USER, "QBB"), restricted=("QBB", "01A"))
    assert said == {"roles": {"commissioner-user": ["QAA", "QBB"]}, "restricted": ["QBB"]}


def test_what_does_not_count_is_not_said() -> None:
    """ORG-5, ROL-3: a closed organisation's roles, the disabled's, and those of nobody."""
    held = (Role.PROVIDER_USER, "A10001"), (Role.PROVIDER_USER, "A10002")
    assert claim(*held, closed=("A10001",)) == {"roles": {"provider-user": ["A10002"]}}
    assert claim(*held, closed=("A10001", "A10002")) is None
    assert claim(*held, enabled=False) is None
    assert claim() is None


def test_a_role_at_a_wrong_place_is_not_said() -> None:
    """By a slip in the console: a provider's role at an ICB, a commissioner's at a practice or a region."""
    wrong = (Role.PROVIDER_USER, "QAA"), (Role.COMMISSIONER_USER, "A10001"), (Role.COMMISSIONER_USER, "Y90")
    assert claim(*wrong) is None


def crowd(many: int, *roles: Role) -> dict[str, Any]:
    codes = [f"A{number:05}" for number in range(many)]
    places = {code: Organisation(code, code, world.TYPES["A10001"], ("Y90", "QAA", code)) for code in codes}
    held = frozenset(Holding(role, place.path) for role in roles for place in places.values())
    text = token_claim(Account(Standing(ANN, held), places))
    assert len(text.encode()) <= MOST
    said: dict[str, Any] = json.loads(text)
    return said["roles"]  # type: ignore[no-any-return]


def test_a_hundred_practices_fit() -> None:
    assert len(crowd(150, Role.PROVIDER_USER)["provider-user"]) == 150


def test_four_hundred_ask_the_api() -> None:
    assert crowd(400, Role.PROVIDER_USER) == {"provider-user": "ask"}


def test_the_longest_list_gives_way_first() -> None:
    said = crowd(100, Role.PROVIDER_USER, Role.PROVIDER_FINANCE)
    assert sorted(map(type, said.values()), key=str) == [list, str]
