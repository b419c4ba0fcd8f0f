"""Who is asked and what follows: the practice's own approver, a rejection, changes of level, many at once."""

from playwright.sync_api import expect

from directory.vocabulary import Role
from portal.acts.origin import Origin
from portal.acts.register import Registration
from portal.acts.register import register as register_by_act
from tests.browser.accounts import make_person, services_of
from tests.browser.conftest import Visit
from tests.browser.journeys import Newcomer, newcomer, register, review_from_mail, sign_in, sign_in_to_home
from tests.browser.mailbox import Mailbox
from tests.browser.screens.home import ChooseRolePage, HomePage
from tests.browser.screens.providers import ProviderPage, ProvidersPage
from tests.browser.screens.request_access import FindOrganisation
from tests.browser.screens.requests import QueuePage, ReviewPage
from tests.browser.stack_facts import StackFacts
from tests.support.waiting import wait_until

COMMISSIONER = "ruaridh.gunn@northernwaters.example"


def ask(stack: StackFacts, who: Newcomer, code: str) -> None:
    """The newcomer's request without the walk through the pages, which other tests do."""
    asked = Registration(who.email, code, Role.PROVIDER_USER, who.first, who.last)
    register_by_act(services_of(stack), asked, Origin("127.0.0.1"))


def test_a_multi_level_practice_decides_itself(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """APR-1: the practice's own approver is told and approves; its commissioner is not told, and can't."""
    who, before = newcomer("Cromarty Medical", "cromarty"), mailbox.newest_number()
    register(visit("cromarty newcomer"), who)
    approver = stack.person("catriona.ross@cromarty.example")
    letter = mailbox.wait_for(approver.email, who.name, before)

    commissioner = visit("cromarty commissioner")
    sign_in_to_home(commissioner, stack.person(COMMISSIONER)).open("Requests")
    assert QueuePage(commissioner).rows(who.name).count() == 0
    assert commissioner.go(letter.link("/requests/")).page.locator("input[value=approve]").count() == 0

    review = review_from_mail(visit("cromarty approver"), letter, approver)
    review.approve().confirm().says("You approved")
    assert mailbox.wait_for(who.email, after=before).link("/login-actions/")
    assert [m for m in mailbox.letters(COMMISSIONER) if m.names(who.name)] == []


def test_a_rejection_tells_why(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """APR-3: a rejection needs a reason, which the person is told; no account is made."""
    who, before = newcomer("Viking Health Centre", "viking"), mailbox.newest_number()
    ask(stack, who, "ZZ1003")
    deciding, approver = visit("rejecting approver"), stack.person(COMMISSIONER)
    letter = mailbox.wait_for(approver.email, who.name, before)
    review = review_from_mail(deciding, letter, approver)
    review.try_to_reject("")
    review.problem("Enter a reason")
    done = ReviewPage(deciding).reject("You work at another practice: register there.").confirm()
    done.says("You rejected the request of")
    told = mailbox.wait_for(who.email, after=before)
    assert "You work at another practice: register there." in told.text
    assert stack.accounts(who.email) == []


def test_the_level_both_ways(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """ORG-3: to multi nobody is promoted; to single the approvers are named and step down, requests move."""
    commissioner = visit("level commissioner")
    sign_in_to_home(commissioner, stack.person(COMMISSIONER)).open("Providers")
    provider = ProvidersPage(commissioner).find("ZZ1005").view("North Utsire Surgery")
    confirm = provider.set_multi_level(True)
    confirm.shows("Nobody is promoted")
    confirm.confirm().shows("Multi-level")

    own = make_person(stack, "Petra", "Practice", (Role.PROVIDER_APPROVER, "ZZ1005"))
    who, before = newcomer("North Utsire Surgery", "ZZ1005"), mailbox.newest_number()
    ask(stack, who, "ZZ1005")
    mailbox.wait_for(own.email, who.name, before)

    commissioner.go("/providers/ZZ1005")
    confirm = ProviderPage(commissioner).set_multi_level(False)
    confirm.shows(own.name, "Provider User")
    confirm.confirm().shows("Single-level")
    mailbox.wait_for(COMMISSIONER, who.name, before)
    wait_until(lambda: _roles(stack, own.email) == {"provider-user"}, 60, f"{own.name} stepped down")
    commissioner.go("/requests?size=100")
    QueuePage(commissioner).open(who.name).approve().confirm().says("You approved")


def _roles(stack: StackFacts, email: str) -> set[str]:
    """The names of the role groups that this person is in."""
    return {path.rsplit("/", 1)[-1] for path in stack.groups(email)}


def test_many_at_once(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """APR-7: several ticked and approved together, each reported singly."""
    people, before = [newcomer("Bailey Bridge Surgery", "ZZ1008") for _ in range(3)], mailbox.newest_number()
    for who in people:
        ask(stack, who, "ZZ1008")
        mailbox.wait_for(COMMISSIONER, who.name, before)
    approver = visit("approver of many")
    sign_in_to_home(approver, stack.person(COMMISSIONER))
    queue = QueuePage(approver.go("/requests?size=100"))
    results = queue.approve_ticked(*(who.name for who in people)).confirm()
    results.shows("3 of 3 approved", *(who.name for who in people))
    for who in people:
        assert mailbox.wait_for(who.email, after=before).link("/login-actions/")
        assert _roles(stack, who.email) == {"provider-user"}


def test_a_second_role_and_the_choice(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """PRO-4, AUT-5: asks for one more role, gets it, and chooses between the two at sign-in."""
    worker = make_person(stack, "Rosa", "Roving", (Role.PROVIDER_USER, "ZZ1001"))
    person, before = visit("second role"), mailbox.newest_number()
    home = sign_in_to_home(person, worker)
    home.acts_as(worker.name, "Provider User", "Fair Isle Surgery")
    person.go("/profile").page.get_by_role("link", name="Request access").click()
    reason = "I cover at Forties on Fridays"
    check = FindOrganisation(person).type_and_pick("forties", "Forties Family Practice")
    check.answer("Provider Finance", reason).send().shows("Forties Family Practice", "Pending")

    approver = stack.person(COMMISSIONER)
    letter = mailbox.wait_for(approver.email, worker.name, before)
    review = review_from_mail(visit("second role approver"), letter, approver)
    review.shows("Fair Isle Surgery", reason)
    review.approve().confirm().says("You approved")
    mailbox.wait_for(worker.email, after=before)

    home = HomePage(person.go("/home"))
    home.sign_out()
    sign_in(person, worker.email, worker.password)
    home = ChooseRolePage(person).act_as("Provider Finance", "Forties Family Practice")
    home.acts_as(worker.name, "Provider Finance", "Forties Family Practice")
    home.follow("Change role")
    ChooseRolePage(person).act_as("Provider User", "Fair Isle Surgery")


def test_the_second_approver_is_told(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """APR-4: of two approvers one wins, and the other is told who decided what and when."""
    who, before = newcomer("Faeroes Group Practice", "ZZ1007"), mailbox.newest_number()
    ask(stack, who, "ZZ1007")
    link = mailbox.wait_for(COMMISSIONER, who.name, before).link("/requests/")
    first, second = stack.person(COMMISSIONER), stack.person("iona.mackay@northernwaters.example")
    confirming = []
    for person in (first, second):
        visitor = visit(f"approver {person.name}")
        sign_in_to_home(visitor, person)
        confirming.append(ReviewPage(visitor.go(link)).approve())
    confirming[0].confirm().says("You approved")
    confirming[1].press("Confirm")
    late = confirming[1].page
    expect(late.locator("main")).to_contain_text(f"{first.name}")
    expect(late.locator("main")).to_contain_text("approved")
    confirming[1].visitor.look("told")
    mailbox.wait_for(who.email, after=before)
    assert len([m for m in mailbox.letters(who.email) if m.number > before]) == 1
