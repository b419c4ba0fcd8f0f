"""An account is looked at, disabled, enabled and revoked, and the other browser of the person notices."""

import secrets

from playwright.sync_api import Page
from sqlalchemy import func, select

from directory.vocabulary import Role
from portal.model.sessions import PortalSession
from tests.browser.accounts import make_person, services_of
from tests.browser.conftest import Visit
from tests.browser.journeys import sign_in, sign_in_to_home
from tests.browser.mailbox import Mailbox
from tests.browser.screens.accounts import DisableOwn, PersonPage, SignedOut
from tests.browser.screens.users import UsersPage, lists
from tests.browser.stack_facts import SamplePerson, StackFacts
from tests.browser.test_decisions import COMMISSIONER
from tests.browser.visitor import Visitor
from tests.support.builders.names import in_letters
from tests.support.waiting import wait_until

PRACTICE = "ZZ1003"
LONGEST_WAIT = 60
"""Seconds in which a session has ended, on a busy machine too."""


def somebody(stack: StackFacts, first: str) -> SamplePerson:
    last = f"Viking{in_letters(secrets.token_hex(2))}"
    return make_person(stack, first, last, (Role.PROVIDER_USER, PRACTICE))


def page_of(visitor: Visitor, person: SamplePerson) -> PersonPage:
    """By the link in the list, once the worker has seen the person."""
    visitor.go_until(f"/users?q={person.email}", lists(person.email))
    UsersPage(visitor).rows(person.email).get_by_role("link", name="View").click()
    return PersonPage(visitor, person.name)


def sessions_of(stack: StackFacts, person: SamplePerson) -> tuple[int, int]:
    """How many the person has, in the portal and in Keycloak."""
    services = services_of(stack)
    found = services.reader.person_by_email(person.email)
    assert found
    with services.sessions() as session:
        here = session.scalar(select(func.count()).where(PortalSession.person_id == found.id)) or 0
    base = f"{stack.keycloak}/admin/realms/cqrs/users/{found.id}/sessions"
    return here, len(stack.as_administrator("GET", base))


def signed_out_soon(stack: StackFacts, person: SamplePerson) -> None:
    wait_until(lambda: sessions_of(stack, person) == (0, 0), LONGEST_WAIT, "the sessions' end")


def is_at(heading: str) -> object:
    def shown(page: Page) -> bool:
        return page.locator("h1").inner_text() == heading

    return shown


def test_disabled_while_signed_in_and_enabled_again(
    visit: Visit, stack: StackFacts, mailbox: Mailbox
) -> None:
    """USR-2 to USR-4, AUT-6, on a phone, without script: the other browser is out at its next request."""
    una, before = somebody(stack, "Una"), mailbox.newest_number()
    other = visit("the person who is disabled")
    sign_in_to_home(other, una)
    approver = visit("commissioner who disables", script=False, phone=True)
    sign_in_to_home(approver, stack.person(COMMISSIONER))
    seen = page_of(approver, una)
    seen.shows("Provider User", f"({PRACTICE})", "History")
    confirm = seen.disable().answer("Other", "Away for a year")
    confirm.shows(f"({PRACTICE})", "Away for a year")
    confirm.confirm(una.name).says("is disabled. Their sessions have ended.")
    signed_out_soon(stack, una)
    other.go("/profile")
    assert "/realms/" in other.page.url or other.page.locator("h1").inner_text() == SignedOut.heading
    assert "Away for a year" in mailbox.wait_for(una.email, "disabled", before).text

    confirm = PersonPage(approver.go(approver.page.url), una.name).enable()
    confirm.shows("Provider User at")
    confirm.confirm(una.name).says("is enabled")
    mailbox.wait_for(una.email, "enabled", before)
    sign_in_to_home(visit("the person enabled again"), una)


def test_revoked_while_signed_in_by_keyboard(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """USR-6, AUT-6: every role goes; the person signs in again to My profile alone."""
    una, before = somebody(stack, "Rona"), mailbox.newest_number()
    sign_in_to_home(visit("the person who is revoked"), una)
    approver = visit("commissioner who revokes")
    sign_in_to_home(approver, stack.person(COMMISSIONER))
    page = page_of(approver, una).page
    page.get_by_role("link", name="Revoke every role").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Confirm that you revoke every role").wait_for()
    page.get_by_role("button", name="Revoke", exact=True).focus()
    page.keyboard.press("Enter")
    UsersPage(approver).says(f"{una.name} has no role any more. Their sessions have ended.")
    signed_out_soon(stack, una)
    assert stack.groups(una.email) == set()
    mailbox.wait_for(una.email, "removed", before)
    again = visit("the person without a role")
    sign_in(again, una.email, una.password)
    again.page.get_by_role("heading", name="My profile").wait_for()


def test_a_person_disables_their_own_account(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """PRO-6: Disable, Confirm disable, signed out, and who can undo it; those who can are told."""
    una, before = somebody(stack, "Ola"), mailbox.newest_number()
    own = visit("the person who leaves", phone=True)
    sign_in_to_home(own, una)
    own.go("/profile").page.get_by_role("link", name="Disable account").click()
    confirm = DisableOwn(own).go_on()
    confirm.shows(f"({PRACTICE})")
    confirm.confirm().shows("You have disabled your account.", "or the service desk, can enable it again")
    signed_out_soon(stack, una)
    assert mailbox.wait_for(COMMISSIONER, una.name, before)
