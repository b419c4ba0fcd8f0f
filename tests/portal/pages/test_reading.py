"""What lists, menus and forms have in common: where one is, how many there are, what is wrong with what."""

import pytest

from directory.vocabulary import Holding, Person, Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser, words

LONG = "wolfeschlegelsteinhausen.bergerdorff@averyveryverylongpracticedomainname.nhs.uk"


def marked(browser: Browser) -> list[str]:
    """The items of the menu that are shown as the present one."""
    menu = next(one for one in browser.page.iter("nav") if one.get("aria-label") == "Main menu")
    return [words(one) for one in menu.iter("a") if one.get("aria-current")]


@pytest.fixture(scope="module")
def approver(world: World) -> Person:
    world.person("una@nhs.net", (SINGLE, Role.PROVIDER_USER), (SINGLE, Role.PROVIDER_FINANCE), first="Una")
    world.person("desk@nhs.net", ("", Role.SERVICE_DESK), first="Sam", last="Desk")
    return world.person("kim@nhs.net", (SUB_ICB, Role.COMMISSIONER_APPROVER), first="Kim")


def acting(world: World, code: str, role: Role) -> Browser:
    """Somebody with this one role."""
    person = world.person(f"{role.value}.{code}@nhs.net".lower(), (code, role))
    return world.browser(person, Holding(role, world.holding(code, role).path))


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("/profile/request-access", "My profile"),
        (f"/profile/request-access/{SINGLE}", "My profile"),
        ("/profile/notification-settings", "My profile"),
        ("/providers/links", "Providers"),
        ("/requests", "Requests"),
    ],
)
def test_the_menu_says_where_one_is(world: World, approver: Person, path: str, item: str) -> None:
    assert marked(world.browser(approver).open(path)) == [item]


def test_removing_a_role_belongs_to_users(world: World, approver: Person) -> None:
    una = world.directory.person_by_email("una@nhs.net")
    assert una
    browser = world.browser(approver).open(f"/users/{una.id}/roles/{SINGLE}/remove")
    assert marked(browser) == ["Users"]
    browser.send("Continue", role="provider-user")
    assert browser.heading == "Confirm that you remove this role"
    assert marked(browser) == ["Users"]


def test_the_audit_belongs_to_the_service_desk(world: World) -> None:
    assert marked(acting(world, "", Role.SERVICE_DESK).open("/service-desk/audit")) == ["Service desk"]


def test_a_request_belongs_to_where_it_is_found(world: World, approver: Person) -> None:
    """To Requests for whoever decides it, to My profile for whoever asked; the way back leads there too."""
    asking = world.person("asking@nhs.net", (SINGLE, Role.PROVIDER_USER))
    asked = world.open_request("asking@nhs.net", SINGLE, Role.PROVIDER_FINANCE)
    own = world.browser(asking).open(f"/requests/{asked}")
    assert marked(own) == ["My profile"]
    assert own.follow("Available roles").heading == "Available roles"
    deciding = world.browser(approver).open(f"/requests/{asked}")
    assert marked(deciding) == ["Requests"]
    assert "Requests" in [
        words(one) for one in deciding.page.iter("a") if "back-link" in one.get("class", "")
    ]


def test_a_later_page_of_a_list_has_a_title_of_its_own(world: World, approver: Person) -> None:
    for number in range(11):
        world.person(f"titled{number}@nhs.net", (SINGLE, Role.PROVIDER_USER), last="Titled")
    browser = world.browser(approver).open("/users?q=titled")
    assert browser.title == "Users - CQRS accounts"
    assert browser.open("/users?q=titled&page=2").title == "Users (page 2 of 2) - CQRS accounts"
    assert "Showing 1 entry" in world.browser(approver).open("/users?q=titled10").said


def test_a_search_that_finds_nothing_says_what_to_do(world: World, approver: Person) -> None:
    browser = world.browser(approver)
    for path, things in (("users", "users"), ("providers", "providers"), ("requests", "requests")):
        said = browser.open(f"/{path}?q=zzzz").said
        assert f"No {things} match “zzzz”. Check the spelling or use fewer words." in said


def test_an_empty_queue_says_what_to_expect(world: World) -> None:
    said = acting(world, MULTI, Role.PROVIDER_APPROVER).open("/requests").said
    assert "No request waits for you." in said
    assert "oldest first" not in said


def test_nothing_ticked_is_a_mistake_on_the_page(world: World, approver: Person) -> None:
    """Told as any other: in the title, in the summary, and with a link to the first box."""
    world.open_request("ticking@nhs.net", first_name="Tick")
    browser = world.browser(approver).open("/requests").send("Approve ticked requests", chosen=[])
    assert browser.title == "Error: Requests - CQRS accounts"
    [summary] = [one for one in browser.page.iter("div") if one.get("class") == "nhsuk-error-summary"]
    [link] = list(summary.iter("a"))
    boxes = [one.get("id") for one in browser.page.iter("input") if one.get("name") == "chosen"]
    assert link.get("href") == f"#{boxes[0]}"


def test_a_column_of_actions_that_nobody_may_take_is_left_out(world: World) -> None:
    """It is there for who has a request to withdraw, and in no row that has none."""
    settled = world.person("settled@nhs.net", (SINGLE, Role.PROVIDER_USER))
    browser = world.browser(settled).open("/profile/roles")
    assert [words(one) for one in browser.page.iter("th")] == ["Organisation", "Role", "Status"]
    world.open_request("settled@nhs.net", SINGLE, Role.PROVIDER_FINANCE)
    browser.open("/profile/roles")
    assert [words(one) for one in browser.page.iter("th")][-1] == "Action"
    assert "portal-nothing" in browser.text


def test_a_long_address_may_go_on_in_the_next_line(world: World, approver: Person) -> None:
    """At a dot or before the @, and it can still be copied whole."""
    asked = world.open_request(LONG)
    browser = world.browser(approver).open(f"/requests/{asked}")
    assert LONG in browser.said
    assert "domainname.<wbr>nhs.<wbr>uk" in browser.text


@pytest.mark.usefixtures("approver")
def test_who_is_nowhere_in_particular(world: World) -> None:
    """USR-1: the list says so, not nothing."""
    world.person("roleless@nhs.net", first="Row", last="Roleless")
    browser = acting(world, "", Role.SERVICE_DESK)
    assert "All organisations" in browser.open("/users?q=desk").said
    assert "No organisation" in browser.open("/users?q=roleless").said


@pytest.mark.parametrize("day", ["27/3/2026", "27/03/2026", "27 March 2026", "2026-03-27"])
def test_the_audit_takes_a_day_as_people_write_it(world: World, day: str) -> None:
    """AUD-2: and leaves it as it was typed."""
    browser = acting(world, "", Role.SERVICE_DESK).open("/service-desk/audit")
    browser.send("Search", since=day, until="32/3/2026")
    assert browser.problems == ["Enter a date as day/month/year, such as 27/3/2026"]
    typed = {one.get("name"): one.get("value") for one in browser.page.iter("input")}
    assert (typed["since"], typed["until"]) == (day, "32/3/2026")
