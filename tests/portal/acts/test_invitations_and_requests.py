"""An invitation meets what is there already: another one, an account, a request for the same."""

import pytest

from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.acts.invite import Invited, look_up, send
from portal.acts.register import Registration, register
from portal.model import AuditKind, InvitationState, RequestState
from portal.rules.errors import (
    AlreadyAsked,
    AlreadyInvited,
    AlreadyKnown,
)
from tests.portal.acts.invited import (
    DESK,
    FINANCE,
    NINA,
    PAM,
    PAUL,
    USER,
    accepted,
    found,
    held,
    invite,
    lapse,
    newest,
    of_address,
)
from tests.portal.acts.removals import entries
from tests.support.builders.world import HERE, World


def test_the_same_twice_is_refused(world: World) -> None:
    """INV-1: by another approver too; the one that waits can be sent again."""
    invite(world)
    with pytest.raises(AlreadyInvited):
        invite(world, PAUL)
    invite(world, PAUL, role=FINANCE)


def test_who_has_asked_already_is_to_be_decided_on(world: World) -> None:
    """INV-1: for the same role there; for another they can be invited."""
    world.registered(NINA, "P002", USER)
    with pytest.raises(AlreadyAsked):
        invite(world)
    invite(world, role=FINANCE)


def test_known_addresses_are_refused_and_that_is_on_record(world: World) -> None:
    """INV-1, AUT-9: whoever has an account asks for access themselves."""
    with pytest.raises(AlreadyKnown):
        look_up(world.services, world.actor(*PAM), "UNA@approvers.example", HERE)
    with pytest.raises(AlreadyKnown):
        invite(world, email="una@approvers.example")
    refused = entries(world, AuditKind.INVITATION_REFUSED)
    assert [one.after["email"] for one in refused] == ["una@approvers.example"] * 2
    assert {one.actor_name for one in refused} == {"Pam Person"}
    accepted_person = invite(world)
    accepted(world, newest(world))
    with pytest.raises(AlreadyKnown):
        look_up(world.services, world.actor(*PAUL), NINA, HERE)
    assert found(world, accepted_person).gave_access


def test_sent_again_under_one_name_is_one(world: World) -> None:
    """INV-1: two clicks on Send."""
    asked = Invited(NINA, "Nina", "New", "P002", USER)
    assert send(world.services, world.actor(*PAM), asked, HERE, "draft")
    world.work()
    assert send(world.services, world.actor(*PAM), asked, HERE, "draft") is None
    assert len(of_address(world)) == 1


def test_registering_for_the_same_sends_the_invitation_again(world: World) -> None:
    """REG-2, INV-2: nobody has to decide what somebody has invited to."""
    invite(world)
    register(world.services, Registration(NINA, "P002", USER, "Nina", "New"), HERE)
    world.work()
    assert world.request_of(NINA) is None
    assert world.post.to(NINA) == ["You are invited to Cromarty Medical"] * 2
    accepted(world, newest(world))
    assert held(world) == {("P002", USER)}


def test_a_request_from_before_is_answered_by_the_invitation(world: World) -> None:
    """APR-5: asked for at the same moment; whoever may invite may approve."""
    invite(world)
    world.open_request(NINA, "P002")
    accepted(world, newest(world))
    request = world.request_of(NINA)
    assert (request.state, request.decided_by_name) == (RequestState.APPROVED, "Pam Person")
    assert request.applied_at
    assert len(entries(world, AuditKind.ROLE_GRANTED)) == 1


def test_what_was_asked_for_and_given_overtakes_the_invitation(world: World) -> None:
    """INV-3: its link says that the role is there."""
    identity, asked = invite(world), world.open_request(NINA, "P002")
    decide(world.services, world.actor(*PAUL), asked, Decision.APPROVE, "", HERE)
    world.work()
    assert found(world, identity).state is InvitationState.OVERTAKEN
    assert accepted(world, newest(world)).state is InvitationState.OVERTAKEN
    assert lapse(world) == 0
    assert held(world) == {("P002", USER)}


def test_somebody_who_was_invited_and_works_can_ask_for_more(world: World) -> None:
    """PRO-4: an accepted invitation leaves an account like any other."""
    invite(world, DESK)
    accepted(world, newest(world))
    person = world.directory.person_by_email(NINA)
    assert person
    ask(world.services, person.id, AskedRole("P001", USER, "Cover"), HERE)
    world.work()
    assert world.request_of(NINA).is_open
