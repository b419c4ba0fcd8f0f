"""A second factor demanded: set up at the first sign-in, given at each, and afresh before a decision."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from directory.vocabulary import Role
from tests.support.builders.world import build_real
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.pages.approver import Approver, Site, confirmed, with_device
from tests.support.pages.hands import Keyboard
from tests.support.pages.serving import free_port, served
from tests.support.realm.authenticator import Authenticator
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.usefixtures("page_files")]
TOO_OLD = timedelta(minutes=16)


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    port = free_port()
    with fresh_realm(servers, f"http://localhost:{port}", CQRS_SECOND_FACTOR="demanded") as realm:
        world = build_real(database, confirmed(KeycloakScene(realm)), realm.environment)
        with served(world.app, port) as portal:
            yield Site(portal, realm, world)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as made:
        yield made


@pytest.fixture
def approver(site: Site, context: BrowserContext, request: pytest.FixtureRequest) -> Approver:
    """Whoever the test names; each has no second factor yet."""
    return Approver(site, request.param, context.new_page())


@pytest.mark.parametrize("approver", ["una"], indirect=True)
def test_whoever_decides_nothing_may_do_without(approver: Approver) -> None:
    approver.begin()
    approver.at("Home")


@pytest.mark.parametrize("approver", ["pam"], indirect=True)
def test_a_decision_asks_for_a_fresh_one(site: Site, approver: Approver) -> None:
    """AUT-7: not just after sign-in, but when it is old; and what was answered is not lost."""
    first = site.world.registered("fresh@p002.example", "P002")
    approver.signed_in().answer(first, "Approve")
    approver.at("Confirm that you approve this request")
    approver.press("Confirm")
    expect(approver.page.locator(".nhsuk-notification-banner")).to_contain_text("You approved the request")

    second = site.world.registered("old@p002.example", "P002")
    site.world.clock.move(TOO_OLD)
    approver.answer(second, "Reject", "We have nobody of this name")
    approver.give_code()
    approver.at("Confirm that you reject this request")
    expect(approver.page.get_by_text("We have nobody of this name")).to_be_visible()
    site.world.clock.move(TOO_OLD)
    approver.press("Confirm")
    approver.give_code()
    approver.at("Confirm that you reject this request")
    assert site.world.request(second).is_open
    approver.press("Confirm")
    expect(approver.page.locator(".nhsuk-notification-banner")).to_contain_text("You rejected the request")
    assert site.world.request(second).decision_reason == "We have nobody of this name"


@pytest.mark.parametrize("approver", ["paul"], indirect=True)
def test_approving_several_asks_too(site: Site, approver: Approver) -> None:
    """AUT-7: those that were ticked are still ticked afterwards."""
    for name in ("one", "two"):
        site.world.registered(f"{name}@p002.example", "P002")
    approver.signed_in()
    site.world.clock.move(TOO_OLD)
    approver.open("/requests")
    for box in approver.page.get_by_role("row").get_by_role("checkbox").all():
        box.check()
    approver.press("Approve ticked requests")
    approver.give_code()
    approver.at("Confirm that you approve 2 requests")
    approver.press("Confirm")
    approver.at("2 of 2 approved")


@pytest.mark.parametrize("approver", ["desk"], indirect=True)
def test_changing_an_account_asks_too(site: Site, approver: Approver) -> None:
    """AUT-7: before the reason is asked for, and again when it has grown old on the way; on User details,
    before what they come to is shown, and before that is done.
    """
    una = site.world.people["una"]
    approver.signed_in()
    site.world.clock.move(TOO_OLD)
    approver.open(f"/users/{una.id}/disable")
    approver.give_code()
    approver.page.get_by_label("Left organisation").check()
    approver.press("Continue")
    site.world.clock.move(TOO_OLD)
    approver.press("Disable account")
    approver.give_code()
    assert site.world.services.reader.person(una.id).enabled
    approver.page.get_by_label("Left organisation").check()
    approver.press("Continue")
    approver.press("Disable account")
    expect(approver.page.locator(".nhsuk-notification-banner")).to_contain_text("disabled")
    assert not site.world.services.reader.person(una.id).enabled
    site.world.directory.enable(una.id)
    set_details(site, approver, una.id)


def set_details(site: Site, approver: Approver, person_id: str) -> None:
    """What was ticked is not lost."""
    approver.open(f"/users/{person_id}/details")
    approver.page.get_by_label("Provider Finance").check()
    site.world.clock.move(TOO_OLD)
    approver.press("Continue")
    approver.give_code()
    approver.at("Check the changes")
    site.world.clock.move(TOO_OLD)
    approver.press("Submit")
    approver.give_code()
    approver.at("Check the changes")
    held = {one.role for one in site.world.services.reader.standing(person_id).holdings}
    assert Role.PROVIDER_FINANCE not in held
    approver.press("Submit")
    expect(approver.page.locator(".nhsuk-notification-banner")).to_contain_text("successfully updated")


@pytest.mark.parametrize("approver", ["bella"], indirect=True)
def test_one_that_was_removed_meanwhile_is_set_up_anew(site: Site, approver: Approver) -> None:
    """AUT-8: an open session decides nothing without one; whoever lost theirs is led to set up another."""
    asked = site.world.registered("lost@p003.example", "P003")
    approver.signed_in()
    site.forget_factors("bella")
    site.world.clock.move(TOO_OLD)
    approver.answer(asked, "Approve")
    approver.at("Enter your current password")
    approver.page.get_by_label("Password", exact=True).fill(PASSWORD)
    approver.page.locator("#kc-form-login button[type=submit]").first.click()
    approver.set_up_app()
    approver.at("Confirm that you approve this request")
    approver.press("Confirm")
    expect(approver.page.locator(".nhsuk-notification-banner")).to_contain_text("You approved the request")


@pytest.mark.parametrize("approver", ["carol"], indirect=True)
def test_a_passkey_instead_and_then_alone(site: Site, approver: Approver) -> None:
    """AUT-7: chosen at the first sign-in; then it signs in by itself, and is the fresh factor."""
    with_device(approver.page)
    approver.begin()
    approver.at("Set up an authenticator app")
    approver.page.get_by_role("link", name="Use a passkey instead").click()
    approver.page.get_by_label("Password", exact=True).fill(PASSWORD)
    if approver.page.get_by_label("Email address").count():
        approver.page.get_by_label("Email address").fill(approver.email)
    approver.page.locator("#kc-form-login button[type=submit]").click()
    approver.at("Set up a passkey")
    approver.page.get_by_label("Name of this passkey").fill("Work laptop")
    approver.press("Set up a passkey")
    approver.at("Enter your current password")
    approver.press("Use a passkey")
    approver.at("Home")

    approver.press("Sign out")
    approver.at("You are signed out")
    approver.open("/home")
    approver.at("Home")

    asked = site.world.registered("passkey@p001.example", "P001")
    site.world.clock.move(TOO_OLD)
    approver.answer(asked, "Approve")
    approver.at("Use your passkey")
    approver.press("Use a passkey")
    approver.at("Confirm that you approve this request")
    approver.press("Confirm")
    expect(approver.page.locator(".nhsuk-notification-banner")).to_contain_text("You approved the request")


@pytest.mark.parametrize("approver", ["chris"], indirect=True)
def test_no_way_round_by_choosing_a_passkey(site: Site, approver: Approver) -> None:
    """Keycloak lets them in that far; the portal takes no sign-in without the factor."""
    approver.page.goto(f"{site.portal}/signin?factor=passkey")
    approver.page.get_by_label("Email address").fill(approver.email)
    approver.page.get_by_label("Password", exact=True).fill(PASSWORD)
    approver.press("Sign in")
    approver.at("Set up a passkey")
    approver.press("Cancel")
    approver.at("Enter your current password")
    assert site.sessions_of("chris") == 0
    approver.open("/requests")
    assert urlsplit(approver.page.url).netloc == urlsplit(site.realm.servers.keycloak_url).netloc


@pytest.mark.parametrize("approver", ["iris"], indirect=True)
def test_by_keyboard_alone(approver: Approver) -> None:
    """UX-1: from the address to Home with no pointer, in the order of the page."""
    page, keys = approver.page, Keyboard(approver.page)
    approver.open("/home")
    keys.fill(page.get_by_label("Email address"), approver.email)
    keys.fill(page.get_by_label("Password", exact=True), PASSWORD)
    keys.press(page.get_by_role("button", name="Sign in", exact=True))
    approver.at("Set up an authenticator app")
    keys.follow(page.get_by_role("link", name="Type a key instead of scanning"))
    approver.app = Authenticator.typed(page.locator("#kc-totp-secret-key").inner_text())
    keys.fill(page.get_by_label("Security code"), approver.app.code())
    page.keyboard.press("Enter")
    approver.at("Home")
