"""CLU-4, ORG-5: the reason that applications are told says yes exactly where the rule of use does."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from directory.vocabulary import Holding, Organisation, OrganisationStatus, Person, Role, Standing
from portal.rules.accounts import Account
from portal.rules.grounds import Ground, ground
from portal.rules.use import uses
from portal.rules.why import why
from tests.unit.rules.world import EVERYWHERE, TYPES, holding, organisation

STATUSES, PLACES = tuple(OrganisationStatus), sorted(TYPES)


def account(*held: Holding, enabled: bool, place: OrganisationStatus) -> Account:
    """Somebody with these roles; each place that they are held at has the status."""
    person = Person("ann", "ann@practice.example", "Ann", "Person", enabled=enabled)
    places = {one.organisation: organisation(one.organisation, status=place) for one in held if one.path}
    return Account(Standing(person, frozenset(held)), places)


def restrictions(code: str) -> Iterator[frozenset[str] | None]:
    """None, to nothing, to the organisation itself, and to what is over it."""
    path = organisation(code).path
    yield from (None, frozenset(), frozenset({code}), frozenset(path[:-1]))


def agree(one: Account, asked: Organisation) -> int:
    """How often the answer is yes."""
    opened = 0
    for role in {held.role for held in one.standing.holdings}:
        mine = [held for held in one.standing.holdings if held.role is role]
        opens = any(uses(one, held, asked) for held in mine)
        assert ground(one, role, asked).opens == opens, (mine, asked)
        assert why(one, asked, role=role).sees == opens, (mine, asked)
        opened += opens
    return opened


def test_of_one_role_in_every_combination() -> None:
    """Each role, wherever held and asked about, whoever is disabled, restricted or closed."""
    answers = [
        agree(
            account(replace(holding(role, at), only=only), enabled=enabled, place=place),
            organisation(code, status=status),
        )
        for role, at, code in product(Role, (*PLACES, EVERYWHERE), PLACES)
        for only in restrictions(code)
        for enabled, place, status in product((True, False), STATUSES, STATUSES)
        if at != EVERYWHERE or only is None
    ]
    assert len(answers) > 10_000
    assert sum(answers) > 500


held = st.builds(holding, st.sampled_from(Role), st.sampled_from([*PLACES, EVERYWHERE]))


@given(st.sets(held, max_size=6), st.booleans(), *[st.sampled_from(STATUSES)] * 2, st.sampled_from(PLACES))
def test_of_several_roles(
    mine: set[Holding], enabled: bool, place: OrganisationStatus, status: OrganisationStatus, code: str
) -> None:
    agree(account(*mine, enabled=enabled, place=place), organisation(code, status=status))


def test_what_has_closed_is_in_no_scope() -> None:
    """Not in the Service Desk's either, whose role is over every organisation that has not closed."""
    desk = account(holding(Role.SERVICE_DESK, EVERYWHERE), enabled=True, place=OrganisationStatus.OPEN)
    for code in PLACES:
        closed = organisation(code, status=OrganisationStatus.CLOSED)
        assert ground(desk, Role.SERVICE_DESK, closed) is Ground.CLOSED
        assert ground(desk, Role.SERVICE_DESK, organisation(code)) is Ground.HELD_EVERYWHERE
