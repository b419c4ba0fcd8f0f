"""Keycloak can't mail a link: the mail server refuses the address, or isn't there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.acts.new_link import send_again
from portal.mail.sender import SmtpSender
from portal.model.mail import Mail, MailState
from portal.store.queries import mail
from tests.support.builders.services import KeptPost
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.mail_server import MailServer, mail_server
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak


class OwnPost(KeptPost):
    """Keeps our messages, and asks the mail server that Keycloak has."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.check = SmtpSender("127.0.0.1", port).check  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def country(servers: RunningServers, database: str, smtp: MailServer) -> Iterator[World]:
    named = {"CQRS_SMTP_HOST": "127.0.0.1", "CQRS_SMTP_PORT": str(smtp.port)}
    with fresh_realm(servers, **named) as realm:
        yield build_real(database, KeycloakScene(realm), post=OwnPost(smtp.port))


def forgotten(world: World, email: str) -> Mail:
    world.clock.move(timedelta(minutes=1))  # at once it would be the second of two clicks
    send_again(world.services, email, HERE, forgotten=True)
    world.work()
    with world.sessions() as session:
        return mail.listing(session, address=email).items[0]


@pytest.mark.parametrize(
    ("answers", "state", "why"),
    [
        ({"rcpt": "550 no such mailbox"}, MailState.REFUSED, "550 no such mailbox"),
        ({"rcpt": "450 mailbox busy"}, MailState.QUEUED, "450 mailbox busy"),
        ({"content": "554 we do not like it"}, MailState.QUEUED, "Failed to send execute actions email"),
        ({}, MailState.SENT, ""),
    ],
)
def test_what_the_mail_server_says_is_seen(
    country: World, smtp: MailServer, answers: dict[str, str], state: MailState, why: str
) -> None:
    """NOT-3: refused and why, waiting and why, sent."""
    before = dict(smtp.answers)
    smtp.answers.update(answers)
    found = forgotten(country, f"{'una' if not answers else 'carol'}@approvers.example")
    smtp.answers.update(before)
    assert found.state is state
    assert why in found.error
