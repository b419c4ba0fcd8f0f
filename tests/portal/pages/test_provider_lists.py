"""Providers as a list: found, paged, and taken away as a file."""

import csv
from io import StringIO

from directory.vocabulary import Role
from tests.portal.pages.test_providers import commissioner
from tests.portal.pages.test_users_file import MARK
from tests.support.builders.world import SUB_ICB, World
from tests.support.pages.browser import Browser


def codes_on(browser: Browser) -> list[str]:
    """The ODS codes on a page of the list, in its order."""
    boxes = [one for one in browser.page.iter("input") if one.get("name") == "chosen"]
    return [one.get("value", "") for one in boxes]


def test_a_name_that_a_spreadsheet_would_run(world: World) -> None:
    """REG-5: a provider's name is text in the file, however it begins."""
    world.directory.place("G10007", "=HYPERLINK(1)", parent=SUB_ICB)
    world.mirror_organisation("G10007")
    answer = commissioner(world).client.get("/providers/links.csv?chosen=G10007")
    assert answer.text.startswith(MARK)
    [_head, row] = csv.reader(StringIO(answer.text))
    assert row[:2] == ["G10007", "'=HYPERLINK(1)"]


def test_the_list_is_searched_by_name_code_and_postcode(world: World) -> None:
    """ORG-4: words in any case and order, the code, and the postcode with or without its space."""
    world.directory.place("G10008", "Viking Lane Surgery", parent=SUB_ICB)
    world.directory.change("G10008", postcode="ZE2 9XJ")
    world.mirror_organisation("G10008")
    for typed in ("viking lane", "LANE vik", "g10008", "ZE2 9XJ", "ze29xj"):
        browser = commissioner(world).open("/providers").send("Search", q=typed)
        assert codes_on(browser) == ["G10008"], typed
        assert "ZE2 9XJ" in browser.said
    assert codes_on(browser.send("Search", q="no such name")) == []


def test_the_list_goes_on_at_its_second_page(world: World) -> None:
    """ORG-4: every provider is on one page, in the order of their names."""
    for number in range(12):
        world.directory.place(f"P6{number:04}", f"Utsire Practice {number:02}", parent=SUB_ICB)
        world.mirror_organisation(f"P6{number:04}")
    first = commissioner(world).open("/providers").send("Search", q="utsire")
    assert "Showing 1 to 10 of 12 providers" in first.said
    found = codes_on(first)
    first.follow("2")
    assert "Showing 11 to 12 of 12 providers" in first.said
    assert [*found, *codes_on(first)] == [f"P6{number:04}" for number in range(12)]


def test_where_each_is(world: World) -> None:
    """ORG-4: town and postcode, and the commissioner where the viewer stands over several."""
    world.directory.change("P001", town="Lerwick", postcode="ZE1 0AA")
    world.mirror_organisation("P001")
    role = Role.COMMISSIONER_APPROVER
    over, own = (world.person(f"{code}@where.example", (code, role)) for code in ("QA1", "A01"))
    said = world.browser(over, world.holding("QA1", role)).open("/providers?q=lerwick").said
    assert "Lerwick, ZE1 0AA, Place A" in said
    said = world.browser(own, world.holding("A01", role)).open("/providers?q=lerwick").said
    assert "Lerwick, ZE1 0AA" in said
    assert "Lerwick, ZE1 0AA, Place A" not in said
