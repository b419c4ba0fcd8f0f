"""Keycloak's pages in our theme, without script; KeycloakPages checks every page that it comes to."""

import pytest

from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.mailed import action_link, address_link, welcome_link
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak


def test_the_sign_in_page(realm: TestRealm, pages: KeycloakPages) -> None:
    """AUT-1: Forgotten user name says that it is the e-mail address, and who to ask."""
    portal = realm.environment["CQRS_PORTAL_URL"]
    pages.start()
    assert (pages.title, pages.heading) == ("Sign in - CQRS accounts", "Sign in")
    assert pages.says("Forgotten your user name?")
    assert pages.says("Your user name is your email address")
    assert pages.says("service desk")
    assert pages.link("Register for access") == f"{portal}/register"
    assert pages.link("Help and support") == f"{portal}/help"


def test_password_managers_know_the_fields(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """ASVS 6.2.7: by what each is for; nothing keeps anybody from pasting."""
    assert purposes(pages.start()) == {"username": "username webauthn", "password": "current-password"}
    person = console.enrol("manages.many@pages.example")
    pages.open(action_link(realm, person, "UPDATE_PASSWORD")).follow("Continue")
    new = dict.fromkeys(("password-new", "password-confirm"), "new-password")
    assert purposes(pages) == {"username": "username", **new}
    assert "onpaste" not in pages.text


def purposes(pages: KeycloakPages) -> dict[str, str]:
    """Of each field that is filled in, by its name."""
    fields = [one for one in pages.page.iter("input") if one.get("type") in ("text", "email", "password")]
    return {one.get("name", ""): one.get("autocomplete", "") for one in fields}


@pytest.mark.parametrize("email", ["rhona.reid@pages.example", "nobody@pages.example"])
def test_a_wrong_password_reads_the_same_for_anybody(
    console: Console, pages: KeycloakPages, email: str
) -> None:
    if email.startswith("rhona"):
        console.enrol(email)
    pages.start().sign_in(email, "Wrong-password-1")
    assert pages.title == "Error: Sign in - CQRS accounts"
    assert pages.says("The email address or password is not right")
    assert pages.link("The email address or password") == "#username"


def test_signs_in_whatever_the_case(console: Console, pages: KeycloakPages) -> None:
    """AUT-1: the user name is the e-mail address, case-insensitive."""
    console.enrol("ewan.baird@pages.example")
    pages.start().sign_in("Ewan.BAIRD@Pages.example", PASSWORD)
    assert "/signin/callback?" in pages.left_for
    assert pages.tokens()["id_token"]


def test_the_disabled_are_told_and_whom_to_ask(
    realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """AUT-4."""
    console.enrol("kirsty.weir@pages.example", enabled=False)
    pages.start().sign_in("kirsty.weir@pages.example", PASSWORD)
    assert pages.says("Your account is disabled")
    assert pages.says("Ask an approver")
    assert pages.link("@") == f"mailto:{realm.environment['CQRS_SERVICE_DESK_EMAIL']}"
    assert pages.says(realm.environment["CQRS_SERVICE_DESK_PHONE"])


def test_the_locked_read_what_a_wrong_password_reads(console: Console, pages: KeycloakPages) -> None:
    """AUT-3: even with the right password, in words that help whoever the page is shown to."""
    person = console.enrol("hamish.orr@pages.example")
    pages.start()
    for number in range(1, 6):
        pages.sign_in("hamish.orr@pages.example", f"Wrong-password-{number}")
        console.wait_until_counted(person, number)
    console.wait_until_locked(person)
    pages.sign_in("hamish.orr@pages.example", PASSWORD)
    assert pages.title == "Error: Sign in - CQRS accounts"
    assert pages.says("The email address or password is not right")
    assert pages.says("Several wrong tries close an account for a while")
    assert pages.says("ask an approver at your organisation or the service desk")
    console.server.delete(f"/attack-detection/brute-force/users/{person['id']}")
    pages.sign_in("hamish.orr@pages.example", PASSWORD)
    assert "/signin/callback?" in pages.left_for


def test_a_forgotten_password_is_set_anew(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """AUT-2: by the mailed link, which signs nobody in."""
    person = console.enrol("una.leask@pages.example")
    pages.open(action_link(realm, person, "UPDATE_PASSWORD"))
    assert pages.heading == "Set a new password"
    pages.follow("Continue")
    assert pages.heading == "Set your password"
    pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-12"})
    assert pages.heading == "You can now sign in"
    pages.start().sign_in("una.leask@pages.example", "Kelp-forest-12")
    assert "/signin/callback?" in pages.left_for


def test_a_welcome_leads_to_the_portal(realm: TestRealm, console: Console, pages: KeycloakPages) -> None:
    """REG-3: confirm the address, set a password, go on to sign in with no dead end between."""
    person = console.enrol("iona.manson@pages.example", None, emailVerified=False)
    pages.open(welcome_link(realm, person))
    assert pages.heading == "Finish setting up your account"
    assert pages.says("confirm your email address")
    assert console.user("iona.manson@pages.example")["emailVerified"] is False
    pages.follow("Continue")
    assert pages.heading == "Set your password"
    assert pages.says("8 or more characters")
    pages.send(**{"password-new": "short", "password-confirm": "short"})
    assert pages.title == "Error: Set your password - CQRS accounts"
    assert pages.link("Your password must have") == "#password-new"
    pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-13"})
    assert pages.link("The two passwords are not the same") == "#password-confirm"
    pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-12"})
    assert pages.heading == "You can now sign in"
    assert pages.link("Continue to sign in") == f"{realm.environment['CQRS_PORTAL_URL']}/signin"
    assert console.user("iona.manson@pages.example")["emailVerified"] is True
    pages.start().sign_in("iona.manson@pages.example", "Kelp-forest-12")
    assert "/signin/callback?" in pages.left_for


@pytest.mark.parametrize("why", ["used", "expired"])
def test_an_old_link_offers_a_new_one(
    realm: TestRealm, console: Console, pages: KeycloakPages, why: str
) -> None:
    """REG-3: an expired link offers a new one."""
    person = console.enrol(f"{why}.link@pages.example", None, emailVerified=False)
    link = welcome_link(realm, person, seconds=1 if why == "expired" else 60)
    if why == "used":
        pages.open(link).follow("Continue")
        pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-12"})
    gone = "This link does not work any more"
    wait_until(lambda: pages.open(link).heading == gone, 30, f"the link {why}")
    portal = realm.environment["CQRS_PORTAL_URL"]
    for browser in (pages, KeycloakPages(realm)):
        browser.open(link)
        assert browser.heading == gone
        assert browser.link("Ask for a new link") == f"{portal}/register/new-link"
        assert browser.link("Sign in") == f"{portal}/signin"


def test_a_new_password_asks_for_the_current_one(console: Console, pages: KeycloakPages) -> None:
    """AUT-2: change of password from the profile asks for the current one."""
    console.enrol("magnus.flett@pages.example")
    pages.start().sign_in("magnus.flett@pages.example", PASSWORD)
    pages.ask_to_change_password()
    assert pages.heading == "Enter your current password"
    pages.send(password="Wrong-password-1")
    assert pages.title == "Error: Enter your current password - CQRS accounts"
    pages.confirm_password(PASSWORD)
    assert pages.heading == "Change your password"
    pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-12"})
    assert "kc_action_status=success" in pages.left_for


@pytest.mark.parametrize("action", ["UPDATE_PASSWORD", "CONFIGURE_TOTP", "webauthn-register-passwordless"])
def test_ending_the_other_sessions_is_offered(console: Console, pages: KeycloakPages, action: str) -> None:
    """ASVS 7.4.3: and ticked, with a new password as with a new factor."""
    email = f"{action.lower()}.offers@pages.example"
    console.enrol(email)
    pages.start(kc_action=action).sign_in(email, PASSWORD)
    (box,) = [one for one in pages.page.iter("input") if one.get("name") == "logout-sessions"]
    assert "checked" in box.attrib
    assert pages.says("Sign me out everywhere else")


def test_a_new_password_ends_the_other_sessions(
    realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """ASVS 7.4.3: at Keycloak, and so the portal's too; the one that changes it goes on."""
    person = console.enrol("grizel.omond@pages.example")
    for browser in (KeycloakPages(realm), pages):
        browser.come_in("grizel.omond@pages.example", PASSWORD)
    assert len(console.server.get(f"/users/{person['id']}/sessions")) == 2
    pages.ask_to_change_password().confirm_password(PASSWORD)
    pages.send(**{"password-new": "Kelp-forest-12", "password-confirm": "Kelp-forest-12"})
    assert "kc_action_status=success" in pages.left_for
    assert len(console.server.get(f"/users/{person['id']}/sessions")) == 1


def test_pages_of_keycloaks_own_stand_in_our_frame(console: Console, pages: KeycloakPages) -> None:
    console.enrol("erik.isbister@pages.example")
    pages.start().sign_in("erik.isbister@pages.example", PASSWORD)
    pages.open(f"{pages.base}/protocol/openid-connect/logout")
    assert pages.heading == "Sign out"
    pages.open(f"{pages.base}/login-actions/authenticate?client_id=cqrs-portal&execution=nothing")
    assert pages.status in (200, 400)


def test_a_change_of_address_that_is_not_confirmed_can_be_dropped(
    realm: TestRealm, console: Console, pages: KeycloakPages
) -> None:
    """PRO-2: it counts once it is confirmed, so a mistyped one keeps nobody out."""
    email, mistyped = "ann.onan@pages.example", "ann.onan@pgaes.example"
    console.enrol(email)
    pages.start(kc_action="UPDATE_EMAIL").sign_in(email, PASSWORD)
    assert "Keep my present address" not in pages.buttons
    pages.send(email=mistyped)
    assert pages.heading == "Look in your mail"
    later = KeycloakPages(realm).come_in(email, PASSWORD)
    assert later.says(f"We have sent an email to {mistyped}")
    assert later.says(f"you sign in with {email} as before")
    later.press("Keep my present address")
    assert "code=" in later.left_for
    assert console.user(email)["email"] == email
    assert "code=" in KeycloakPages(realm).come_in(email, PASSWORD).left_for
    whose_address_it_is = KeycloakPages(realm).open(address_link(realm, mistyped))
    if whose_address_it_is.heading == "Confirm your email address":
        whose_address_it_is.follow("Continue")
    assert whose_address_it_is.says("is not waiting any more")
    assert console.user(email)["email"] == email
