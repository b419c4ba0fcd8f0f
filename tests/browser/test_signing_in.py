"""Signing in and out when something is in the way: a forgotten password, a lock, a sign-out elsewhere."""

import secrets

from playwright.sync_api import expect

from directory.vocabulary import Role
from tests.browser.accounts import make_person
from tests.browser.conftest import Visit
from tests.browser.journeys import PASSWORD, ask_to_change, sign_in, sign_in_to_home
from tests.browser.mailbox import Mailbox
from tests.browser.screens.home import HomePage
from tests.browser.screens.keycloak import (
    DonePage,
    ForgottenPasswordPage,
    ProceedPage,
    SetPasswordPage,
    SignInPage,
)
from tests.browser.screens.mail import MailPage
from tests.browser.screens.profile import UserDetails
from tests.browser.stack_facts import SamplePerson, StackFacts


def worker(stack: StackFacts) -> SamplePerson:
    """Somebody new with one role."""
    return make_person(stack, "Walter", "Worker", (Role.PROVIDER_USER, "ZZ1001"))


def test_a_forgotten_password(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """AUT-2, AUT-8: the link comes by e-mail and signs nobody in; the new password does."""
    person, visitor, before = worker(stack), visit("forgetful"), mailbox.newest_number()
    SignInPage(visitor.go("/signin")).follow("Forgotten your password?")
    ForgottenPasswordPage(visitor).send_link(person.email)
    expect(visitor.page.locator("main")).to_contain_text("If the email address you entered has an account")
    letter = mailbox.wait_for(person.email, "next step", before)
    MailPage(visitor, letter).follow_link("/login-actions/")
    ProceedPage(visitor).proceed()
    SetPasswordPage(visitor).set(PASSWORD)
    DonePage(visitor).go_on()
    SignInPage(visitor).sign_in(person.email, PASSWORD)
    HomePage(visitor).acts_as(person.name, "Provider User", "Fair Isle Surgery")


def test_changing_the_password(visit: Visit, stack: StackFacts) -> None:
    """AUT-2: from the profile, on Keycloak's page, which asks for the current password first."""
    person, visitor = worker(stack), visit("changing")
    sign_in_to_home(visitor, person)
    ask_to_change(visitor).confirm(person.password)
    SetPasswordPage(visitor).set(PASSWORD)
    UserDetails(visitor).shows("Your password was changed.")


def test_a_locked_account_is_told(visit: Visit, stack: StackFacts) -> None:
    """AUT-3, AUT-9: after repeated failures the page says to everybody what several wrong tries do."""
    person, visitor = worker(stack), visit("locked out")
    page = SignInPage(visitor.go("/signin"))
    for _ in range(5):
        page.sign_in(person.email, f"Wrong-{secrets.token_hex(4)}!")
        page = SignInPage(visitor)
    stack.wait_until_locked(person.email)
    page.sign_in(person.email, f"Wrong-{secrets.token_hex(4)}!")
    assert SignInPage(visitor).refusal()
    expect(visitor.page.locator("main")).to_contain_text("Several wrong tries close an account for a while")


def test_a_sign_out_elsewhere_ends_the_session(visit: Visit, stack: StackFacts) -> None:
    """AUT-6: when Keycloak ends the session, the portal's ends with it."""
    person, visitor = worker(stack), visit("ended elsewhere")
    sign_in_to_home(visitor, person)
    (account,) = stack.accounts(person.email)
    stack.as_administrator("POST", f"{stack.keycloak}/admin/realms/cqrs/users/{account['id']}/logout")
    visitor.go("/home")
    expect(visitor.page.locator("h1")).to_have_text("Sign in")


def test_a_page_asked_for_is_where_one_arrives(visit: Visit, stack: StackFacts) -> None:
    """AUT-5: a link from a mail leads through the sign-in to its page."""
    person, visitor = worker(stack), visit("linked")
    visitor.go("/profile/details")
    SignInPage(visitor).sign_in(person.email, person.password)
    UserDetails(visitor)


def test_somebody_without_a_role(visit: Visit, stack: StackFacts) -> None:
    """AUT-5: with no role, My profile only, with the way to ask for one."""
    nobody = stack.person("finlay.drift@nowhere.example")
    visitor = visit("without a role")
    sign_in(visitor, nobody.email, nobody.password)
    expect(visitor.page.locator("h1")).to_have_text("My profile")
    expect(visitor.page.get_by_role("link", name="Request access").first).to_be_visible()
    visitor.look("no role")


def test_a_role_taken_in_the_console_is_gone_in_seconds(visit: Visit, stack: StackFacts) -> None:
    """SYN-7: what an administrator changes in Keycloak's console counts in an open session, in seconds."""
    person, visitor = worker(stack), visit("role taken")
    sign_in_to_home(visitor, person)
    (account,) = stack.accounts(person.email)
    groups = f"{stack.keycloak}/admin/realms/cqrs/users/{account['id']}/groups"
    (group,) = stack.as_administrator("GET", groups)
    stack.as_administrator("DELETE", f"{groups}/{group['id']}")
    visitor.go_until("/home", lambda page: page.locator("h1").inner_text() != "Home", seconds=10)
    expect(visitor.page.locator("h1")).to_have_text("My profile")
    visitor.look("role taken")
    expect(visitor.page.locator("header").first).not_to_contain_text("Fair Isle Surgery")
