"""Keycloak fails at any one of its calls: refuses it, or does it and loses the reply."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from directory.errors import DirectoryUnavailable
from directory.vocabulary import ApprovalLevel, Role
from portal.acts.decide import Decision, decide
from portal.acts.level import preview, switch
from portal.acts.remove_role import preview as preview_removal
from portal.acts.remove_role import remove
from portal.model import AuditEntry, AuditKind, RequestState
from portal.rules.errors import AlreadyDecided
from portal.store.audit_check import verify
from portal.store.queries.mail import stuck_effects, waiting_count
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault

FAULTS = {"refused": Fault.unavailable(), "reply lost": Fault.reply_lost()}
# How many calls each act makes with all that follows: the fault befalls each of them in turn.
DECISION, REGISTRATION, SWITCH, REMOVAL = 9, 5, 18, 22


def settle(world: World) -> None:
    """Works on, with time passing, until everything is done."""
    for _ in range(20):
        world.work()
        if waiting(world) == 0:
            break
        world.clock.move(timedelta(seconds=6))
    with world.services.sessions() as session:
        assert waiting_count(session) == 0
        assert stuck_effects(session) == []
        assert verify(session).fault is None
    assert world.directory.faults_left == 0, "the fault befell no call of this act"


def waiting(world: World) -> int:
    with world.services.sessions() as session:
        return waiting_count(session)


def insist(act: Callable[[], object]) -> None:
    """Does it again as a person would, when the page says that it didn't work just now."""
    for _ in range(3):
        try:
            act()
        except DirectoryUnavailable:
            continue
        return
    raise AssertionError("it never worked")


def counted(world: World, kind: AuditKind) -> int:
    with world.services.sessions() as session:
        return session.scalar(select(func.count()).where(AuditEntry.kind == kind)) or 0


@pytest.mark.parametrize("nth", range(DECISION))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_decision_is_carried_out_once(world: World, nth: int, fault: str) -> None:
    """APR-4: whichever call fails, one decision, one grant, one link, one message to each approver."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.directory.go_wrong(*[Fault.none()] * nth, FAULTS[fault])
    insist(lambda: decide(world.services, carol, request_id, Decision.APPROVE, "", HERE))
    settle(world)
    person = world.directory.person_by_email("new@p001.example")
    assert person is not None
    assert [h.role for h in world.directory.standing(person.id).holdings] == [Role.PROVIDER_USER]
    assert world.directory.welcomes == [person.id]
    assert counted(world, AuditKind.ROLE_GRANTED) == 1
    assert counted(world, AuditKind.REQUEST_APPROVED) == 1
    assert len(world.post.to("carol@approvers.example")) == 1


@pytest.mark.parametrize("nth", range(REGISTRATION))
@pytest.mark.parametrize("fault", FAULTS)
def test_registering_tells_everybody_once(world: World, nth: int, fault: str) -> None:
    """APR-2, APR-4: the request is made once and each approver is told once."""
    world.directory.go_wrong(*[Fault.none()] * nth, FAULTS[fault])
    from portal.acts.register import Registration, register

    register(
        world.services, Registration("new@p001.example", "P001", Role.PROVIDER_USER, "Nora", "New"), HERE
    )
    settle(world)
    assert world.request_of("new@p001.example").is_open
    for who in ("carol", "chris"):
        assert len(world.post.to(f"{who}@approvers.example")) == 1


@pytest.mark.parametrize("nth", range(SWITCH))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_level_switch_is_finished(world: World, nth: int, fault: str) -> None:
    """ORG-3, APR-4: both approvers step down, each told once, and the request moves."""
    request_id = world.registered("new@p002.example", "P002")
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    shown = [person.id for person in preview(world.services, carol, "P002").approvers]
    world.directory.go_wrong(*[Fault.none()] * nth, FAULTS[fault])
    insist(lambda: switch(world.services, carol, "P002", ApprovalLevel.SINGLE, shown, HERE))
    settle(world)
    for who in ("pam", "paul"):
        held = world.directory.standing(world.people[who].id).holdings
        assert [one.role for one in held] == [Role.PROVIDER_USER]
        assert world.post.to(f"{who}@approvers.example")[1:] == ["Your role at Cromarty Medical has changed"]
    assert world.request(request_id).held_by_role is Role.COMMISSIONER_APPROVER
    assert counted(world, AuditKind.LEVEL_CHANGED) == 1


@pytest.mark.parametrize("nth", range(REMOVAL))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_role_is_removed_once(world: World, nth: int, fault: str) -> None:
    """ROL-4, ROL-5, APR-4: the last approver's role goes, told once, and the request moves on."""
    world.directory.disable(world.people["chris"].id)
    request_id = world.registered()
    desk, carol = world.actor("desk", Role.SERVICE_DESK), world.people["carol"].id
    asked = (carol, "A01", Role.COMMISSIONER_APPROVER)
    warning = preview_removal(world.services, desk, *asked).warning
    world.directory.go_wrong(*[Fault.none()] * nth, FAULTS[fault])
    insist(lambda: remove(world.services, desk, *asked, warning, HERE))
    settle(world)
    assert world.directory.standing(carol).holdings == frozenset()
    assert world.post.to("carol@approvers.example")[1:] == ["Your role at Place A was removed"]
    assert world.request(request_id).held_by_organisation == "QA1"
    assert counted(world, AuditKind.ROLE_REMOVAL_ASKED) == 1
    assert counted(world, AuditKind.ROLE_REMOVED) == 1


def test_keycloak_slow_only_takes_longer(world: World) -> None:
    """APR-4: slow answers change nothing else."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.directory.go_wrong(*[Fault.slow(0.2)] * 10)
    decided = decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
    assert decided.state is RequestState.APPROVED
    with pytest.raises(AlreadyDecided):
        decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
