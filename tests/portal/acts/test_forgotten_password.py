"""Somebody has forgotten their password: the portal answers all alike, the worker by e-mail."""

from dataclasses import replace
from functools import partial

import pytest

from directory.vocabulary import Role
from portal.acts.accept_invitation import ask_again
from portal.acts.new_link import send_again
from portal.acts.register import Registration, register
from portal.rules.errors import TooManyAttempts
from tests.portal.acts.invited import invite
from tests.support.builders.world import HERE, World

UNA, STRANGER = "una@approvers.example", "stranger@x.example"


def forget(world: World, email: str) -> None:
    send_again(world.services, email, HERE, forgotten=True)
    world.work()


def test_who_has_a_password_gets_a_link(world: World) -> None:
    """AUT-2: for another; a new link for a first one says instead that there is one."""
    forget(world, UNA.upper())
    assert world.directory.welcomes == [world.people["una"].id]
    send_again(world.services, UNA, HERE)
    world.work()
    assert world.directory.welcomes == [world.people["una"].id]
    assert world.post.to(UNA) == ["Your account already has a password"]


def test_who_has_none_yet_gets_their_first(world: World) -> None:
    """REG-3: approved, and the link of the welcome was lost."""
    nora = world.directory.enrol("nora@p001.example", "Nora", "New", password=False)
    forget(world, nora.email)
    assert world.directory.welcomes == [nora.id]


def test_who_has_no_account_is_told_so(world: World) -> None:
    """AUT-9: by e-mail to that address alone."""
    forget(world, STRANGER)
    assert (world.directory.welcomes, world.post.to(STRANGER)) == ([], ["There is no link to send you"])


def test_the_disabled_get_no_link(world: World) -> None:
    """USR-3: a link would not let them in."""
    world.directory.disable(world.people["una"].id)
    forget(world, UNA)
    assert world.directory.welcomes == []


@pytest.mark.parametrize("forgotten", [True, False])
def test_the_disabled_are_told_whom_to_ask(world: World, forgotten: bool) -> None:
    """AUT-4: by e-mail to that address alone, and not to register, which would lead them back here."""
    world.directory.disable(world.people["una"].id)
    send_again(world.services, UNA, HERE, forgotten=forgotten)
    world.work()
    assert world.post.to(UNA) == ["Your account is disabled"]
    (mail,) = (one for one in world.post.sent if one["To"] == UNA)
    said = " ".join(str(mail.get_body(("plain",))).split())
    assert "Ask the person who approves access at your organisation, or the service desk" in said
    assert "/register" not in said


def test_a_stranger_fills_nobodys_mailbox(world: World) -> None:
    """AUT-9: limited per address, by all pages together, known or not."""
    limits = world.services.settings.model_copy(update={"address_limit": 2})
    tight = replace(world.services, settings=limits)
    for email in (UNA, STRANGER):
        send_again(tight, email, HERE, forgotten=True)
        send_again(tight, email, HERE)
        for forgotten in (True, False):
            with pytest.raises(TooManyAttempts):
                send_again(tight, email, HERE, forgotten=forgotten)
        with pytest.raises(TooManyAttempts):
            register(tight, Registration(email, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)


def test_nor_by_registering_or_by_invitations(world: World) -> None:
    """AUT-9: whatever a stranger has mailed to one address is counted together, whichever page it is from."""
    limits = world.services.settings.model_copy(update={"address_limit": 3})
    tight = replace(world.services, settings=limits)
    invited = invite(world, email=STRANGER)
    register(tight, Registration(STRANGER, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)
    ask_again(tight, invited, HERE)
    send_again(tight, STRANGER, HERE)
    for once_more in (partial(ask_again, tight, invited), partial(send_again, tight, STRANGER)):
        with pytest.raises(TooManyAttempts):
            once_more(HERE)
    register(tight, Registration("another@x.example", "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)
