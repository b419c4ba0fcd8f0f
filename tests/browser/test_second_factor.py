"""A second factor demanded: without script, on a phone after a forgotten password, and when it is lost."""

from directory.vocabulary import Role
from tests.browser.accounts import make_person
from tests.browser.conftest import Visit
from tests.browser.journeys import (
    PASSWORD,
    give_second_factor,
    newcomer,
    set_forgotten_password,
    sign_in,
    sign_in_to_home,
)
from tests.browser.mailbox import Mailbox
from tests.browser.screens.home import HomePage
from tests.browser.screens.keycloak import SecurityCodePage, SetUpAppPage, SignInPage
from tests.browser.screens.requests import QueuePage
from tests.browser.screens.users import NotAllowed, UsersPage, lists
from tests.browser.stack_facts import SamplePerson, StackFacts
from tests.browser.test_decisions import COMMISSIONER, ask

CROMARTY = "ZZ1002"


def approver(stack: StackFacts, first: str) -> SamplePerson:
    """Somebody new of whom the factor is demanded, and who has none."""
    return make_person(stack, first, "Factor", (Role.PROVIDER_APPROVER, CROMARTY))


def test_without_script(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """AUT-7, UX-1: set up at the first sign-in, and a decision made, in a browser that runs nothing."""
    person, who, before = approver(stack, "Nora"), newcomer("Cromarty", CROMARTY), mailbox.newest_number()
    ask(stack, who, CROMARTY)
    mailbox.wait_for(person.email, who.name, before)
    visitor = visit("without script, second factor", script=False)
    sign_in(visitor, person.email, person.password)
    visitor.apps[person.email] = SetUpAppPage(visitor).set_up()
    HomePage(visitor).open("Requests")
    QueuePage(visitor).open(who.name).approve().confirm().says("You approved")


def test_a_forgotten_password_on_a_phone(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """AUT-2, AUT-8: the mailed link sets a password; the sign-in after it asks for the factor as ever."""
    person, visitor = approver(stack, "Fergus"), visit("forgetful, second factor", phone=True)
    sign_in_to_home(visitor, person).sign_out()
    set_forgotten_password(visitor, mailbox, person.email)
    SignInPage(visitor).sign_in(person.email, PASSWORD)
    SecurityCodePage(visitor).give("000000")
    SecurityCodePage(visitor).problem("security code")
    stack.wait_until_counted(person.email, 1)
    give_second_factor(visitor, person.email)
    HomePage(visitor).acts_as(person.name, "Provider Approver", "Cromarty Medical")


def test_a_lost_factor(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """AUT-8: a colleague can't remove it, who stands over the person can; they are told and set one up."""
    person, before = approver(stack, "Lena"), mailbox.newest_number()
    sign_in_to_home(visit("before the loss"), person)
    (account,) = stack.accounts(person.email)

    colleague = visit("colleague next door")
    sign_in_to_home(colleague, stack.person("catriona.ross@cromarty.example"))
    NotAllowed(colleague.go(f"/users/{account['id']}/second-factors/remove"))

    commissioner = visit("commissioner who removes it")
    sign_in_to_home(commissioner, stack.person(COMMISSIONER))
    users = UsersPage(commissioner.go_until(f"/users?q={person.email}", lists(person.email)))
    sign_in_help = users.help_to_sign_in(person.email)
    sign_in_help.shows(f"{person.name} confirms their sign-in with: Authenticator app.")
    sign_in_help.remove_factor().confirm().says(f"{person.name} can sign in with their password alone.")
    assert mailbox.wait_for(person.email, "second factor", before)

    visitor = visit("after the loss")
    sign_in(visitor, person.email, person.password)
    visitor.apps[person.email] = SetUpAppPage(visitor).set_up()
    HomePage(visitor).acts_as(person.name, "Provider Approver", "Cromarty Medical")
