"""Sign-ins that somebody else began, or that have ended, brought to a portal beside a real Keycloak."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.application import create_app
from tests.support.builders.world import COOKIE
from tests.support.directory.keycloak_scene import PASSWORD
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.serving import served
from tests.support.pages.site import Site, opened
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
FAILED = (400, "We could not finish signing you in")


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    with opened(servers, database) as made:
        yield made


class Stopped(Exception):
    """Before the browser opens the address that it is led to."""


def stopped(visitor: KeycloakVisitor, email: str) -> str:
    """Gives the password, and does not go where Keycloak then leads: that address, with a code in it."""
    led_to = list[str]()

    def stop(url: str) -> str:
        led_to.append(url)
        raise Stopped

    visitor.on_the_way = stop
    with pytest.raises(Stopped):
        visitor.sign_in(email, PASSWORD)
    visitor.on_the_way = lambda url: url
    return led_to[-1]


def outcome(visitor: KeycloakVisitor) -> tuple[int, str]:
    return visitor.status, visitor.heading


def test_somebody_is_led_to_anothers_account(site: Site) -> None:
    """Mallory stops with a code of Mallory's own, and has somebody else open its address."""
    mallory = site.enrol("mallory@nhs.net", "P12001")
    address = stopped(site.visitor().open("/home"), "mallory@nhs.net")
    victim = site.visitor().open("/home")
    assert outcome(victim.open(address)) == FAILED
    assert COOKIE not in victim.cookies_of_the_portal
    assert site.sessions_of(mallory) == 0


def test_an_address_that_was_used_is_opened_again(site: Site) -> None:
    """From the history of a shared computer, even by who kept all that the browser had: the code is used."""
    person = site.enrol("history@nhs.net", "P12002")
    visitor = site.visitor().open("/home")
    address, kept = stopped(visitor, "history@nhs.net"), visitor.cookies_of_the_portal
    assert visitor.open(address).heading == "Home"
    assert not set(kept) & set(visitor.cookies_of_the_portal)
    visitor.press_sign_out()
    assert outcome(visitor.open(address)) == FAILED
    visitor._cookies[site.portal].update(kept)
    assert outcome(visitor.open(address)) == FAILED
    assert site.sessions_of(person) == 0


def test_the_portals_key_is_changed_in_the_middle(site: Site) -> None:
    """What was begun under the old one is at an end, and beginning again works."""
    person = site.enrol("rotated@nhs.net", "P12003")
    visitor = site.visitor().open("/home")
    address = stopped(visitor, "rotated@nhs.net")
    settings = site.services.settings.model_copy(update={"secret_key": "quite another key than before"})
    with served(create_app(replace(site.services, settings=settings))) as changed:
        there = KeycloakVisitor(changed, site.realm.servers.keycloak_url)
        there._cookies[changed].update(visitor.cookies_of_the_portal)
        assert outcome(there.open(address.removeprefix(site.portal))) == FAILED
    assert site.sessions_of(person) == 0
    assert visitor.open("/home").heading == "Home"


EVIL = {"absolute": "https://evil.example/", "bare": "//evil.example/%2e%2e", "turned": "/%5Cevil.example"}


@pytest.mark.parametrize("how", EVIL)
def test_a_link_to_sign_in_leads_out_of_the_portal(site: Site, how: str) -> None:
    """It ends at Home."""
    site.enrol(f"{how}@nhs.net", f"P121{len(how)}")
    visitor = site.signed_in(f"{how}@nhs.net", f"/signin?next={EVIL[how]}")
    assert (visitor.url, visitor.heading) == (f"{site.portal}/home", "Home")


def test_another_is_signed_in_where_a_change_was_begun(site: Site) -> None:
    """Ann went to change her password, Bob signs in: what comes back of hers isn't done as Bob."""
    ann, bob = (
        site.enrol(f"{name}.begun@nhs.net", code) for name, code in (("ann", "P12004"), ("bob", "P12005"))
    )
    hers = site.signed_in("ann.begun@nhs.net", "/profile/details")
    hers._go("POST", f"{site.portal}/profile/password", {"csrf_token": hers.token})
    begun = {name: value for name, value in hers.cookies_of_the_portal.items() if name != COOKIE}
    ((name, _),) = begun.items()
    his = site.signed_in("bob.begun@nhs.net")
    his._cookies[site.portal].update(begun)
    state = name.rpartition("begun-")[2]
    issuer = f"{site.services.settings.keycloak_url}/realms/{site.realm.name}"
    his.open(f"/signin/callback?state={state}&code=x&iss={issuer}")
    assert his.heading == "Home"
    assert (site.sessions_of(ann), site.sessions_of(bob)) == (1, 1)
