"""What the mail server's answers mean, said by a server over a real connection."""

import time
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from portal.mail.sender import MailRefused, MailUnavailable, SmtpSender
from portal.model import Mail, MailState
from portal.store.queries import mail
from tests.support.builders.world import World
from tests.support.mail_server import GOOD, HANGS, mail_server

PERMANENT = {"rcpt": "550 no such mailbox", "content": "554 looks like spam"}
OURS = {
    "greeting": "554 no service",
    "mail": "530 authentication required",
    "data": "554 no valid recipients",
}


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "us@cqrs.example", "nora@p001.example", "News"
    made.set_content(".hidden\nThe end")
    return made


def send(port: int, timeout: float = 5) -> None:
    SmtpSender("127.0.0.1", port, timeout).send(message())


def test_a_message_is_handed_over_whole() -> None:
    """NOT-2: a line that begins with a full stop too."""
    with mail_server() as server:
        send(server.port)
    (taken,) = server.taken
    assert b"\r\n..hidden\r\nThe end\r\n" in taken


@pytest.mark.parametrize("step", PERMANENT)
def test_what_is_said_of_the_recipient_or_the_message_is_final(step: str) -> None:
    """NOT-2: refused, with the server's reason."""
    with mail_server(**{step: PERMANENT[step]}) as server, pytest.raises(MailRefused) as refused:
        send(server.port)
    assert str(refused.value) == PERMANENT[step]


@pytest.mark.parametrize(
    "answers",
    [
        {"greeting": "554 no service"},
        {"greeting": "421 busy"},
        {"ehlo": "550 who are you", "helo": "550 who are you"},
        {"mail": "530 authentication required"},
        {"mail": "550 sender not known"},
        {"mail": "451 later"},
        {"rcpt": "451 greylisted"},
        {"rcpt": "530 authentication required"},
        {"data": "554 no valid recipients"},
        {"content": "452 disk full"},
    ],
    ids=lambda answers: " ".join(answers.values()),
)
def test_whatever_else_is_said_passes(answers: dict[str, str]) -> None:
    """NOT-2: a server out of order, or one that doesn't know us yet, is tried again."""
    with mail_server(**answers) as server, pytest.raises(MailUnavailable) as away:
        send(server.port)
    assert str(away.value) == list(answers.values())[-1]
    assert away.value.answered
    assert server.taken == []


@pytest.mark.parametrize("answer", ["421 going down", "500 what", "nonsense", HANGS])
def test_what_is_taken_is_sent_whatever_is_said_to_quit(answer: str) -> None:
    """APR-4: the message is the server's from the end of its content on."""
    began = time.monotonic()
    with mail_server(quit=answer) as server:
        send(server.port, timeout=60)
    assert len(server.taken) == 1
    assert time.monotonic() - began < 30


def test_a_server_that_never_answers_is_away() -> None:
    with mail_server(content=HANGS) as server, pytest.raises(MailUnavailable) as away:
        send(server.port, timeout=0.2)
    assert not away.value.answered


def nobody_there() -> int:
    with mail_server() as server:
        return server.port


@pytest.mark.parametrize(
    ("answers", "raised"),
    [
        ({"rcpt": "550 no such mailbox"}, MailRefused),
        ({"rcpt": "450 busy"}, MailUnavailable),
        ({"mail": "530 authentication required"}, MailUnavailable),
        ({"greeting": "554 no service"}, MailUnavailable),
    ],
)
def test_whom_the_server_would_take(answers: dict[str, str], raised: type[Exception]) -> None:
    """NOT-3: asked without a message, the server says the same."""
    with mail_server(**answers) as server, pytest.raises(raised, match=next(iter(answers.values()))):
        SmtpSender("127.0.0.1", server.port).check("us@cqrs.example", "nora@p001.example")


def test_asking_sends_nothing() -> None:
    """NOT-3: the server would take it, and has been given none."""
    with mail_server() as server:
        SmtpSender("127.0.0.1", server.port).check("us@cqrs.example", "nora@p001.example")
    assert server.taken == []


def test_nobody_answers() -> None:
    with pytest.raises(MailUnavailable) as away:
        send(nobody_there())
    assert not away.value.answered


def mails(world: World) -> list[Mail]:
    with world.services.sessions() as session:
        return list(mail.listing(session).items)


def test_a_day_without_service_loses_nothing_and_doubles_nothing(world: World) -> None:
    """NOT-2, APR-4: 5xx for a day, then well again but for its farewell: every message once."""
    with mail_server() as server:
        world = replace(world, services=replace(world.services, post=SmtpSender("127.0.0.1", server.port, 5)))
        for step, answer in OURS.items():
            server.answers = GOOD | {step: answer}
            world.registered(f"{step}@p001.example")
            world.clock.move(timedelta(hours=8))
            world.work()
        server.answers = GOOD | {"quit": "500 what"}
        for _ in range(3):
            world.clock.move(timedelta(minutes=6))
            world.work()
        told = mails(world)
        assert {one.state for one in told} == {MailState.SENT}
        assert len(server.taken) == len(told) == 6
