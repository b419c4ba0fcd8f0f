"""The National job aids on service provider clusters, step by step, in their order and words."""

from pathlib import Path

import pytest

from directory.vocabulary import Role
from tests.browser.accounts import make_person
from tests.browser.conftest import Visit
from tests.browser.journeys import sign_in_to_home
from tests.browser.screens.accounts import PersonPage
from tests.browser.screens.clusters import AdministrativeTasks, ClustersPage
from tests.browser.screens.user_details import UserDetailsPage, WhyPage
from tests.browser.screens.users import UsersPage, lists
from tests.browser.stack_facts import SamplePerson, StackFacts
from tests.browser.visitor import Visitor

PLACE, PLACE_NAME = "ZZN01", "NHS Northern Waters ICB - ZZN01"
FIRST, SECOND, THIRD = "Fair Isle Surgery", "Cromarty Medical", "Forties Family Practice"
WAYS = {"desk": {}, "without-script": {"script": False}, "phone": {"phone": True}}


def administrative_tasks(visitor: Visitor, person: SamplePerson) -> AdministrativeTasks:
    """Step 1 of each: from Home, Administrative tasks, Manage organisations and users."""
    sign_in_to_home(visitor, person).open("Administrative tasks")
    return AdministrativeTasks(visitor)


def organisation_administrator(stack: StackFacts, last: str) -> SamplePerson:
    return make_person(stack, "Olive", last, (Role.ORGANISATION_ADMINISTRATOR, PLACE))


def created(clusters: ClustersPage, name: str, *providers: str) -> ClustersPage:
    """Steps 2 to 8 of *Creating a Service Provider Cluster*."""
    chooser = clusters.add_new().answer(name, "By the sea")
    for provider in providers:
        chooser = chooser.search(provider).select(provider)
    summary = chooser.to_summary()
    summary.shows(name, "By the sea", *providers)
    made = summary.yes()
    made.shows(name)
    listed = made.view_all()
    listed.shows(name)
    return listed


@pytest.mark.parametrize("way", WAYS)
def test_creating_a_service_provider_cluster(visit: Visit, stack: StackFacts, way: str) -> None:
    """CLU-1, CLU-2: on a desk, without JavaScript, on a phone; No goes back with nothing lost."""
    visitor, name = visit(f"creating {way}", **WAYS[way]), f"Created on a {way}"
    clusters = administrative_tasks(visitor, organisation_administrator(stack, "Creates")).clusters()
    chooser = clusters.add_new().answer(name, "By the sea").search(FIRST).select(FIRST)
    again = chooser.to_summary().no().answer(name, "By the sea")
    again.shows("1 selected")
    made = again.to_summary().yes()
    made.view_all().shows(name)
    visitor.page.go_back()
    made.create_another()


def test_select_all_of_those_found_and_codes_from_a_file(
    visit: Visit, stack: StackFacts, tmp_path: Path
) -> None:
    """CLU-2: of a file each bad line is told."""
    visitor = visit("select all")
    clusters = administrative_tasks(visitor, organisation_administrator(stack, "Selects")).clusters()
    chooser = clusters.add_new().answer("All found and a file", "").search("fair isle").select_all()
    file = tmp_path / "codes.csv"
    file.write_text("ODS code,Name\nZZ1002,Cromarty Medical\nNOSUCH,Nowhere\n")
    chooser = chooser.add_file(file)
    chooser.shows("Line 3, NOSUCH: no organisation has this ODS code")
    chooser.to_summary().shows(FIRST, SECOND)


def test_updating_and_removing_an_organisation(visit: Visit, stack: StackFacts) -> None:
    """CLU-3: *Updating a Service Provider Cluster*, then *Removing an Organisation* from it."""
    visitor = visit("updating")
    tasks = administrative_tasks(visitor, organisation_administrator(stack, "Updates"))
    clusters = created(tasks.clusters(), "To be updated", FIRST)
    short_name = clusters.short_name_of("To be updated")
    page = clusters.open(short_name).modify("Updated", "Inland")
    page = page.add_organisation().search(SECOND).select(SECOND).back_to_cluster()
    page.shows(FIRST, SECOND, short_name, "You have changes that are not submitted")
    clusters = page.submit()
    clusters.says(f"Updated ({short_name}) was updated.")

    page = clusters.open(short_name).remove_organisation(FIRST)
    page.shows(SECOND, "1 selected")
    clusters = page.submit()
    clusters.says(f"Updated ({short_name}) was updated.")
    opened = clusters.open(short_name)
    opened.shows(SECOND)
    assert FIRST not in opened.main.inner_text()


@pytest.mark.parametrize("way", WAYS)
def test_restricting_user_access(visit: Visit, stack: StackFacts, way: str) -> None:
    """USR-7, CLU-4, SCP-3, SCP-4: and who asks why finds the cluster, the granter and the way."""
    oscar = organisation_administrator(stack, "Makes")
    name = f"For those on a {way}"
    clusters = administrative_tasks(visit(f"maker {way}"), oscar).clusters()
    created(clusters, name, FIRST)
    ada = make_person(stack, "Ada", "Admin", (Role.USER_ADMINISTRATOR, PLACE))
    sam = make_person(stack, "Sam", f"Of-{way}", (Role.COMMISSIONER_USER, PLACE))

    visitor = visit(f"restricting {way}", **WAYS[way])
    administrative_tasks(visitor, ada).users()
    visitor.go_until(f"/users?q={sam.email}", lists(sam.email))
    UsersPage(visitor).rows(sam.email).get_by_role("link", name="View").click()
    PersonPage(visitor, sam.name).follow("User details")
    details = UserDetailsPage(visitor).add_organisation().add("viking", "Viking Health Centre")
    details.tick("Viking Health Centre", "Provider User").tick("Viking Health Centre", "Enhanced services")
    check = details.tick(PLACE_NAME, name).go_on()
    check.shows("Gains the role", "Provider User", "Only", name, "No longer sees")
    person = check.submit(sam.name)
    person.says(f"{sam.name} was successfully updated.")

    person.follow("Why can this person see an organisation, or why not?")
    why = WhyPage(visitor, sam.name).about("fair isle", f"{FIRST} (ZZ1001)")
    why.shows(f"{sam.name} can see {FIRST} (ZZ1001)", "which lists ZZ1001")
    not_seen = why.about("forties", f"{THIRD} (ZZ1004)")
    not_seen.shows("cannot see", "restricted to service provider clusters, and none of them lists it")
    not_seen.who_sees().shows("Ruaridh Gunn")
