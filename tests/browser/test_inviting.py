"""Somebody is invited, accepts from the mail, sets a password and is at Home with the role.

With all servers there are; tests/portal/journeys has the portal's pages of it in three ways.
"""

from tests.browser.conftest import Visit
from tests.browser.journeys import PASSWORD, newcomer, set_first_password, sign_in_to_home, welcome
from tests.browser.mailbox import Letter, Mailbox
from tests.browser.screens.home import HomePage
from tests.browser.screens.invitations import (
    CancelledPage,
    InvitationPage,
    NoLinkPage,
    PendingPage,
    WhomStep,
)
from tests.browser.screens.keycloak import SignInPage
from tests.browser.screens.mail import MailPage
from tests.browser.screens.users import UsersPage
from tests.browser.stack_facts import StackFacts
from tests.browser.visitor import Visitor

APPROVER, PLACE = "catriona.ross@cromarty.example", "Cromarty Medical"


def begin(visitor: Visitor, stack: StackFacts) -> WhomStep:
    sign_in_to_home(visitor, stack.person(APPROVER)).open("Users")
    UsersPage(visitor).press("Invite")
    return WhomStep(visitor)


def invited(letter: Letter) -> Letter:
    assert "Catriona Ross" in letter.text
    assert PLACE in letter.text
    return letter


def test_from_the_invitation_to_home(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """INV-1, INV-2: the sender at a desk, the invited person on a phone without JavaScript."""
    who, before = newcomer(PLACE, "cromarty"), mailbox.newest_number()
    inviter, person = visit("inviter"), visit("invited", phone=True, script=False)
    whom = begin(inviter, stack)
    whom.is_refused("flora.munro@cromarty.example")
    check = WhomStep(inviter).answer(who.email).answer(who.first, who.last).answer(PLACE).answer(who.role)
    check.shows(who.email, who.first, who.last, PLACE, who.role)
    check.send().has(who.email, who.name, PLACE, who.role, "Catriona Ross")
    letter = invited(mailbox.wait_for(who.email, PLACE, before))
    assert stack.groups(who.email) == set()

    MailPage(person, letter).follow_link("/invitation/")
    page = InvitationPage(person)
    page.shows("Catriona Ross", PLACE, who.role, who.email)
    before = mailbox.newest_number()
    page.accept().shows(who.email)
    set_first_password(person, welcome(mailbox, who.email, before))
    SignInPage(person).sign_in(who.email, PASSWORD)
    HomePage(person).acts_as(who.name, who.role, PLACE)
    assert len(stack.groups(who.email)) == 1


def test_sent_again_and_cancelled(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """INV-3: the older link explains itself, and so does a cancelled one; the account goes."""
    who, before = newcomer(PLACE, "cromarty"), mailbox.newest_number()
    inviter, person = visit("inviter who cancels"), visit("invited in vain")
    check = begin(inviter, stack).answer(who.email).answer(who.first, who.last).answer(PLACE).answer(who.role)
    pending = check.send()
    first = mailbox.wait_for(who.email, PLACE, before)
    between = mailbox.newest_number()
    pending.send_again(who.email)
    second = mailbox.wait_for(who.email, PLACE, between)
    MailPage(person, first).follow_link("/invitation/")
    NoLinkPage(person)
    MailPage(person, second).follow_link("/invitation/")
    InvitationPage(person)
    PendingPage(inviter).cancel(who.email)
    MailPage(person, second).follow_link("/invitation/")
    CancelledPage(person).shows("The link gives no access any more.")
    assert stack.accounts(who.email) == []
