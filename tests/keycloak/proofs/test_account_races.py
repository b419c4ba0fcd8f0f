"""An account is disabled, enabled or revoked while somebody else gives it a role, or does the opposite."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from directory.vocabulary import Person, Role
from portal.acts import disable, enable, revoke
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.model.audit import AuditEntry, AuditKind
from portal.model.requests import RequestState
from portal.rules.disabling import Reason, Why
from portal.rules.errors import AlreadyDecided, AlreadySo, NotAllowed, OutOfDate
from tests.support.builders.names import in_letters
from tests.support.builders.world import HERE, World, build
from tests.support.proofs.many_races import Race, both_ends, run, settle
from tests.support.proofs.race import Act, Course

COMMISSIONER, USER, FINANCE = Role.COMMISSIONER_APPROVER, Role.PROVIDER_USER, Role.PROVIDER_FINANCE
CAROL, CHRIS = ("carol", COMMISSIONER, "A01"), ("chris", COMMISSIONER, "A01")
LEFT = Reason(Why.LEFT)


def worker_of(world: World, number: int) -> Person:
    return world.directory.enrol(
        f"una{number}@races.example", "Una", f"Racer {in_letters(number)}", (("P001", USER),), password=False
    )


def disabling(world: World, person_id: str) -> Act:
    actor = world.actor(*CHRIS)
    shown = disable.preview(world.services, actor, person_id).shown
    return partial(disable.disable, world.services, actor, person_id, LEFT, shown, HERE)


def revoking(world: World, person_id: str) -> Act:
    actor = world.actor(*CHRIS)
    shown = revoke.preview(world.services, actor, person_id).shown
    return partial(revoke.revoke, world.services, actor, person_id, shown, HERE)


def enabling(world: World, person_id: str) -> Act:
    """Looks at the page and confirms at once: there is nothing to see before somebody is disabled."""
    actor = world.actor(*CAROL)

    def look_and_confirm() -> object:
        shown = enable.preview(world.services, actor, person_id).shown
        return enable.enable(world.services, actor, person_id, shown, HERE)

    return look_and_confirm


def approval(world: World, person: Person) -> tuple[object, Act]:
    asked = AskedRole("P001", FINANCE, "More work")
    request_id = ask(world.services, person.id, asked, HERE)
    approve = partial(decide, world.services, world.actor(*CAROL), request_id, Decision.APPROVE, "", HERE)
    return request_id, approve


def held(world: World, person: Person) -> set[Role]:
    return {one.role for one in world.services.reader.standing(person.id).holdings}


def recorded(world: World, person: Person, kind: AuditKind) -> int:
    count = select(func.count()).where(AuditEntry.subject == person.id, AuditEntry.kind == kind)
    with world.sessions() as session:
        return session.scalar(count) or 0


def disable_against_grant(world: World, course: Course, number: int) -> str:
    """The role is held, or the request waits aside: never lost, and the person is out in every case."""
    person = worker_of(world, number)
    request_id, approve = approval(world, person)
    approved, disabled = course.run(approve, disabling(world, person.id), head_start=0.03)
    settle(world)
    request = world.request(request_id)
    if not disabled.succeeded:  # the page named fewer roles than there were by then
        assert isinstance(disabled.fault, OutOfDate)
        assert held(world, person) == {USER, FINANCE}
        return "approved and looked again"
    assert not world.services.reader.person(person.id).enabled
    assert recorded(world, person, AuditKind.ACCOUNT_DISABLED) == 1
    if approved.succeeded:
        assert request.state is RequestState.APPROVED
        assert (FINANCE in held(world, person)) is (request.applied_at is not None)
        assert (request.applied_at is not None) is not bool(request.problem)
        return "approved and disabled"
    assert isinstance(approved.fault, AlreadyDecided | NotAllowed), approved
    assert (request.state, held(world, person)) == (RequestState.SET_ASIDE, {USER})
    return "disabled and set aside"


def revoke_against_approve(world: World, course: Course, number: int) -> str:
    """A role left was approved after the others went, or wasn't named by the page: then nothing goes."""
    person = worker_of(world, number)
    request_id, approve = approval(world, person)
    approved, revoked = course.run(approve, revoking(world, person.id), head_start=0.03)
    settle(world)
    assert approved.succeeded, approved
    assert world.request(request_id).applied_at
    if not revoked.succeeded:
        assert isinstance(revoked.fault, OutOfDate)
        assert held(world, person) == {USER, FINANCE}
        return "approved first"
    assert held(world, person) == {FINANCE}
    assert recorded(world, person, AuditKind.ACCOUNT_REVOKED) == 1
    return "revoked first"


def enable_against_disable(world: World, course: Course, number: int) -> str:
    """Whoever came last is right: who enables before there was anything to enable is told so."""
    person = worker_of(world, number)
    enabled, disabled = course.run(enabling(world, person.id), disabling(world, person.id), head_start=0.03)
    settle(world)
    assert disabled.succeeded, disabled
    assert enabled.succeeded or isinstance(enabled.fault, AlreadySo), enabled
    assert world.services.reader.person(person.id).enabled is enabled.succeeded
    assert held(world, person) == {USER}
    assert recorded(world, person, AuditKind.ACCOUNT_ENABLED) == enabled.succeeded
    return "enabled" if enabled.succeeded else "disabled"


RACES: dict[Race, tuple[int, int]] = {
    disable_against_grant: (60, 4),
    revoke_against_approve: (60, 4),
    enable_against_disable: (60, 4),
}
"""How many of each on the directory in memory, and how many on Keycloak."""
each_race: Callable[..., object] = pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)


@each_race
def test_in_memory(database: str, course: Course, race: Race) -> None:
    """USR-3 to USR-6, APR-4: every end could have come of one after the other; and both do happen."""
    ends = both_ends(race, build(database), course, RACES[race][0])
    assert len(ends) > 1, ends


@pytest.mark.keycloak
@each_race
def test_on_keycloak(country: World, course: Course, race: Race) -> None:
    """The same on a real Keycloak."""
    first = 40_000 + 100 * list(RACES).index(race)
    run(race, country, course, range(first, first + RACES[race][1]))
