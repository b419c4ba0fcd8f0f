"""What becomes of messages."""

from datetime import timedelta

import pytest

from directory.vocabulary import Role
from portal.acts.ask import AskedRole, ask
from portal.acts.resend import resend
from portal.model import MailState
from portal.rules.errors import NotAllowed
from portal.store.queries import mail
from tests.support.builders.world import HERE, World


def mails(world: World, address: str) -> list:
    with world.services.sessions() as session:
        return list(mail.listing(session, address=address).items)


def test_a_refused_message_is_kept_with_the_servers_reason(world: World) -> None:
    """NOT-2: refused for good, and shown to the Service Desk."""
    world.post.refused.add("carol@approvers.example")
    world.registered()
    (refused,) = mails(world, "carol@")
    assert (refused.state, refused.error) == (MailState.REFUSED, "550 no such mailbox")
    assert [one.state for one in mails(world, "chris@")] == [MailState.SENT]


def test_a_mail_server_that_comes_back_gets_everything_once(world: World) -> None:
    """APR-4: nothing lost, nothing twice."""
    world.post.away = True
    world.registered()
    for _ in range(5):
        world.clock.move(timedelta(hours=1))
        world.work()
    assert mails(world, "carol@")[0].state is MailState.QUEUED
    world.post.away = False
    world.clock.move(timedelta(seconds=10))
    world.work()
    assert len(world.post.to("carol@approvers.example")) == 1


def test_after_seventy_two_hours_it_has_failed_and_can_be_sent_again(world: World) -> None:
    """NOT-2: retried for 72 hours; then the Service Desk resends."""
    world.post.away = True
    world.registered()
    world.clock.move(timedelta(hours=71))
    world.work()
    assert mails(world, "carol@")[0].state is MailState.QUEUED
    world.clock.move(timedelta(hours=2))
    world.work()
    (failed,) = mails(world, "carol@")
    assert failed.state is MailState.FAILED
    world.post.away = False
    resend(world.services, world.actor("desk", Role.SERVICE_DESK), failed.id, HERE)
    assert mails(world, "carol@")[0].state is MailState.SENT
    assert len(world.post.to("carol@approvers.example")) == 1


def test_only_the_service_desk_resends(world: World) -> None:
    """ROL-2: everybody else is refused."""
    world.registered()
    (sent,) = mails(world, "carol@")
    with pytest.raises(NotAllowed):
        resend(world.services, world.actor("carol", Role.COMMISSIONER_APPROVER, "A01"), sent.id, HERE)


def test_who_wants_no_email_gets_the_notice_alone(world: World) -> None:
    """APR-2, PRO-5: opted out."""
    from dataclasses import replace

    carol = world.people["carol"]
    world.directory._put_person(replace(carol, wants_email=False))
    world.registered()
    assert world.post.to("carol@approvers.example") == []
    assert len(world.post.to("chris@approvers.example")) == 1


def test_messages_hold_what_to_do_and_whom_to_ask(world: World) -> None:
    """NOT-2: plain text and HTML, with the service desk's contacts; no line break gets into a header."""
    eve = world.person("x@p001.example", first="Eve\r\nBcc: all@x.example", last="<b>")
    ask(world.services, eve.id, AskedRole("P001", Role.PROVIDER_USER, "Cover"), HERE)
    world.work()
    message = next(one for one in world.post.sent if one["To"] == "carol@approvers.example")
    assert message["Bcc"] is None
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert "What to do" in body
        assert "service.desk@cqrs.example" in body
        assert "0300 123 4567" in body
    assert "<b>" not in message.get_body(("html",)).get_content()
