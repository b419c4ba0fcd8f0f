"""A role is taken again: who is warned, who is told, who decides from then on."""

from directory.vocabulary import ApprovalLevel, Role
from portal.mirroring.refresh import refresh_organisation
from tests.browser.accounts import make_person, services_of
from tests.browser.conftest import Visit
from tests.browser.journeys import newcomer, sign_in_to_home
from tests.browser.mailbox import Mailbox
from tests.browser.screens.users import UsersPage, lists
from tests.browser.stack_facts import StackFacts
from tests.browser.test_decisions import COMMISSIONER, ask

SOUTH_UTSIRE = "ZZ1006"


def test_the_last_approver_of_a_practice(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """ROL-4, ROL-5, APR-1: past a warning; open requests move; the open session has no powers left."""
    services = services_of(stack)
    practice = services.reader.organisation(SOUTH_UTSIRE)
    services.writer.set_approval_level(practice, ApprovalLevel.MULTI)
    refresh_organisation(services, practice.id)  # the pages needn't wait for the follower
    own = make_person(stack, "Uli", "Utsire", (Role.PROVIDER_APPROVER, SOUTH_UTSIRE))
    who, before = newcomer("South Utsire Surgery", "utsire"), mailbox.newest_number()
    ask(stack, who, SOUTH_UTSIRE)
    mailbox.wait_for(own.email, who.name, before)
    approver = visit("approver who loses the role")
    sign_in_to_home(approver, own).open("Requests")

    commissioner = visit("commissioner who removes it")
    sign_in_to_home(commissioner, stack.person(COMMISSIONER))
    # Made in Keycloak a moment ago: the list has her once the worker has seen it.
    users = UsersPage(commissioner.go_until(f"/users?q={own.email}", lists(own.email)))
    confirm = users.remove_role(own.email)
    confirm.shows("Nobody else approves there", f"{own.name} is the last active Provider Approver")
    confirm.shows("From then on the Commissioner Approvers of")
    confirm.confirm().says(f"{own.name} is no longer Provider Approver at South Utsire Surgery")

    told = mailbox.wait_for(own.email, "removed", before)
    assert "Request access" in told.text
    assert mailbox.wait_for(COMMISSIONER, who.name, before).link("/requests/")
    assert stack.groups(own.email) == set()
    approver.go_until("/requests", lambda page: page.locator("h1").inner_text() == "My profile")
