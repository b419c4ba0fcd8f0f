"""What becomes of the messages that Keycloak sends for us: they have a state like our own."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts.new_link import send_again
from portal.acts.resend import resend
from portal.effects.runner import run_one
from portal.model.effects import Effect, EffectKind
from portal.model.mail import Mail, MailKind, MailState
from portal.store.queries import mail
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault

UNA = "una@approvers.example"


def link(world: World, email: str = UNA) -> Mail:
    """The one message to this address that Keycloak sends."""
    with world.services.sessions() as session:
        return next(one for one in mail.listing(session, address=email).items if "link" in one.kind)


def forget(world: World, email: str = UNA) -> Mail:
    send_again(world.services, email, HERE, forgotten=True)
    world.work()
    return link(world, email)


def until_next_try(world: World) -> timedelta:
    with world.services.sessions() as session:
        due = select(Effect.due_at).where(Effect.kind == EffectKind.MAIL, Effect.done_at.is_(None))
        return session.scalars(due).one() - world.clock()


def again(world: World, sent: Mail) -> None:
    resend(world.services, world.actor("desk", Role.SERVICE_DESK), sent.id, HERE)


def test_what_keycloak_sent_is_seen_as_sent(world: World) -> None:
    """NOT-3: a first password's link and another's, each by its name."""
    assert (forget(world).kind, link(world).state) == (MailKind.PASSWORD_LINK, MailState.SENT)
    world.directory.enrol("nora@p001.example", "Nora", "New", password=False)
    assert forget(world, "nora@p001.example").kind is MailKind.WELCOME_LINK


def test_an_address_that_is_refused_is_left_alone(world: World) -> None:
    """NOT-3: refused and why, as the mail server says it, and tried no more."""
    world.directory.cannot_mail = True
    world.post.refused.add(UNA)
    refused = forget(world)
    assert (refused.state, refused.error) == (MailState.REFUSED, "550 no such mailbox")
    world.clock.move(timedelta(days=1))
    world.work()
    assert link(world).attempts == 1


def test_it_waits_longer_each_time_and_is_given_up(world: World) -> None:
    """NOT-3: the mail server takes it from nobody; after the configured hours it has failed."""
    world.clock.stop()
    world.directory.cannot_mail = True
    forget(world)
    waits = []
    for _ in range(11):
        waits.append(until_next_try(world))
        world.clock.move(waits[-1])
        world.work()
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=3)
    assert waits[-1] > timedelta(minutes=4)
    world.clock.move(timedelta(hours=72))
    world.work()
    assert link(world).state is MailState.FAILED
    assert world.directory.welcomes == []


def test_it_goes_once_the_mail_server_is_back(world: World) -> None:
    """NOT-3: and nothing is sent twice."""
    world.directory.cannot_mail = True
    assert forget(world).state is MailState.QUEUED
    world.directory.cannot_mail = False
    world.clock.move(timedelta(minutes=1))
    world.work()
    assert (link(world).state, link(world).error) == (MailState.SENT, "")
    assert world.directory.welcomes == [world.people["una"].id]


def test_keycloak_away_is_waited_for(world: World) -> None:
    """NOT-3: the answer of a link that was sent got lost, and it is not sent again."""
    forget_request = world.people["una"].id
    send_again(world.services, UNA, HERE, forgotten=True)
    run_one(world.services)  # the wish
    run_one(world.services)  # what she needs
    world.directory.go_wrong(Fault.none(), Fault.reply_lost())
    world.work()
    assert link(world).state is MailState.QUEUED
    world.clock.move(timedelta(minutes=1))
    world.work()
    assert link(world).state is MailState.SENT
    assert world.directory.welcomes == [forget_request]


def test_the_service_desk_sends_it_again(world: World) -> None:
    """NOT-3: after it was refused, and after it was sent and lost elsewhere."""
    world.directory.cannot_mail = True
    world.post.refused.add(UNA)
    refused = forget(world)
    world.directory.cannot_mail = False
    again(world, refused)
    assert link(world).state is MailState.SENT
    again(world, refused)
    assert world.directory.welcomes == [world.people["una"].id] * 2


@pytest.mark.parametrize("meanwhile", ["disable", "delete_person"])
def test_nothing_goes_to_an_account_that_is_no_more(world: World, meanwhile: str) -> None:
    """NOT-3: refused, and says so."""
    world.directory.cannot_mail = True
    forget(world)
    getattr(world.directory, meanwhile)(world.people["una"].id)
    world.directory.cannot_mail = False
    world.clock.move(timedelta(minutes=1))
    world.work()
    assert link(world).state is MailState.REFUSED
    assert world.directory.welcomes == []


def test_it_follows_the_person_to_a_new_address(world: World) -> None:
    """NOT-3: the desk sees the address that Keycloak sent it to."""
    world.directory.cannot_mail = True
    forget(world)
    world.directory.change_address(world.people["una"].id, "una@new.example")
    world.directory.cannot_mail = False
    world.clock.move(timedelta(minutes=1))
    world.work()
    assert link(world, "una@new.example").state is MailState.SENT
