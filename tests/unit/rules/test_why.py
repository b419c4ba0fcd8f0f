"""SCP-3: why a person can see an organisation, and why they can't."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.vocabulary import Holding, OrganisationStatus, Person, Restriction, Role, Standing
from portal.rules.accounts import Account
from portal.rules.why import Break, Given, Why, why
from tests.support.builders.random_country import RandomCountry
from tests.unit.rules import world

ANN = Person("ann", "ann@place.example", "Ann", "Person")
APPROVER = Role.COMMISSIONER_APPROVER


def account(
    *held: tuple[Role, str],
    restrictions: tuple[Restriction, ...] = (),
    closed: tuple[str, ...] = (),
    enabled: bool = True,
) -> Account:
    person = ANN if enabled else Person("ann", ANN.email, "Ann", "Person", enabled=False)
    standing = Standing(
        person, frozenset(world.holding(*one) for one in held), restrictions=frozenset(restrictions)
    )
    shut = OrganisationStatus.CLOSED
    places = {
        code: world.organisation(code, status=shut if code in closed else OrganisationStatus.OPEN)
        for _, code in held
        if code
    }
    return Account(standing, places)


def asked(one: Account, code: str, status: OrganisationStatus = OrganisationStatus.OPEN) -> Why:
    return why(one, world.organisation(code, status=status))


@pytest.mark.parametrize(
    ("role", "at", "code", "broken"),
    [
        (APPROVER, "QAA", "A10001001", None),
        (APPROVER, "01A", "A10001", None),
        (Role.COMMISSIONER_USER, "01A", "01A", None),
        (APPROVER, "01A", "QAA", Break.ELSEWHERE),
        (APPROVER, "01A", "B10001", Break.ELSEWHERE),
        (Role.PROVIDER_USER, "A10001", "A10001", None),
        (Role.PROVIDER_USER, "A10001", "A10001001", Break.ELSEWHERE),
        (Role.PROVIDER_USER, "A10001", "A10002", Break.ELSEWHERE),
        (Role.PROVIDER_USER, "01A", "A10001", Break.ELSEWHERE),
        (APPROVER, "A10001", "A10001", Break.ELSEWHERE),
        (APPROVER, "Y90", "A10001", Break.ELSEWHERE),
        (Role.SERVICE_DESK, "", "W10001", None),
    ],
)
def test_where_a_role_is_held(role: Role, at: str, code: str, broken: Break | None) -> None:
    (chain,) = asked(account((role, at)), code).chains
    assert chain.broken is broken


def test_what_ends_a_role_wherever_it_is_asked_about() -> None:
    held = (APPROVER, "01A")
    assert asked(account(held, enabled=False), "A10001").chains[0].broken is Break.DISABLED
    assert asked(account(held, closed=("01A",)), "A10001").chains[0].broken is Break.PLACE_CLOSED
    closed = OrganisationStatus.CLOSED
    assert asked(account(held), "A10001", closed).chains[0].broken is Break.CLOSED
    assert asked(account((Role.PROVIDER_USER, "A10001"), closed=("A10001",)), "A10001", closed).sees is False
    assert asked(account(), "A10001") == Why(world.organisation("A10001"), ())


def test_an_organisation_that_is_gone_gives_nothing() -> None:
    gone = Account(account((APPROVER, "01A")).standing, {})
    assert asked(gone, "A10001").chains[0].broken is Break.PLACE_CLOSED


def test_the_cluster_by_which_it_is_seen_or_not() -> None:
    """CLU-4: a branch through its practice; with clusters that list it and clusters that don't."""
    coast = Restriction("01A", "1", frozenset({"A10001"}), "01A-1")
    hills = Restriction("01A", "2", frozenset({"A10002"}), "01A-2")
    mark = Restriction("01A")
    one = account((APPROVER, "01A"), restrictions=(mark, coast, hills))
    (chain,) = asked(one, "A10001001").chains
    assert (chain.broken, [(t.short_name, t.listed) for t in chain.clusters]) == (
        None, [("01A-1", "A10001"), ("01A-2", "")],
    )  # fmt: skip
    outside = asked(account((APPROVER, "01A"), restrictions=(mark, hills)), "A10001").chains[0]
    assert outside.broken is Break.OUTSIDE_CLUSTERS
    assert asked(one, "01A").chains[0].broken is Break.OUTSIDE_CLUSTERS
    nothing = asked(account((APPROVER, "01A"), restrictions=(mark,)), "A10001").chains[0]
    assert (nothing.broken, nothing.restricted, nothing.clusters) == (Break.OUTSIDE_CLUSTERS, True, ())


def test_one_chain_that_holds_is_enough_and_comes_first_with_who_gave_it() -> None:
    by = Given("Carol Person", datetime(2026, 1, 5, tzinfo=UTC), "Approved by Carol Person")
    one = account((APPROVER, "01B"), (Role.COMMISSIONER_USER, "QAA"))
    found = why(one, world.organisation("A10001"), {("QAA", Role.COMMISSIONER_USER): by})
    assert found.sees
    assert [(chain.holding.organisation, chain.given) for chain in found.chains] == [
        ("QAA", by),
        ("01B", None),
    ]
    only = why(one, world.organisation("A10001"), role=APPROVER)
    assert ([chain.holding.role for chain in only.chains], only.sees) == ([APPROVER], False)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_never_another_answer_than_the_oracle(seed: int, steps: int) -> None:
    """It says yes exactly where the tree, the clusters and the closures give the role a reach."""
    country = RandomCountry(Random(seed))
    for _ in range(steps):
        country.happen()
    tree = country.organisations()
    for who in "ab":
        for where in set(country.commissioners) - country.closed:
            held = country.holding(who, where)
            marks = frozenset({Restriction(where, "1", held.only)} if held.only is not None else ())
            bare = frozenset({Holding(APPROVER, held.path)})
            one = Account(Standing(ANN, bare, restrictions=marks), {o.code: o for o in tree})
            assert {o.code for o in tree if why(one, o).sees} == country.expected(who, where)
