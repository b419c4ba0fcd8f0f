"""Keycloak's own pages for one's account, from My profile and back."""

from collections.abc import Iterator

import pytest

from directory.vocabulary import FactorKind
from portal.mirroring.account_events import tell_account_events
from portal.mirroring.follow import follow
from portal.services import build_for_worker
from portal.settings import WorkerSettings
from tests.support.directory.keycloak_scene import PASSWORD
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.site import Site, opened
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
OTHER = "Bladderwrack-21"


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    with opened(servers, database) as made:
        yield made


def at_new_password(visitor: KeycloakVisitor, site: Site, email: str) -> KeycloakVisitor:
    """At Keycloak's page for it; it asks for the current one unless that was given in the same second."""
    visitor.open("/profile/details")
    visitor._go("POST", f"{site.portal}/profile/password", {"csrf_token": visitor.token})
    if "password-new" not in visitor.text:
        visitor.insist_on_signing_in(email, PASSWORD)
    assert "password-new" in visitor.text
    return visitor


def test_the_page_says_what_happened(site: Site) -> None:
    """AUT-8: Keycloak's own word for it, on the page from which it began."""
    site.enrol("changes@nhs.net", "P33001")
    visitor = at_new_password(site.signed_in("changes@nhs.net"), site, "changes@nhs.net")
    visitor.fill_in({"password-new": OTHER, "password-confirm": OTHER})
    assert visitor.heading == "User details"
    assert "Your password was changed." in visitor.text


def test_changing_ones_mind(site: Site) -> None:
    """AUT-8: nothing is done, and that is said."""
    site.enrol("minds@nhs.net", "P33002")
    visitor = at_new_password(site.signed_in("minds@nhs.net"), site, "minds@nhs.net")
    visitor.fill_in({"cancel-aia": "true"})
    assert visitor.heading == "User details"
    assert "Your password was not changed." in visitor.text


def test_somebody_else_came_back(site: Site) -> None:
    """AUT-8: the browser is another's at Keycloak: nobody is told that it was theirs, or stays signed in."""
    ann = site.enrol("ann@nhs.net", "P33003")
    site.enrol("bob@nhs.net", "P33004")
    visitor, other = site.signed_in("ann@nhs.net"), site.signed_in("bob@nhs.net")
    keycloak = site.realm.servers.keycloak_url
    visitor._cookies[keycloak] = other._cookies[keycloak]
    at_new_password(visitor, site, "bob@nhs.net")
    visitor.fill_in({"password-new": OTHER, "password-confirm": OTHER})
    assert (visitor.status, visitor.heading) == (403, "You signed in as someone else")
    assert site.sessions_of(ann) == 0


@pytest.mark.parametrize("path", ["email", "authenticator-app", "passkey"])
def test_each_leads_to_a_fresh_sign_in(site: Site, path: str) -> None:
    """AUT-8: asked for by Keycloak itself, however the browser came there."""
    site.enrol(f"{path}@nhs.net", "P33005" + path[:1].upper())
    visitor = site.signed_in(f"{path}@nhs.net")
    while True:
        visitor.open("/profile/details")
        visitor._go("POST", f"{site.portal}/profile/{path}", {"csrf_token": visitor.token})
        assert visitor.at_keycloak
        if visitor.heading == "Enter your current password":  # not asked in the second of the sign-in
            return


def test_removing_a_factor_begins_there_too(site: Site) -> None:
    """AUT-8: by its id, which has to be one's own."""
    person = site.enrol("factor@nhs.net", "P33006")
    visitor = site.signed_in("factor@nhs.net")
    site.scene.add_second_factor(person, FactorKind.AUTHENTICATOR_APP)
    (factor,) = site.services.reader.second_factors(person)
    visitor.open("/profile/sign-in")
    assert "Authenticator app" in visitor.text
    path = f"/profile/second-factors/{factor.id}/remove"
    visitor._go("POST", f"{site.portal}{path}", {"csrf_token": visitor.token})
    assert visitor.at_keycloak
    assert site.services.reader.second_factors(person) == (factor,)


def test_a_changed_address_is_told_of(site: Site, database: str) -> None:
    """AUT-8: an administrator's change is none of the person's, and isn't taken for one."""
    environment = site.realm.environment | {"CQRS_DATABASE_URL": database}
    worker = build_for_worker(WorkerSettings.from_environment(environment))
    person = site.enrol("admin.changed@nhs.net", "P33007")
    follow(worker)
    tell_account_events(worker)
    user = site.scene.ask("GET", f"users/{person}").json()
    site.scene.ask("PUT", f"users/{person}", user | {"email": "other@nhs.net", "username": "other@nhs.net"})
    assert tell_account_events(worker) == 0
