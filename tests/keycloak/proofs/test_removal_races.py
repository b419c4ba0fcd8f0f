"""A role is removed while somebody else removes it, removes the other approver's, or is deciding with it."""

from functools import partial

import pytest
from sqlalchemy import func, select

from directory.vocabulary import Role
from portal.acts.decide import Decision
from portal.acts.remove_role import preview, remove
from portal.model.audit import AuditEntry, AuditKind
from portal.model.mail import Mail, MailKind
from portal.model.notices import Notice
from portal.model.requests import RequestState
from portal.rules.errors import NotAllowed, NotHeld, OutOfDate
from portal.rules.verdict import Refusal
from tests.keycloak.proofs.test_races import approve_or, waiting
from tests.support.builders.names import in_letters
from tests.support.builders.world import HERE, World, build
from tests.support.proofs.many_races import Race, both_ends, run, settle
from tests.support.proofs.race import Act, Course

COMMISSIONER, USER, DESK = Role.COMMISSIONER_APPROVER, Role.PROVIDER_USER, Role.SERVICE_DESK
Who = tuple[str, Role, str]
CAROL, CHRIS = ("carol", COMMISSIONER, "A01"), ("chris", COMMISSIONER, "A01")
IRIS, SERVICE_DESK = ("iris", COMMISSIONER, "QA1"), ("desk", DESK, "")


def removal(world: World, who: Who, person_id: str, code: str, role: Role) -> Act:
    """The page was looked at, and is about to be confirmed."""
    actor = world.actor(*who)
    warning = preview(world.services, actor, person_id, code, role).warning
    return partial(remove, world.services, actor, person_id, code, role, warning, HERE)


def holds(world: World, person_id: str, code: str, role: Role) -> bool:
    held = world.services.reader.standing(person_id).holdings
    return any((one.role, one.organisation) == (role, code) for one in held)


def records(world: World, person_id: str, email: str) -> tuple[int, int, int]:
    """How many removals of the person's roles were asked for, done, and mailed."""
    about = select(func.count()).select_from(AuditEntry).where(AuditEntry.subject == person_id)
    mails = select(func.count()).select_from(Mail).where(Mail.to_address == email)
    with world.services.sessions() as session:
        return (
            session.scalar(about.where(AuditEntry.kind == AuditKind.ROLE_REMOVAL_ASKED)) or 0,
            session.scalar(about.where(AuditEntry.kind == AuditKind.ROLE_REMOVED)) or 0,
            session.scalar(mails.where(Mail.kind == MailKind.ROLE_REMOVED)) or 0,
        )


def the_same_role(world: World, course: Course, number: int) -> str:
    """Two approvers, or every other time one who clicks twice."""
    email, held = f"rob{number}@races.example", (("P001", USER),)
    person = world.directory.enrol(email, "Rob", f"Roled {in_letters(number)}", held, password=False)
    other = CAROL if number % 2 else CHRIS
    first, second = course.run(*(removal(world, who, person.id, "P001", USER) for who in (CAROL, other)))
    assert first.succeeded != second.succeeded, (first, second)
    assert isinstance((second if first.succeeded else first).fault, NotHeld)
    settle(world)
    assert not holds(world, person.id, "P001", USER)
    assert records(world, person.id, email) == (1, 1, 1)
    return "first" if first.succeeded else "second"


def the_last_two(world: World, course: Course, number: int) -> str:  # noqa: ARG001
    """Each page says that another approver remains: only one of the two may still be right."""
    carol, chris = world.people["carol"].id, world.people["chris"].id
    first, second = course.run(
        removal(world, IRIS, carol, "A01", COMMISSIONER),
        removal(world, SERVICE_DESK, chris, "A01", COMMISSIONER),
    )
    assert first.succeeded != second.succeeded, (first, second)
    assert isinstance((second if first.succeeded else first).fault, OutOfDate)
    settle(world)
    gone, left = (carol, chris) if first.succeeded else (chris, carol)
    assert not holds(world, gone, "A01", COMMISSIONER)
    assert holds(world, left, "A01", COMMISSIONER)
    give_back(world, gone)
    return "first" if first.succeeded else "second"


def while_deciding(world: World, course: Course, number: int) -> str:
    """The only approver of the place decides, and just then is one no more."""
    carol, chris = world.people["carol"].id, world.people["chris"].id
    removal(world, IRIS, chris, "A01", COMMISSIONER)()
    request_id = waiting(world, number)
    settle(world)
    approval, taken = course.run(
        approve_or(Decision.APPROVE, world, "carol", "A01", COMMISSIONER, request_id),
        removal(world, IRIS, carol, "A01", COMMISSIONER),
        head_start=0.04,
    )
    assert taken.succeeded, taken
    settle(world)
    request = world.request(request_id)
    if approval.succeeded:
        assert (request.state, request.decided_by) == (RequestState.APPROVED, carol)
    else:
        assert isinstance(approval.fault, NotAllowed), approval
        assert approval.fault.verdict.refusal is Refusal.NO_LONGER_HELD
        assert (request.state, request.held_by_organisation) == (RequestState.OPEN, "QA1")
        told = select(Notice.person_id).where(Notice.request_id == request_id)
        with world.services.sessions() as session:
            assert world.people["iris"].id in set(session.scalars(told))
        approve_or(Decision.REJECT, world, "iris", "QA1", COMMISSIONER, request_id)()
    give_back(world, carol, chris)
    return "approved" if approval.succeeded else "refused"


def give_back(world: World, *people: str) -> None:
    for person_id in people:
        place = world.services.reader.organisation("A01")
        world.services.writer.grant(person_id, place, COMMISSIONER)
    settle(world)


RACES: dict[Race, tuple[int, int]] = {the_same_role: (80, 6), the_last_two: (60, 4), while_deciding: (60, 4)}
"""How many of each on the directory in memory, and how many on Keycloak."""


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_in_memory(database: str, course: Course, race: Race) -> None:
    """ROL-4, ROL-5: one removal each, the other told; and both ends do happen."""
    ends = both_ends(race, build(database), course, RACES[race][0])
    assert len(ends) > 1, ends


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_on_keycloak(country: World, course: Course, race: Race) -> None:
    """ROL-4, ROL-5: the same on a real Keycloak."""
    first = 20_000 + 100 * list(RACES).index(race)
    run(race, country, course, range(first, first + RACES[race][1]))
