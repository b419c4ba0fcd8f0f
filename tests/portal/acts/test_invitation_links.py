"""The link of an invitation, asked for once more."""

from datetime import timedelta

import pytest

from portal.acts.accept_invitation import ask_again
from portal.acts.new_link import send_again
from portal.acts.sent_invitations import cancel
from portal.model import InvitationState
from tests.portal.acts.invited import (
    NINA,
    PAM,
    USER,
    accepted,
    found,
    held,
    invite,
    lapse,
    links,
    newest,
)
from tests.support.builders.world import HERE, World


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_new_link_is_the_invitation_until_it_is_accepted(world: World, forgotten: bool) -> None:
    """AUT-9, INV-2: nobody gets round the button, and the page answers as always."""
    invite(world)
    send_again(world.services, NINA, HERE, forgotten=forgotten)
    world.work()
    assert world.directory.welcomes == []
    assert world.post.to(NINA) == ["You are invited to Cromarty Medical"] * 2
    accepted(world, newest(world))
    assert held(world) == {("P002", USER)}


def test_another_link_goes_to_the_invited_address_only(world: World) -> None:
    """INV-3: for a pending one, for one that lapsed while its sender still could, not for a cancelled one."""
    identity = invite(world)
    ask_again(world.services, identity, HERE)
    world.work()
    assert len(links(world.post)) == 2
    lapse(world)
    ask_again(world.services, identity, HERE)
    world.work()
    assert found(world, identity).is_pending
    assert held(world) == set()
    cancel(world.services, world.actor(*PAM), identity, HERE)
    ask_again(world.services, identity, HERE)
    world.work()
    assert len(links(world.post)) == 3
    assert world.post.to(NINA)[-1] == "The invitation to Cromarty Medical has ended"
    assert {one["To"] for one in world.post.sent} <= {NINA, "pam@approvers.example"}


def test_another_link_for_a_lapsed_one_needs_its_sender(world: World) -> None:
    """INV-3: a sender who lost the role brings nothing back."""
    identity = invite(world)
    lapse(world)
    world.directory.disable(world.people["pam"].id)
    ask_again(world.services, identity, HERE)
    world.work()
    assert found(world, identity).state is InvitationState.LAPSED
    assert world.post.to(NINA)[-1] == "The invitation to Cromarty Medical has ended"


def test_another_link_for_an_accepted_one_is_that_for_the_password(world: World) -> None:
    """REG-3: and who has a password is told to sign in."""
    identity = invite(world)
    accepted(world, newest(world))
    person = world.directory.person_by_email(NINA)
    assert person
    ask_again(world.services, identity, HERE)
    world.work()
    assert world.directory.welcomes.count(person.id) >= 1
    world.directory.set_password(person.id)
    world.clock.move(timedelta(minutes=1))
    ask_again(world.services, identity, HERE)
    world.work()
    assert world.post.to(NINA)[-1] == "Your account already has a password"
