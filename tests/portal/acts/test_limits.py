"""Limits on how often anybody may ask."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from directory.vocabulary import Role
from portal.acts.admission import admit_browser
from portal.acts.ask import AskedRole, ask
from portal.acts.new_link import send_again
from portal.acts.origin import Origin
from portal.acts.register import Registration, register
from portal.rules.errors import AlreadyAsked, TooManyAttempts
from portal.store.straight import Straight
from tests.support.builders.world import World


def limited(world: World):
    limits = {"register_limit": 3, "address_limit": 2, "ask_limit": 2}
    tight = world.services.settings.model_copy(update=limits)
    return replace(world.services, settings=tight)


def attempt(services, email: str, address: str) -> None:
    asked = Registration(email, "P001", Role.PROVIDER_USER, "Nora", "New")
    register(services, asked, Origin(address))


def test_one_network_address_may_register_so_often_an_hour(world: World) -> None:
    """REG-4: then a later time is named, and another address is not concerned."""
    services = limited(world)
    for number in range(3):
        attempt(services, f"n{number}@x.example", "192.0.2.7")
    with pytest.raises(TooManyAttempts) as told:
        attempt(services, "n4@x.example", "192.0.2.7")
    assert timedelta(minutes=59) < told.value.wait <= timedelta(hours=1)
    attempt(services, "n5@x.example", "192.0.2.8")
    world.clock.move(timedelta(minutes=61))
    attempt(services, "n6@x.example", "192.0.2.7")


@pytest.mark.parametrize(
    ("addresses", "another"),
    [
        (("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:DB8:1:2:a:b:c:d"), "2001:db8:1:3::1"),
        (("198.51.100.1", "::ffff:198.51.100.1", "::ffff:c633:6401"), "198.51.100.2"),
    ],
)
def test_a_client_is_its_network(world: World, addresses: tuple[str, ...], another: str) -> None:
    """REG-4: the addresses of one IPv6 network are one client's, as are two writings of an IPv4 address."""
    services = limited(world)
    for number, address in enumerate(addresses):
        attempt(services, f"v6{number}@x.example", address)
    for address in addresses:
        with pytest.raises(TooManyAttempts):
            attempt(services, "v6@x.example", address)
    attempt(services, "v6other@x.example", another)


@pytest.mark.parametrize("address", ["2001:db8::zz", "unknown", "10.0.0.1:8000"])
def test_an_address_that_is_none_is_counted_as_it_is(world: World, address: str) -> None:
    """REG-4: what a proxy names, whatever it is."""
    services = limited(world)
    for number in range(3):
        attempt(services, f"odd{number}@x.example", address)
    with pytest.raises(TooManyAttempts):
        attempt(services, "odd@x.example", address)


def test_one_person_may_request_so_many_roles_a_day(world: World) -> None:
    """REG-4: wherever; a refused request doesn't count, another person isn't concerned."""
    services, una, pam = limited(world), world.people["una"], world.people["pam"]

    def wants(role: Role, person_id: str = una.id) -> None:
        ask(services, person_id, AskedRole("P003", role, "Cover"), Origin())

    wants(Role.PROVIDER_USER)
    with pytest.raises(AlreadyAsked):
        wants(Role.PROVIDER_USER)
    wants(Role.PROVIDER_FINANCE)
    with pytest.raises(TooManyAttempts) as told:
        ask(services, una.id, AskedRole("P002", Role.PROVIDER_USER, "Cover"), Origin())
    assert timedelta(hours=23) < told.value.wait <= timedelta(days=1)
    wants(Role.PROVIDER_USER, pam.id)
    world.clock.move(timedelta(hours=25))
    ask(services, una.id, AskedRole("P002", Role.PROVIDER_USER, "Cover"), Origin())


@pytest.mark.parametrize("email", ["nobody@x.example", "una@approvers.example"])
def test_one_email_address_is_limited_the_same_known_or_not(world: World, email: str) -> None:
    """REG-4, REG-2: the limit doesn't tell whether there is an account."""
    services = limited(world)
    for number in range(2):
        attempt(services, email, f"192.0.2.{number}")
    with pytest.raises(TooManyAttempts):
        attempt(services, email.upper(), "192.0.2.9")


def test_new_links_are_limited_too(world: World) -> None:
    """REG-3, REG-4: nobody's mailbox is flooded with links."""
    services = limited(world)
    for number in range(2):
        send_again(services, "una@approvers.example", Origin(f"192.0.2.{number}"))
    with pytest.raises(TooManyAttempts):
        send_again(services, "una@approvers.example", Origin("192.0.2.9"))


def test_many_at_once_are_no_more_than_one_after_another(world: World) -> None:
    """AUT-9: whoever begins to sign in from twenty browsers at the same moment."""
    tight = world.services.settings.model_copy(update={"signin_limit": 5})
    services = replace(world.services, settings=tight)
    straight = Straight(world.sessions.kw["bind"])

    def is_admitted(_browser: int) -> bool:
        try:
            admit_browser(services, straight, Origin("192.0.2.9"))
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(10) as browsers:
        assert sum(browsers.map(is_admitted, range(20))) == 5


def test_the_table_is_no_list_of_who_tried(world: World) -> None:
    """REG-4: e-mail addresses are counted by their hash."""
    from sqlalchemy import select

    from portal.model import Attempt

    attempt(limited(world), "shy@x.example", "192.0.2.1")
    with world.services.sessions() as session:
        assert not any("shy" in client for client in session.scalars(select(Attempt.client)))


def test_an_expired_link_is_sent_anew_to_those_who_need_it(world: World) -> None:
    """REG-3: without a password a new link; with one, or unknown, a word that says so."""
    waiting = world.directory.enrol("waiting@x.example", password=False)
    for email in ("waiting@x.example", "una@approvers.example", "unknown@x.example"):
        send_again(world.services, email, Origin("192.0.2.1"))
    world.work()
    assert world.directory.welcomes == [waiting.id]
    assert world.post.to("una@approvers.example") == ["Your account already has a password"]
    assert world.post.to("unknown@x.example") == ["There is no link to send you"]
