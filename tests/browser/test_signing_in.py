"""Signing in and out when something is in the way: a forgotten password, a lock, a sign-out elsewhere."""

import secrets

from playwright.sync_api import expect

from directory.vocabulary import Role
from tests.browser.accounts import make_person
from tests.browser.conftest import Visit
from tests.browser.journeys import (
    PASSWORD,
    ask_to_change,
    newcomer,
    set_forgotten_password,
    sign_in,
    sign_in_to_home,
)
from tests.browser.mailbox import Mailbox
from tests.browser.screens.home import HomePage
from tests.browser.screens.keycloak import SetPasswordPage, SignInPage
from tests.browser.screens.profile import UserDetails
from tests.browser.screens.requests import QueuePage
from tests.browser.screens.users import UsersPage, lists
from tests.browser.stack_facts import SamplePerson, StackFacts
from tests.browser.test_decisions import ask


def worker(stack: StackFacts) -> SamplePerson:
    """Somebody new with one role."""
    return make_person(stack, "Walter", "Worker", (Role.PROVIDER_USER, "ZZ1001"))


def test_a_forgotten_password(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """AUT-2, AUT-8: the link comes by e-mail and signs nobody in; the new password does."""
    person, visitor = worker(stack), visit("forgetful")
    set_forgotten_password(visitor, mailbox, person.email)
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
    for number in range(1, 6):
        page.sign_in(person.email, f"Wrong-{secrets.token_hex(4)}!")
        page = SignInPage(visitor)
        stack.wait_until_counted(person.email, number)
    stack.wait_until_locked(person.email)
    page.sign_in(person.email, f"Wrong-{secrets.token_hex(4)}!")
    assert SignInPage(visitor).refusal()
    expect(visitor.page.locator("main")).to_contain_text("Several wrong tries close an account for a while")


def test_a_lock_closes_sign_in_alone(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """ROL-3, USR-5: a stranger locks a practice's only approver, who still decides, and is unlocked."""
    only, over = (
        stack.person("george.milburn@tyne.example"),
        stack.person("iona.mackay@northernwaters.example"),
    )
    who, before = newcomer("Tyne Surgery", "tyne"), mailbox.newest_number()
    approver, commissioner = visit("approver of a locked account"), visit("commissioner who unlocks")
    sign_in_to_home(approver, only)
    sign_in_to_home(commissioner, over)
    stranger = SignInPage(visit("stranger").go("/signin"))
    for number in range(1, 6):
        stranger.sign_in(only.email, f"Wrong-{secrets.token_hex(4)}!")
        stranger = SignInPage(stranger.visitor)
        stack.wait_until_counted(only.email, number)
    stack.wait_until_locked(only.email)
    ask(stack, who, "ZZ1012")
    mailbox.wait_for(only.email, who.name, before)
    assert QueuePage(commissioner.go("/requests?size=100")).rows(who.name).count() == 0
    QueuePage(approver.go("/requests")).open(who.name).approve().confirm().says("You approved")

    users = UsersPage(commissioner.go_until(f"/users?q={only.email}", lists("Locked")))
    users.unlock(only.email).confirm().says(f"{only.name} is no longer locked and can sign in.")
    assert "locked" in mailbox.wait_for(only.email, "locked for a while", before).text
    sign_in_to_home(visit("unlocked"), only)


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


def test_a_role_taken_in_the_console_is_gone_from_an_open_session(visit: Visit, stack: StackFacts) -> None:
    """SYN-7: what an administrator changes in Keycloak counts there; `make bench` tells how soon."""
    person, visitor = worker(stack), visit("role taken")
    sign_in_to_home(visitor, person)
    (account,) = stack.accounts(person.email)
    groups = f"{stack.keycloak}/admin/realms/cqrs/users/{account['id']}/groups"
    (group,) = stack.as_administrator("GET", groups)
    stack.as_administrator("DELETE", f"{groups}/{group['id']}")
    visitor.go_until("/home", lambda page: page.locator("h1").inner_text() != "Home")
    expect(visitor.page.locator("h1")).to_have_text("My profile")
    visitor.look("role taken")
    expect(visitor.page.locator("header").first).not_to_contain_text("Fair Isle Surgery")
