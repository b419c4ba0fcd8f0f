"""A second factor added and removed from My profile, in a browser: an authenticator app and a passkey."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from playwright.sync_api import Error as PlaywrightError

from directory.vocabulary import FactorKind
from portal.mirroring.account_events import tell_account_events
from tests.support.builders.world import build_real
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.pages.approver import Approver, Site, confirmed, with_device
from tests.support.pages.serving import free_port, served
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.usefixtures("page_files")]
# What a browser does that says it can offer passkeys in the field, and can't.
CANNOT_OFFER = """
  PublicKeyCredential.isConditionalMediationAvailable = async () => true;
  navigator.credentials.get = async () => {
    window.refused = true;
    throw new DOMException("Not supported here", "NotSupportedError");
  };
"""


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    """Where no second factor is demanded of anybody."""
    port = free_port()
    with fresh_realm(servers, f"http://localhost:{port}") as realm:
        world = build_real(database, confirmed(KeycloakScene(realm)), realm.environment)
        tell_account_events(world.services)
        with served(world.app, port) as portal:
            yield Site(portal, realm, world)


@pytest.fixture(params=[1280, 320], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": request.param, "height": 900}) as made:
        yield made.new_page()


@pytest.fixture
def person(site: Site, page: Page, request: pytest.FixtureRequest) -> Approver:
    """Somebody of no power, new for each test, at My profile > Signing in."""
    name = request.node.name.partition("_")[2].translate(str.maketrans("[]_-", "xxxx"))
    site.world.people[name] = site.world.directory.enrol(f"{name}@factors.example", "Ann", "Lee")
    made = Approver(site, name, page)
    made.begin("/profile/sign-in")
    made.at("Signing in")
    return made


def sign_in_again(person: Approver) -> None:
    """Keycloak asks for the password, but not in the second of the sign-in, and for the factor there is."""
    heading = person.page.locator("h1")
    expect(heading).not_to_have_text("Signing in")
    if heading.inner_text() == "Enter your current password":
        person.page.get_by_label("Password", exact=True).fill(PASSWORD)
        person.page.locator("#kc-form-login button[type=submit]").first.click()
        expect(heading).not_to_have_text("Enter your current password")
    if heading.inner_text() == "Enter your security code":
        person.give_code()


def says(person: Approver, words: str) -> None:
    person.at("Signing in")
    expect(person.page.locator(".nhsuk-notification-banner")).to_contain_text(words)


def factors(site: Site, person: Approver) -> list[FactorKind]:
    found = site.world.services.reader.second_factors(site.world.people[person.name].id)
    return [factor.kind for factor in found]


def is_told(site: Site, person: Approver, *subjects: str) -> None:
    """By e-mail, in this order and nothing else."""

    def heard() -> bool:
        tell_account_events(site.world.services)
        site.world.work()
        return site.world.post.to(person.email) == list(subjects)

    wait_until(heard, 30, f"{person.email} told of {subjects}")


def test_an_authenticator_app(site: Site, person: Approver) -> None:
    """AUT-7, AUT-8: after a fresh sign-in, said on the page and by e-mail; the factor itself is asked for."""
    person.press("Add an authenticator app")
    sign_in_again(person)
    person.set_up_app()
    says(person, "Your authenticator app was added.")
    assert factors(site, person) == [FactorKind.AUTHENTICATOR_APP]
    person.page.get_by_role("button", name="Remove").click()
    sign_in_again(person)
    person.at("Remove a way to sign in")
    person.press("Remove")
    says(person, "It was removed from your account.")
    assert factors(site, person) == []
    is_told(site, person, "How you sign in to CQRS has changed", "A way to sign in to CQRS was removed")


def test_a_passkey(site: Site, person: Approver) -> None:
    """AUT-7, AUT-8: likewise; kept in the browser's own device."""
    with_device(person.page)
    person.press("Add a passkey")
    sign_in_again(person)
    person.at("Set up a passkey")
    person.page.get_by_label("Name of this passkey").fill("Work laptop")
    person.press("Set up a passkey")
    says(person, "Your passkey was added.")
    expect(person.page.get_by_role("cell", name="Work laptop", exact=True)).to_be_visible()
    assert factors(site, person) == [FactorKind.PASSKEY]
    person.page.get_by_role("button", name="Remove").click()
    give_the_passkey(person)
    person.at("Remove a way to sign in")
    expect(person.page.get_by_text("Work laptop")).to_be_visible()
    person.press("Remove")
    says(person, "It was removed from your account.")
    assert factors(site, person) == []
    is_told(site, person, "How you sign in to CQRS has changed", "A way to sign in to CQRS was removed")


def give_the_passkey(person: Approver) -> None:
    """Asked for with the button, unless the device was quicker and has given it in the page's field."""
    button = person.page.get_by_role("button", name="Use a passkey", exact=True)

    def is_given() -> bool:
        if person.page.locator("h1").inner_text().strip() == "Remove a way to sign in":
            return True
        with suppress(PlaywrightError):  # the page has gone on meanwhile
            button.click(timeout=1000)
        return False

    wait_until(is_given, 30, "the passkey given")


def test_changing_ones_mind(site: Site, person: Approver) -> None:
    """AUT-8: nothing is removed, and that is said; nobody is mailed of it."""
    person.press("Add an authenticator app")
    sign_in_again(person)
    person.set_up_app()
    person.at("Signing in")
    person.page.get_by_role("button", name="Remove").click()
    sign_in_again(person)
    person.press("Cancel")
    says(person, "Nothing was removed.")
    assert factors(site, person) == [FactorKind.AUTHENTICATOR_APP]
    is_told(site, person, "How you sign in to CQRS has changed")


def test_an_offer_that_fails_brings_nobody_back(site: Site, page: Page) -> None:
    """AUT-7: where passkeys can't be offered in the field, the page stays, and the password signs in."""
    reported: list[str] = []

    def note(request: Request) -> None:
        if "error=Not" in (request.post_data or ""):
            reported.append(request.url)

    page.on("request", note)
    page.add_init_script(CANNOT_OFFER)
    una = Approver(site, "una", page)
    una.open("/home")
    wait_until(lambda: page.evaluate("window.refused"), 30, "refused")
    page.get_by_label("Email address").fill(una.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    una.press("Sign in")
    una.at("Home")
    assert reported == []
