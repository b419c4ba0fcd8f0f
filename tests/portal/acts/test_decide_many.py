"""Several requests decided together."""

from datetime import timedelta
from uuid import UUID

from directory.vocabulary import Role
from portal.acts.decide import Decision
from portal.acts.decide_many import AT_MOST, decide_many
from portal.model import RequestState
from portal.rules.errors import NotReached
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault


def three(world: World) -> list[UUID]:
    """The requests of three newcomers at one practice."""
    return [world.registered(f"{who}@p001.example") for who in ("ann", "bob", "cat")]


def approve(
    world: World, asked: list[UUID], *faults: Fault, within: timedelta = AT_MOST
) -> list[type | None]:
    """The kinds of fault, in the order asked; the next calls to Keycloak go wrong as `faults` say."""
    actor = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.directory.go_wrong(*faults)
    done = decide_many(world.services, actor, asked, Decision.APPROVE, "", HERE, within)
    assert [outcome.request_id for outcome in done] == asked
    return [outcome.fault and type(outcome.fault) for outcome in done]


def states(world: World, asked: list[UUID]) -> list[RequestState]:
    return [world.request(one).state for one in asked]


def test_keycloak_silent_for_one_of_them(world: World) -> None:
    """APR-7: those before and after it are decided, and it stays open for another try."""
    asked = three(world)
    assert approve(world, asked, Fault.unavailable()) == [NotReached, None, None]
    assert states(world, asked) == [RequestState.OPEN, RequestState.APPROVED, RequestState.APPROVED]
    assert approve(world, asked[:1]) == [None]


def test_keycloak_slow(world: World) -> None:
    """APR-7: what the time doesn't suffice for is said to be left, and stays open."""
    asked = three(world)
    within = timedelta(seconds=0.2)
    assert approve(world, asked, Fault.slow(0.3), within=within) == [None, NotReached, NotReached]
    assert states(world, asked) == [RequestState.APPROVED, RequestState.OPEN, RequestState.OPEN]
