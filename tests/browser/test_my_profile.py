"""What people change about themselves, and what they leave behind on a computer that others use."""

import pytest
from playwright.sync_api import expect

from directory.vocabulary import Role
from tests.browser.accounts import make_person
from tests.browser.conftest import Visit
from tests.browser.journeys import ask_to_change, sign_in_to_home
from tests.browser.mailbox import Mailbox
from tests.browser.screens.home import HomePage
from tests.browser.screens.keycloak import ChangeEmailPage, ProceedPage, SignInPage
from tests.browser.screens.mail import MailPage
from tests.browser.screens.profile import SigningIn, UserDetails
from tests.browser.stack_facts import SamplePerson, StackFacts


def worker(stack: StackFacts) -> SamplePerson:
    return make_person(stack, "Perdita", "Profile", (Role.PROVIDER_USER, "ZZ1001"))


@pytest.mark.parametrize(
    ("script", "phone"), [(True, False), (False, True)], ids=["desk", "phone, no script"]
)
def test_another_name(visit: Visit, stack: StackFacts, script: bool, phone: bool) -> None:
    """PRO-2: by keyboard, and without JavaScript on a phone; the header has it at once."""
    person, visitor = worker(stack), visit(f"renamed {phone}", script=script, phone=phone)
    sign_in_to_home(visitor, person)
    UserDetails(visitor.go("/profile/details")).edit_name().save("Perdita", "O'Neill")
    UserDetails(visitor).shows("Your name was changed.", "O'Neill")
    HomePage(visitor.go("/home")).acts_as("Perdita O'Neill", "Provider User", "Fair Isle Surgery")
    assert stack.accounts(person.email)[0]["lastName"] == "O'Neill"


def test_another_address(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """PRO-2, AUT-8: a fresh sign-in, confirmed from the new address, told to the old one."""
    person, visitor, before = worker(stack), visit("new address"), mailbox.newest_number()
    address = f"new.{person.email}"
    sign_in_to_home(visitor, person)
    ask_to_change(visitor, UserDetails.change_email).confirm(person.password)
    ChangeEmailPage(visitor).change_to(address)
    assert stack.accounts(address) == []
    MailPage(visitor, mailbox.wait_for(address, after=before)).follow_link("/login-actions/")
    if visitor.page.locator("h1").inner_text() != "Your email address is changed":
        ProceedPage(visitor).proceed()
    expect(visitor.page.locator("h1")).to_have_text("Your email address is changed")
    visitor.look("changed")
    letter = mailbox.wait_for(person.email, "was changed", before)
    assert address in letter.text
    assert [one.subject for one in mailbox.letters(address) if "was changed" in one.subject] == []
    anew = visit("with the new address")
    SignInPage(anew.go("/profile/details")).sign_in(address, person.password)
    UserDetails(anew).shows(address)


def test_signing_out_the_other_browser(visit: Visit, stack: StackFacts) -> None:
    """AUT-11: it loses its session at its next request, and Keycloak's too."""
    person, lost, mine = worker(stack), visit("lost phone", phone=True), visit("mine")
    sign_in_to_home(lost, person)
    sign_in_to_home(mine, person)
    page = SigningIn(mine.go("/profile/sign-in")).is_here_and(others=1)
    page.sign_out_everywhere_else().is_here_and(others=0)
    SignInPage(lost.go("/home"))
    assert stack.sessions(person.email) == 1
    HomePage(mine.go("/home"))


def test_nothing_is_left_on_a_shared_computer(visit: Visit, stack: StackFacts) -> None:
    """AUT-11: after signing out, Back shows nothing of whose it was, nor does the portal's cookie."""
    person, visitor = worker(stack), visit("shared computer")
    sign_in_to_home(visitor, person)
    UserDetails(visitor.go("/profile/details")).press("Sign out")
    expect(visitor.page.locator("h1")).to_have_text("You are signed out")
    names = {cookie["name"] for cookie in visitor.page.context.cookies(stack.portal)}
    assert "cqrs" not in names
    for _ in range(3):
        visitor.page.go_back(wait_until="load")
        expect(visitor.page.locator("body")).not_to_contain_text(person.email)
        expect(visitor.page.locator("body")).not_to_contain_text("Perdita")
