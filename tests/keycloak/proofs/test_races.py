"""A thousand races for one request: each ends one way, and whoever comes second is told who did what.

Seven hundred are run on the directory in memory, which passes the same suite as Keycloak, and three hundred
on Keycloak itself; the database is PostgreSQL in both. All of a kind share one country: each race has an
applicant of its own, and puts back what it changed about the others.
"""

from functools import partial
from uuid import UUID

import pytest

from directory.vocabulary import ApprovalLevel, Role
from portal.acts.decide import Decision, decide
from portal.acts.level import preview, switch
from portal.acts.withdraw import withdraw
from portal.effects import tell_approvers
from portal.model.notices import Notice
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.rules.errors import AlreadyDecided, NotAllowed, OutOfDate
from portal.rules.verdict import Refusal
from tests.support.builders.names import in_letters
from tests.support.builders.world import HERE, World, build
from tests.support.proofs.many_races import Race, both_ends, run, settle
from tests.support.proofs.race import Act, Course, Ended
from tests.support.proofs.records import held

COMMISSIONER, APPROVER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.PROVIDER_USER
SINGLE, MULTI = ApprovalLevel.SINGLE, ApprovalLevel.MULTI
APPROVED, OPEN, LAPSED = RequestState.APPROVED, RequestState.OPEN, RequestState.LAPSED
LONG = 0.1
"""Seconds: a switch writes for longer than an approval reads, so the approval must start later to lose."""


def approve_or(decision: Decision, world: World, who: str, code: str, role: Role, request_id: UUID) -> Act:
    actor = world.actor(who, role, code)
    return partial(decide, world.services, actor, request_id, decision, "No", HERE)


def waiting(world: World, number: int, code: str = "P001", role: Role = USER, account: bool = False) -> UUID:
    """An open request, as asking for it leaves it; of somebody with an account and no role if so wanted."""
    email, last_name = f"rae{number}@races.example", f"Racer {in_letters(number)}"
    person = world.directory.enrol(email, "Rae", last_name, password=False) if account else None
    made = AccessRequest(
        kind=RequestKind.ADDITIONAL_ROLE if account else RequestKind.NEW_ACCOUNT,
        email=email,
        first_name="Rae",
        last_name=last_name,
        person_id=person.id if person else None,
        organisation_code=code,
        organisation_name=code,
        role=role,
        asked_at=world.clock(),
    )
    with world.services.sessions.begin() as session:
        session.add(made)
        session.flush()
        tell_approvers.queue(session, made, made.asked_at)
    return made.id


def check_told(second: Ended, by: str, request_id: UUID, world: World) -> None:
    """The one who came second learns who decided what and when."""
    request = world.request(request_id)
    assert isinstance(second.fault, AlreadyDecided), second
    said = (second.fault.by_name, second.fault.state, second.fault.at)
    assert said == (by, request.state, request.decided_at)


def check_held(world: World, request_id: UUID, *roles: Role) -> None:
    request = world.request(request_id)
    found = sorted(one.role for one in held(world.services, request.email))
    assert found == sorted(roles), (request.state, request.problem, found)
    assert (request.applied_at is not None) == (request.state is APPROVED and not request.problem)


def check_approved_by(world: World, request_id: UUID, name: str) -> None:
    request = world.request(request_id)
    assert (request.state, request.decided_by_name) == (APPROVED, name)


def two_approvers(world: World, course: Course, number: int) -> str:
    request_id = waiting(world, number)
    other = Decision.REJECT if number % 2 else Decision.APPROVE
    first, second = course.run(
        approve_or(Decision.APPROVE, world, "carol", "A01", COMMISSIONER, request_id),
        approve_or(other, world, "chris", "A01", COMMISSIONER, request_id),
    )
    assert first.succeeded != second.succeeded, (first, second)
    request = world.request(request_id)
    winner = "Carol Person" if first.succeeded else "Chris Person"
    assert request.decided_by_name == winner
    assert request.state is (Decision.APPROVE if first.succeeded else other).state
    check_told(second if first.succeeded else first, winner, request_id, world)
    check_held(world, request_id, *[USER] * (request.state is APPROVED))
    return winner


def approve_and_withdraw(world: World, course: Course, number: int) -> str:
    request_id = waiting(world, number, account=True)
    person_id = world.request(request_id).person_id
    assert person_id
    approval, taken_back = course.run(
        approve_or(Decision.APPROVE, world, "carol", "A01", COMMISSIONER, request_id),
        partial(withdraw, world.services, person_id, request_id, HERE),
    )
    assert approval.succeeded != taken_back.succeeded, (approval, taken_back)
    if approval.succeeded:
        check_told(taken_back, "Carol Person", request_id, world)
        check_held(world, request_id, USER)
        return "approved"
    check_told(approval, f"Rae Racer {in_letters(number)}", request_id, world)
    check_held(world, request_id)
    return "withdrawn"


def approve_and_switch(world: World, course: Course, number: int) -> str:
    """The practice's own approver approves while the commissioner makes it single-level."""
    request_id = waiting(world, number, "P002", USER, account=True)
    approval, change = course.run(
        approve_or(Decision.APPROVE, world, "pam", "P002", APPROVER, request_id),
        switching(world, SINGLE),
        head_start=LONG,
    )
    assert change.succeeded, change
    settle(world)
    check_nobody_approves_at_p002(world)
    if approval.succeeded:
        check_approved_by(world, request_id, "Pam Person")
        check_held(world, request_id, USER)
    else:
        assert isinstance(approval.fault, NotAllowed), approval
        assert approval.fault.verdict.refusal in {Refusal.SINGLE_LEVEL, Refusal.NO_LONGER_HELD}
        check_with_commissioner(world, request_id)
        approve_or(Decision.APPROVE, world, "carol", "A01", COMMISSIONER, request_id)()
    make_multi_again(world)
    return "approved" if approval.succeeded else "moved"


