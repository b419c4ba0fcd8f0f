"""NOT-3: what Keycloak could mail about an account goes out as a message of ours, which has a state."""

import pytest

from portal.mirroring.account_events import tell_account_events
from portal.model.mail import MailState
from portal.store.queries import mail
from tests.support.builders.world import World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.realm.authenticator import Authenticator
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> World:
    """With everything that happened before already told."""
    world = build_real(database, KeycloakScene(realm))
    tell_account_events(world.services)
    return world


def told(world: World, realm: TestRealm, address: str, subject: str, *words: str) -> None:
    """The address has exactly this message, in text and HTML, from us; and Keycloak itself mailed nothing."""

    def has_heard() -> bool:
        tell_account_events(world.services)
        world.work()
        return bool(world.post.to(address))

    wait_until(has_heard, 30, f"{address} told")
    for _ in range(2):
        tell_account_events(world.services)
        world.work()
    assert world.post.to(address) == [subject]
    assert realm.servers.mail.to(address) == []
    _says(world, address, *words)
    with world.sessions() as session:
        (row,) = mail.listing(session, address=address).items
    assert row.state is MailState.SENT


def _says(world: World, address: str, *words: str) -> None:
    (message,) = [one for one in world.post.sent if one["To"] == address]
    desk = ("service.desk@cqrs.example", "0300 123 4567")
    for kind in ("plain", "html"):
        body = " ".join(message.get_body((kind,)).get_content().split())
        for part in (*words, "What to do", *desk, "We never ask for your password"):
            assert part in body, body
        assert "Keycloak" not in body


def test_a_lock_and_nothing_for_each_wrong_password(
    country: World, realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """AUT-3: the person is told of the lock by e-mail."""
    address = "struan.harcus@mails.example"
    person = console.enrol(address)
    pages.start()
    for number in range(1, 6):
        pages.sign_in(address, f"Wrong-password-{number}")
        console.wait_until_counted(person, number)
    words = (
        "wrong password was entered too many times",
        "wait a minute",
        "up to 15 minutes",
        "If it was not you",
    )
    told(country, realm, address, "Your CQRS account is locked for a while", *words)


def test_a_changed_password(country: World, realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """PRO-5: security e-mails always go."""
    address = "bridget.sclater@mails.example"
    console.enrol(address, attributes={"email_notifications": ["false"]})
    pages.start().sign_in(address, PASSWORD)
    pages.ask_to_change_password().confirm_password(PASSWORD)
    pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-12"})
    words = ("The password of your CQRS account was set on", "contact the service desk at once")
    told(country, realm, address, "How you sign in to CQRS has changed", *words)


def test_an_authenticator_app_that_was_added(
    country: World, realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """AUT-8: told to the person."""
    address = "magnus.isbister@mails.example"
    console.enrol(address, requiredActions=["CONFIGURE_TOTP"])
    pages.start().sign_in(address, PASSWORD)
    app = Authenticator.typed(_secret(pages.follow("Type a key instead of scanning")))
    pages.send(totp=app.code(), userLabel="Phone")
    words = ("An authenticator app was added to your CQRS account on", "contact the service desk at once")
    told(country, realm, address, "How you sign in to CQRS has changed", *words)


def _secret(pages: KeycloakPages) -> str:
    """As the page shows it to those who type it."""
    shown = [one for one in pages.page.iter() if one.get("id") == "kc-totp-secret-key"]
    return "".join(shown[0].itertext()).strip()


def test_a_removed_authenticator(
    country: World, realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """AUT-8: told to the person, whoever did it."""
    app, address = Authenticator(), "sunniva.flett@mails.example"
    person = console.enrol(address, credentials=[{"type": "password", "value": PASSWORD}, app.credential])
    held = console.server.get(f"/users/{person['id']}/credentials")
    factor = next(one["id"] for one in held if one["type"] == "otp")
    pages.start(kc_action=f"delete_credential:{factor}").sign_in(address, PASSWORD)
    pages.send(otp=app.code()).send(accept="yes")
    words = ("An authenticator app was removed from", "contact the service desk at once")
    told(country, realm, address, "A way to sign in to CQRS was removed", *words)
