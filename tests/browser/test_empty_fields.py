"""Keycloak's pages say which field is empty, and keep nothing in it that the person has taken out."""

from playwright.sync_api import expect

from directory.vocabulary import Role
from tests.browser.accounts import make_person
from tests.browser.conftest import Visit
from tests.browser.journeys import ask_to_change, sign_in_to_home
from tests.browser.screens.keycloak import (
    ConfirmPasswordPage,
    ForgottenPasswordPage,
    SetPasswordPage,
    SignInPage,
)
from tests.browser.stack_facts import StackFacts


def test_signing_in_with_nothing(visit: Visit) -> None:
    """AUT-1: nothing was entered, so nothing entered was wrong."""
    page = SignInPage(visit("nothing entered").go("/signin"))
    page.sign_in("", "")
    assert "Enter your email address" in SignInPage(page.visitor).refusal()


def test_no_address_for_a_forgotten_password(visit: Visit) -> None:
    """AUT-2: said on the page that asks for it, which keeps nothing of the sign-in."""
    page = SignInPage(visit("no address").go("/signin"))
    page.sign_in("tried.before@fairisle.example", "Wrong-password-1!")
    SignInPage(page.visitor).follow("Forgotten your password?")
    ForgottenPasswordPage(page.visitor).send_link("")
    ForgottenPasswordPage(page.visitor).problem("Enter your email address")
    expect(page.page.get_by_label("What is your email address?")).to_have_value("")


def test_changing_the_password_with_nothing(visit: Visit, stack: StackFacts) -> None:
    """AUT-2: only the password was asked for once more, so only of it is spoken."""
    person = make_person(stack, "Nell", "Nothing", (Role.PROVIDER_USER, "ZZ1001"))
    visitor = visit("empty passwords")
    sign_in_to_home(visitor, person)
    ask_to_change(visitor).confirm("")
    again = ConfirmPasswordPage(visitor)
    again.problem("The password is not right")
    again.confirm(person.password)
    SetPasswordPage(visitor).set("")
    SetPasswordPage(visitor).problem("Enter a new password")
