"""Where the people of a closed organisation go: proposed, seen, confirmed, judged one by one."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts.move_people import Moved, move, proposal
from portal.model.audit import AuditEntry, AuditKind
from portal.rules.errors import AlreadyAsked, AlreadyHeld, NotAllowed
from portal.rules.verdict import Refusal
from tests.portal.acts.removals import entries
from tests.support.builders.world import CLOSED, HERE, MULTI, SINGLE, World
from tests.support.proofs.race import Course

USER, FINANCE, APPROVER = Role.PROVIDER_USER, Role.PROVIDER_FINANCE, Role.COMMISSIONER_APPROVER


@pytest.fixture
def closed(world: World) -> World:
    """Dogger Practice has closed: Del and Fay had roles there, Del is at Viking Practice too."""
    world.people["del"] = world.person("del@nhs.net", (CLOSED, USER), ("P003", FINANCE), first="Del")
    world.people["fay"] = world.person("fay@nhs.net", (CLOSED, FINANCE), first="Fay")
    world.directory.change(CLOSED, status="closed")
    world.mirror_organisation(CLOSED)
    return world


def holdings(world: World, who: str) -> set[tuple[Role, str]]:
    held = world.directory.standing(world.people[who].id).holdings
    return {(one.role, one.organisation) for one in held}


def moved(world: World, who: str, to: str, *chosen: tuple[str, Role], role: Role = APPROVER) -> list[Moved]:
    actor = world.actor(who, role, "" if role is Role.SERVICE_DESK else "A01")
    picked = [(world.people[name].id, each) for name, each in chosen]
    return move(world.services, actor, CLOSED, to, picked, HERE)


def test_a_successor_is_proposed(closed: World) -> None:
    """ORG-6: that named in the data first, then those of the same postcode, open ones only."""
    for code, facts in {
        "P001": {"postcode": "ZE1 0AA"},
        "P002": {"postcode": "ZE1 0AA", "status": "closed"},
        CLOSED: {"postcode": "ZE1 0AA", "successor": "P003"},
    }.items():
        closed.directory.change(code, **facts)
        closed.mirror_organisation(code)
    found = proposal(closed.services, closed.actor("carol", APPROVER, "A01"), CLOSED)
    assert [one.code for one in found.suggested] == ["P003", "P001"]
    assert [(one.person.first_name, one.role) for one in found.people] == [("Del", USER), ("Fay", FINANCE)]


def test_the_commissioner_confirms_and_each_is_given_it(closed: World) -> None:
    """ORG-6: those chosen alone; what they held stays; on record as made and approved by who confirmed."""
    (one,) = moved(closed, "carol", SINGLE, ("del", USER))
    assert one.fault is None
    assert holdings(closed, "del") == {(USER, CLOSED), (FINANCE, "P003"), (USER, SINGLE)}
    assert holdings(closed, "fay") == {(FINANCE, CLOSED)}
    request = closed.request_of("del@nhs.net")
    assert (request.decided_by, request.reason) == (
        closed.people["carol"].id,
        "Dogger Practice (P004) has closed.",
    )
    with closed.sessions() as session:
        about = select(AuditEntry).where(AuditEntry.request_id == request.id).order_by(AuditEntry.seq)
        entries = {entry.kind: entry.actor_name for entry in session.scalars(about)}
    assert entries[AuditKind.REQUEST_MADE] == entries[AuditKind.REQUEST_APPROVED] == "Carol Person"
    assert AuditKind.ROLE_GRANTED in entries
    (again,) = moved(closed, "carol", SINGLE, ("del", USER))
    assert isinstance(again.fault, AlreadyHeld)


def test_each_is_judged_as_if_granted_then(closed: World) -> None:
    """ORG-6, ROL-2: the power is that over the successor, not over what closed."""
    (elsewhere,) = moved(closed, "carol", "P003", ("fay", FINANCE))
    assert isinstance(elsewhere.fault, NotAllowed)
    assert elsewhere.fault.verdict.refusal is Refusal.NOT_YOUR_ORGANISATION
    (own,) = moved(closed, "carol", MULTI, ("fay", FINANCE))
    assert isinstance(own.fault, NotAllowed)
    assert own.fault.verdict.refusal is Refusal.HAS_OWN_APPROVER
    assert holdings(closed, "fay") == {(FINANCE, CLOSED)}
    (done,) = moved(closed, "desk", "P003", ("fay", FINANCE), role=Role.SERVICE_DESK)
    assert done.fault is None
    assert (FINANCE, "P003") in holdings(closed, "fay")


def test_whoever_asked_there_already_is_answered_there(closed: World) -> None:
    closed.open_request("fay@nhs.net", SINGLE, FINANCE)
    (one,) = moved(closed, "carol", SINGLE, ("fay", FINANCE))
    assert isinstance(one.fault, AlreadyAsked)


def test_confirmed_twice_it_is_given_once(closed: World) -> None:
    """While the first is still to be applied, and at the same moment."""
    away = replace(closed, services=replace(closed.services, wait=lambda _ids: False))
    (first,) = moved(away, "carol", SINGLE, ("fay", FINANCE))
    (second,) = moved(away, "chris", SINGLE, ("fay", FINANCE))
    assert first.fault is None
    assert isinstance(second.fault, AlreadyHeld)
    closed.work()
    course = Course()
    ends = course.run(*(partial(moved, closed, who, SINGLE, ("del", USER)) for who in ("carol", "chris")))
    course.close()
    closed.work()
    assert sorted(one.value[0].fault is None for one in ends) == [False, True]
    for kind in (AuditKind.REQUEST_APPROVED, AuditKind.ROLE_GRANTED):
        assert len(entries(closed, kind)) == 2


def test_only_those_who_hold_it_still_and_are_enabled(closed: World) -> None:
    """A form that was made up, or is old, gives nobody anything."""
    closed.directory.disable(closed.people["del"].id)
    assert moved(closed, "carol", SINGLE, ("del", USER), ("fay", USER), ("una", FINANCE)) == []
    assert (USER, SINGLE) not in holdings(closed, "fay")


@pytest.mark.parametrize(
    ("who", "role", "at", "refusal"),
    [
        ("bella", APPROVER, "B01", Refusal.NOT_YOUR_ORGANISATION),
        ("pam", Role.PROVIDER_APPROVER, "P002", Refusal.NOT_YOUR_ROLE),
        ("una", USER, "P001", Refusal.NOT_YOUR_ROLE),
    ],
)
def test_nobody_else_sees_or_moves_them(
    closed: World, who: str, role: Role, at: str, refusal: Refusal
) -> None:
    """ORG-6, ROL-2: the commissioner of another place, an approver next door, a stranger."""
    actor = closed.actor(who, role, at)
    for attempt in (
        lambda: proposal(closed.services, actor, CLOSED, SINGLE),
        lambda: move(closed.services, actor, CLOSED, SINGLE, [(closed.people["del"].id, USER)], HERE),
    ):
        with pytest.raises(NotAllowed) as refused:
            attempt()
        assert refused.value.verdict.refusal is refusal


def test_a_restricted_commissioner_moves_nobody_outside_their_clusters(closed: World) -> None:
    cluster = closed.directory.create_cluster("A01", "key", "Coast", "", {SINGLE})
    closed.directory.restrict(closed.people["carol"].id, "A01", {cluster.id})
    with pytest.raises(NotAllowed) as refused:
        proposal(closed.services, closed.actor("carol", APPROVER, "A01"), CLOSED, SINGLE)
    assert refused.value.verdict.refusal is Refusal.OUTSIDE_CLUSTERS


def test_an_open_organisation_keeps_its_people(world: World) -> None:
    with pytest.raises(NotAllowed) as refused:
        proposal(world.services, world.actor("carol", APPROVER, "A01"), SINGLE, CLOSED)
    assert refused.value.verdict.refusal is Refusal.NOT_FOR_THIS_ORGANISATION


def test_nobody_moves_themselves(closed: World) -> None:
    """ROL-3."""
    carol = closed.people["carol"]
    closed.directory.grant(carol.id, closed.directory.organisation(CLOSED), USER)
    found = proposal(closed.services, closed.actor("carol", APPROVER, "A01"), CLOSED, SINGLE)
    assert carol.id not in {one.person.id for one in found.people}
    (one,) = moved(closed, "carol", SINGLE, ("carol", USER))
    assert isinstance(one.fault, NotAllowed)
    assert one.fault.verdict.refusal is Refusal.YOURSELF


def test_to_a_closed_one_nobody_goes(closed: World) -> None:
    closed.directory.change(SINGLE, status="closed")
    (one,) = moved(closed, "desk", SINGLE, ("fay", FINANCE), role=Role.SERVICE_DESK)
    assert isinstance(one.fault, NotAllowed)
    assert one.fault.verdict.refusal is Refusal.ORGANISATION_NOT_OPEN
    assert holdings(closed, "fay") == {(FINANCE, CLOSED)}