def approve_approver_and_switch(world: World, course: Course, number: int) -> str:
    """A request to be Provider Approver is approved while the practice becomes single-level."""
    request_id = waiting(world, number, "P002", APPROVER, account=True)
    approval, change = course.run(
        approve_or(Decision.APPROVE, world, "carol", "A01", COMMISSIONER, request_id),
        switching(world, SINGLE, who="iris", code="QA1"),
        head_start=LONG,
    )
    if isinstance(change.fault, OutOfDate):  # there is one more approver than the page named: looked at again
        assert approval.succeeded
        check_held(world, request_id, APPROVER)
        switching(world, SINGLE, who="iris", code="QA1")()
    else:
        assert change.succeeded, change
    settle(world)
    check_nobody_approves_at_p002(world)
    request = world.request(request_id)
    if approval.succeeded:
        check_approved_by(world, request_id, "Carol Person")
        check_held(world, request_id, *[USER] * (not request.problem))
    elif isinstance(approval.fault, AlreadyDecided):
        check_told(approval, "", request_id, world)
    else:
        assert isinstance(approval.fault, NotAllowed), approval
    assert request.state in {APPROVED, LAPSED}
    make_multi_again(world)
    return f"{request.state} {change.fault} {request.problem}"


def approve_while_disabled(world: World, course: Course, number: int) -> str:
    request_id = waiting(world, number)
    carol = world.people["carol"].id
    approval, _ = course.run(
        approve_or(Decision.APPROVE, world, "carol", "A01", COMMISSIONER, request_id),
        partial(world.directory.disable, carol),
    )
    settle(world)
    if approval.succeeded:
        check_approved_by(world, request_id, "Carol Person")
        check_held(world, request_id, USER)
    else:
        assert isinstance(approval.fault, NotAllowed), approval
        assert approval.fault.verdict.refusal is Refusal.DISABLED
        check_with_commissioner(world, request_id, without="carol")
        approve_or(Decision.APPROVE, world, "chris", "A01", COMMISSIONER, request_id)()
    world.directory.enable(carol)
    return "approved" if approval.succeeded else "refused"


def switching(world: World, level: ApprovalLevel, who: str = "carol", code: str = "A01") -> Act:
    actor = world.actor(who, COMMISSIONER, code)
    named = [person.id for person in preview(world.services, actor, "P002").approvers]
    return partial(switch, world.services, actor, "P002", level, named, HERE)


def check_nobody_approves_at_p002(world: World) -> None:
    practice = world.services.reader.organisation("P002")
    assert practice.approval_level is SINGLE
    assert world.services.reader.holders(practice, APPROVER) == []
    for who in ("pam", "paul"):
        assert [one.role for one in held(world.services, world.people[who].email)] == [USER]


def check_with_commissioner(world: World, request_id: UUID, without: str = "") -> None:
    request = world.request(request_id)
    assert (request.state, request.held_by_role, request.held_by_organisation) == (OPEN, COMMISSIONER, "A01")
    with world.services.sessions() as session:
        told = {notice.person_id for notice in session.query(Notice).filter_by(request_id=request_id)}
    expected = {world.people[who].id for who in ("carol", "chris") if who != without}
    assert expected <= told


def make_multi_again(world: World) -> None:
    switching(world, MULTI)()
    practice = world.services.reader.organisation("P002")
    for who in ("pam", "paul"):
        world.services.writer.grant(world.people[who].id, practice, APPROVER)
        world.services.writer.remove(world.people[who].id, practice, USER)
    settle(world)


RACES: dict[Race, tuple[int, int]] = {
    two_approvers: (300, 150),
    approve_and_withdraw: (228, 98),
    approve_and_switch: (44, 10),
    approve_approver_and_switch: (34, 10),
    approve_while_disabled: (96, 32),
}
"""How many of each on the directory in memory, and how many on Keycloak."""
APART = frozenset({two_approvers, approve_and_withdraw})
"""These change nothing but their own applicant, so several may be under way at once."""
LANES = 3


def lanes_of(race: Race) -> int:
    return LANES if race in APART else 1


def test_it_is_a_thousand() -> None:
    """APR-4: a thousand races in total, of which three hundred are Keycloak's."""
    assert sum(sum(counts) for counts in RACES.values()) >= 1000
    assert sum(on_keycloak for _, on_keycloak in RACES.values()) >= 300


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_in_memory(database: str, course: Course, race: Race) -> None:
    """APR-4: one outcome each, the other told; and both ends do happen."""
    world, count = build(database), RACES[race][0]
    ends = both_ends(race, world, course, count, lanes_of(race))
    assert len(ends) > 1, ends
    identities = [message["Message-ID"] for message in world.post.sent]
    assert len(identities) == len(set(identities))


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_on_keycloak(country: World, course: Course, race: Race) -> None:
    """APR-4: the same on a real Keycloak."""
    first = 10_000 + 1_000 * list(RACES).index(race)
    run(race, country, course, range(first, first + RACES[race][1]), lanes_of(race))
