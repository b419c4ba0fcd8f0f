"""The lists take any address: what a browser sends beside their own parameters is kept, never obeyed."""

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from directory.vocabulary import OrganisationType, Role
from tests.support.builders.world import SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser, words
from tests.support.pages.checks import parse

LISTS = (
    "/requests",
    "/users",
    "/providers",
    "/notifications",
    "/role",
    "/profile/activity",
    "/service-desk/emails",
    "/service-desk/audit",
    "/service-desk/people-with-no-open-organisation",
    "/profile/request-access",
    "/profile/request-access/organisations",
    "/register",
    "/register/organisations",
    "/providers/links",
    "/providers/links.csv",
)
PAGED = ("/requests", "/users", "/providers", "/notifications", "/role")
INSTRUCTIONS = (
    "endpoint=x",
    "_external=1",
    "_scheme=ftp",
    "_anchor=there",
    "_method=POST",
    "values=1",
    "self=1",
    "_external=1&_scheme=ftp&_anchor=there&endpoint=x&_method=POST&code=1",
)
LOOKED_AT = (
    *("page", "size", "status", "sort", "order", "state", "closed", "chosen", "next", "kind"),
    *("person", "organisation", "since", "until"),
)
NONSENSE = (
    *(f"page={value}" for value in ("0", "-1", "9" * 22, "9" * 6000, "abc", "1.5", "%C2%B2", "%D9%A1", "")),
    *(f"size={value}" for value in ("0", "-1", "9" * 22, "abc", "15", "")),
    *(
        f"q={value}"
        for value in ("%00", "a%00b", "%ED%A0%80", "%FF%FE", "%", "%zz", "%5C", "x" * 10_000, "%C3%A9" * 900)
    ),
    *(f"q={'+'.join(['x' * length] * 10)}" for length in (1, 200, 201, 2047)),
    *(f"{name}=%FF%00" for name in LOOKED_AT),
    *(f"{name}=%ED%A0%80" for name in LOOKED_AT),
    "q=1&q=2&page=1&page=2&size=20&size=50",
    "%FF=%FF&%00=%00&=&&",
)


@pytest.fixture(scope="module")
def desk(world: World) -> Browser:
    """At the Service Desk, with two pages and more on every list that the portal's own pages fill."""
    codes = [f"H81{number:03}" for number in range(22)]
    for code in codes:
        world.directory.place(code, f"Harbour Practice {code}", parent=SUB_ICB)
        world.mirror_organisation(code)
        world.open_request(f"{code}@nhs.net", code)
    roles = [(code, Role.PROVIDER_USER) for code in codes]
    person = world.person("lists@nhs.net", ("", Role.SERVICE_DESK), *roles)
    for number in range(12):
        world.notice(person, f"Harbour {number}")
    return world.browser(person, world.holding("", Role.SERVICE_DESK))


def link_to(browser: Browser, name: str) -> str:
    """The address of the link that names somebody."""
    return next(one.attrib["href"] for one in browser.page.iter("a") if name in words(one))


def answers(client: FlaskClient, address: str) -> int:
    return client.get(address, follow_redirects=True).status_code


@pytest.mark.parametrize("path", LISTS)
def test_no_address_breaks_a_list(desk: Browser, path: str) -> None:
    """USR-1, NOT-1, ORG-4: whatever follows the question mark."""
    broken = [
        asked[:60] for asked in (*INSTRUCTIONS, *NONSENSE) if answers(desk.client, f"{path}?{asked}") >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("asked", INSTRUCTIONS)
def test_links_of_a_list_stay_with_it(desk: Browser, path: str, asked: str) -> None:
    """The pages, sizes and headings lead to the same list at this portal."""
    page = desk.open(f"{path}?{asked}").page
    lists = [one for one in page.iter("a") if words(one) != "Download as a CSV file"]
    links = [urlsplit(one.attrib["href"]) for one in lists if asked in one.get("href", "")]
    assert any("page=2" in one.query for one in links)
    assert {(one.scheme, one.netloc, one.path, one.fragment) for one in links} == {("", "", path, "")}


@pytest.mark.parametrize("path", PAGED)
def test_a_link_of_a_list_keeps_what_was_asked(desk: Browser, path: str) -> None:
    """The search stays, as it was typed, on the next page."""
    typed = "q=Har+%26page%3D7&x=%C3%A9&x=%2F"
    text = desk.client.get(f"{path}?{typed}").get_data(as_text=True)
    kept = [one.attrib["href"] for one in parse(text).iter("a") if "x=%C3%A9" in one.get("href", "")]
    assert all("x=%C3%A9&x=%2F" in one and "%26page%3D7" in one for one in kept)
    desk.open("/providers?q=harbour&closed=yes").follow("2")
    assert desk.path == "/providers?q=harbour&closed=yes&page=2"
    assert "Showing 11 to 20 of 22" in desk.said


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("beyond", ["99", "999999", "9" * 22])
def test_past_the_end_is_the_last_page(desk: Browser, path: str, beyond: str) -> None:
    """A list that became shorter, or a number typed by hand."""
    desk.open(f"{path}?page={beyond}")
    assert re.search(r"\(page ([23456]) of \1\)", desk.title)
    assert re.search(r"Showing \d+ to (\d+) of \1 ", desk.said)


def test_an_emptied_list_has_one_page(desk: Browser) -> None:
    assert desk.open("/providers?q=nothing+has+this+name&page=9").status == 200
    assert desk.path == "/providers?q=nothing+has+this+name&page=1"


def test_a_queue_emptied_by_deciding(world: World) -> None:
    """APR-3: Back to a page whose requests were all decided shows those that still wait."""
    world.directory.place("33Z", "Nowhere West", OrganisationType.SUB_ICB, parent="QA1")
    world.mirror_organisation("33Z")
    for number in range(11):
        world.open_request(
            f"west{number}@nhs.net", "33Z", Role.COMMISSIONER_USER, first_name=f"West{number:02}"
        )
    person = world.person("west@icb.nhs.uk", ("33Z", Role.COMMISSIONER_APPROVER))
    browser = world.browser(person).open("/requests?page=2")
    browser.open(link_to(browser, "West10"))
    browser.send("Continue", decision="approve").send("Confirm")
    assert browser.open("/requests?page=2").path == "/requests?page=1"
    assert browser.said.count("Review") == 10


def test_single_pages_are_no_lists(world: World) -> None:
    """Another page keeps to its own."""
    assert world.browser().client.get(f"/register?organisation={SINGLE}&endpoint=x").status_code == 200
