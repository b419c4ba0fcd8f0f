"""CLU-4: scope against an oracle that walks the tree, over random trees, clusters, moves and closures."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.vocabulary import Holding, OrganisationStatus, Person, Restriction, Role, Standing
from portal.rules.actor import Actor
from portal.rules.conditions import Place
from portal.rules.rights import Action, may
from portal.rules.scope import scope
from portal.rules.verdict import Refusal
from tests.support.builders.random_country import RandomCountry
from tests.unit.rules import world

ANN = Person("ann", "ann@place.example", "Ann", "Person")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_never_wider_and_never_narrower(seed: int, steps: int) -> None:
    """After everything that happens, of each person at each commissioner."""
    country = RandomCountry(Random(seed))
    for _ in range(steps):
        country.happen()
        tree = country.organisations()
        for who in "ab":
            for where in country.commissioners:
                assert scope(country.holding(who, where), tree) == country.expected(who, where), (who, where)


def test_the_country_meets_what_it_should() -> None:
    """The proof above would be worth little if nobody were ever restricted to something, or to nothing."""
    met: set[str] = set()
    country = RandomCountry(Random(7))
    for _ in range(400):
        country.happen()
        for who, where in country.marked:
            met.add("to something" if country.expected(who, where) else "to nothing")
            listed = country.holding(who, where).only or frozenset()
            met |= {"moved away"} if listed & set(country.kinds) - country._below(where) else set()
            met |= {"closed"} if listed & country.closed & country._below(where) else set()
    assert met == {"to something", "to nothing", "moved away", "closed"}


PLACE, ICB, PRACTICE = (world.organisation(code) for code in ("01A", "QAA", "A10001"))


def restricted(*codes: str, role: Role = Role.COMMISSIONER_APPROVER) -> Actor:
    """Somebody at the sub-ICB location who is in a cluster of these codes; the session doesn't know so."""
    held = Holding(role, PLACE.path)
    restrictions = frozenset({Restriction("01A", "c1", frozenset(codes)), Restriction("01A")})
    return Actor(Standing(ANN, frozenset({held}), restrictions=restrictions), held, False)


def test_an_actor_is_restricted_whatever_the_session_says_of_the_role() -> None:
    place = Place(PRACTICE)
    assert restricted("A10001").holding.only == {"A10001"}
    assert may(Action.SEE_PEOPLE, restricted("A10001"), place).allowed
    assert may(Action.SEE_PEOPLE, restricted("A10002"), place).refusal is Refusal.OUTSIDE_CLUSTERS
    assert may(Action.SEE_PEOPLE, restricted(), place).refusal is Refusal.OUTSIDE_CLUSTERS


def test_what_is_above_or_is_the_commissioner_itself_counts_for_nothing() -> None:
    """A slip in the console: it would undo the restriction."""
    everything_above = restricted("Y90", "QAA", "01A")
    assert may(Action.SEE_PEOPLE, everything_above, Place(PRACTICE)).refusal is Refusal.OUTSIDE_CLUSTERS


def test_another_role_of_the_same_person_is_not_restricted() -> None:
    here, above = (Holding(Role.COMMISSIONER_APPROVER, one.path) for one in (PLACE, ICB))
    standing = Standing(ANN, frozenset({here, above}), restrictions=frozenset({Restriction("01A")}))
    assert not may(Action.SEE_PEOPLE, Actor(standing, here, False), Place(PRACTICE)).allowed
    assert may(Action.SEE_PEOPLE, Actor(standing, above, False), Place(PRACTICE)).allowed


def test_nobody_restricted_changes_the_clusters_there() -> None:
    """ROL-3: an Organisation Administrator in a cluster would widen their own access."""
    admin = restricted("A10001", "01A", role=Role.ORGANISATION_ADMINISTRATOR)
    assert may(Action.CLUSTERS, admin, Place(PLACE)).refusal is Refusal.OUTSIDE_CLUSTERS


def test_a_listed_organisation_that_closes_is_out_of_reach() -> None:
    closed = world.organisation("A10001", status=OrganisationStatus.CLOSED)
    assert may(Action.SEE_PEOPLE, restricted("A10001"), Place(closed)).refusal is Refusal.ORGANISATION_CLOSED
