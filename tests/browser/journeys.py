"""The parts of a journey that several tests walk: signing in, registering, setting the first password."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.mailbox import Letter, Mailbox
from tests.browser.screens.home import HomePage
from tests.browser.screens.keycloak import (
    ConfirmPasswordPage,
    DonePage,
    ForgottenPasswordPage,
    ProceedPage,
    SecurityCodePage,
    SetPasswordPage,
    SetUpAppPage,
    SignInPage,
)
from tests.browser.screens.mail import MailPage
from tests.browser.screens.profile import UserDetails
from tests.browser.screens.register import StartPage
from tests.browser.screens.requests import ReviewPage
from tests.browser.stack_facts import SamplePerson, StackFacts
from tests.browser.visitor import Visitor
from tests.support.waiting import wait_until

PASSWORD = "Lighthouse-7-Road!"
BAD_PASSWORD = "lighthouse"
UNDER_REVIEW = (
    "Your request is currently under review. You will receive an email to the address you registered with "
    "once our review is complete."
)


@dataclass(frozen=True)
class Newcomer:
    """Somebody without an account, and what they ask for."""

    first: str
    last: str
    registered_as: str
    role: str
    typed: str
    organisation: str

    @property
    def email(self) -> str:
        """As the service keeps it."""
        return self.registered_as.lower()

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def newcomer(organisation: str, typed: str, role: str = "Provider User") -> Newcomer:
    """Somebody whom no other test knows."""
    mark = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(6))
    email = f"Jessica.Finn.{mark}@fairisle.example"
    return Newcomer("Jessica", f"Finn-{mark.capitalize()}", email, role, typed, organisation)


def register(visitor: Visitor, who: Newcomer) -> None:
    """From the public page to the thank-you; picks from the suggestions while typing."""
    question = StartPage(visitor.go("/")).register().answer(who.registered_as)
    role = question.type_and_pick(who.typed, who.organisation)
    check = role.answer(who.role, who.first, who.last)
    check.shows(who.email, who.organisation, who.role, who.first, who.last)
    check.register().shows(UNDER_REVIEW)


def review_from_mail(visitor: Visitor, letter: Letter, approver: SamplePerson) -> ReviewPage:
    """The approver opens the mail's link, signs in on Keycloak's page, and is at the request."""
    MailPage(visitor, letter).follow_link("/requests/")
    SignInPage(visitor).sign_in(approver.email, approver.password)
    give_second_factor(visitor, approver.email)
    return ReviewPage(visitor)


def set_first_password(visitor: Visitor, letter: Letter, seen: Callable[[], None] | None = None) -> None:
    """From the mailed link to the portal's sign-in: a bad password is refused on the way.

    `seen` is called at the page that asks for the password.
    """
    MailPage(visitor, letter).follow_link("/login-actions/")
    ProceedPage(visitor).proceed()
    page = SetPasswordPage(visitor)
    if seen:
        seen()
    page.set(BAD_PASSWORD)
    SetPasswordPage(visitor).refused("password").set(PASSWORD)
    DonePage(visitor).go_on()


def set_forgotten_password(visitor: Visitor, mailbox: Mailbox, email: str) -> None:
    """From the sign-in page, by the mailed link, to the sign-in page again."""
    before = mailbox.newest_number()
    SignInPage(visitor.go("/signin")).follow("Forgotten your password?")
    ForgottenPasswordPage(visitor).send_link(email)
    expect(visitor.page.locator("main")).to_contain_text("If the email address you entered has an account")
    MailPage(visitor, mailbox.wait_for(email, "next step", before)).follow_link("/login-actions/")
    ProceedPage(visitor).proceed()
    SetPasswordPage(visitor).set(PASSWORD)
    DonePage(visitor).go_on()


def sign_in(visitor: Visitor, email: str, password: str) -> None:
    """From the portal's own link through Keycloak's page; where it ends is for the caller to say."""
    SignInPage(visitor.go("/signin")).sign_in(email, password)


def sign_in_to_home(visitor: Visitor, person: SamplePerson) -> HomePage:
    sign_in(visitor, person.email, person.password)
    give_second_factor(visitor, person.email)
    return HomePage(visitor)


def give_second_factor(visitor: Visitor, email: str) -> None:
    """Past what Keycloak asks for after a good password: setting up an app, a code of it, or nothing."""
    heading = visitor.page.locator("h1")
    expect(heading).not_to_have_text(SignInPage.heading)
    if heading.inner_text() == SetUpAppPage.heading:
        visitor.apps[email] = SetUpAppPage(visitor).set_up()
    elif heading.inner_text() == SecurityCodePage.heading:
        SecurityCodePage(visitor).give(visitor.apps[email].code())


def ask_to_change(
    visitor: Visitor, what: Callable[[UserDetails], None] = UserDetails.change_password
) -> ConfirmPasswordPage:
    """From the profile to Keycloak's page that asks for the current password, before something is changed.

    It doesn't ask in the very second in which somebody has signed in: then it is begun once more.
    """

    def is_asked() -> bool:
        what(UserDetails(visitor.go("/profile/details")))
        visitor.page.wait_for_url(re.compile("/realms/"))
        return visitor.page.locator("h1").inner_text() == ConfirmPasswordPage.heading

    wait_until(is_asked, 60, "the password asked for once more")
    return ConfirmPasswordPage(visitor)


def welcome(mailbox: Mailbox, email: str, after: int) -> Letter:
    """Keycloak's mail with the link to set a password."""
    letter = mailbox.wait_for(email, after=after)
    assert letter.link("/login-actions/action-token")
    return letter


def whole_journey(
    visit: Callable[..., Visitor], stack: StackFacts, mailbox: Mailbox, who: Newcomer, approver: SamplePerson
) -> None:
    """From the start page to a sign-out that ends Keycloak's session too."""
    before = mailbox.newest_number()
    person, deciding = visit(f"{who.organisation} newcomer"), visit(f"{who.organisation} approver")
    register(person, who)
    assert stack.accounts(who.email) == []

    review = review_from_mail(deciding, mailbox.wait_for(approver.email, who.name, before), approver)
    review.shows(who.name, who.email, who.organisation, who.role)
    review.approve().confirm().says(f"You approved the request of {who.name}.")

    set_first_password(person, welcome(mailbox, who.email, before))
    SignInPage(person).sign_in(who.email, PASSWORD)
    home = HomePage(person)
    home.acts_as(who.name, who.role, who.organisation)

    home.sign_out()
    assert stack.sessions(who.email) == 0
    person.go("/home")
    SignInPage(person)
