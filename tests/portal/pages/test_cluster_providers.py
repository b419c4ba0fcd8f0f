"""CLU-2: choosing a cluster's providers: by ticks, all that match, pasted codes, or a file."""

from io import BytesIO

import pytest

from portal.mirroring.reconcile import reconcile
from tests.portal.pages.clusters import HERE, administrator, codes_of, press
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build
from tests.support.pages.browser import Browser


@pytest.fixture
def world(database: str) -> World:
    """The small country with its people, fresh for each test."""
    return build(database)


@pytest.fixture
def oscar(world: World) -> Browser:
    return administrator(world)


@pytest.fixture
def many(world: World) -> World:
    """A commissioner of 60 more practices, half of them on an island."""
    for number in range(60):
        place = "Island" if number % 2 else "Valley"
        world.directory.place(f"N{number:03}", f"{place} practice {number}", parent=SUB_ICB)
        world.mirror_organisation(f"N{number:03}")
    return world


def test_ticks_are_kept_from_page_to_page_and_search_to_search(many: World, oscar: Browser) -> None:
    """CLU-2: without script, over as many pages as there are."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    assert "Page 1 of 4" in oscar.said
    press(oscar, "Next page", [SINGLE])
    assert "Page 2 of 4" in oscar.said
    (third, *_) = [one.get("value") for one in oscar.page.iter("input") if one.get("name") == "chosen"]
    press(oscar, "Next page", [third])
    press(oscar, "Search", q="island practice 7")
    press(oscar, "Search", ["N007"], q="")
    assert "3 selected" in oscar.said
    press(oscar, "Search", clear=[SINGLE])
    press(press(oscar, "Next page"), "Previous page")
    assert "2 selected" in oscar.said
    oscar.send("Continue").send("Yes")
    assert codes_of(many, f"{SUB_ICB}-1") == {third, "N007"}


def test_select_all_of_the_filtered(many: World, oscar: Browser) -> None:
    """CLU-2: all that match, on every page; one of them may be cleared again, and all of them."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast").send("Search", q="island")
    assert "Select all 30 that match" in oscar.said
    press(oscar, "Search", all="y")
    assert "30 selected" in oscar.said
    press(oscar, "Search", clear=["N001"])
    assert "29 selected" in oscar.said
    press(oscar, "Search", all="y")
    assert "30 selected" in oscar.said
    del next(one for one in oscar.page.iter("input") if one.get("name") == "all").attrib["checked"]
    press(oscar, "Search")
    assert "0 selected" in oscar.said
    press(oscar, "Search", q="", all="y")
    assert "Select all 63, on every page" in oscar.said
    assert "30 selected" in oscar.said
    oscar.send("Continue").send("Yes")
    chosen = codes_of(many, f"{SUB_ICB}-1")
    assert chosen == {f"N{number:03}" for number in range(1, 60, 2)}


def test_five_hundred_providers(world: World, oscar: Browser) -> None:
    """CLU-2: all of them in one cluster, and one taken off again."""
    codes = {f"M{number:03}" for number in range(500)}
    for code in codes:
        world.directory.place(code, f"Practice {code}", parent=SUB_ICB)
    reconcile(world.services)
    oscar.open(f"{HERE}/new").send("Continue", name="Everybody")
    press(oscar, "Search", q="practice M")
    press(press(oscar, "Search", all="y"), "Continue").send("Yes")
    assert codes_of(world, f"{SUB_ICB}-1") == codes
    oscar.open(f"{HERE}/{SUB_ICB}-1").send("Remove organisation").send("Submit")
    assert len(codes_of(world, f"{SUB_ICB}-1")) == 499


def test_a_nul_is_no_part_of_a_code(oscar: Browser) -> None:
    """Which the database takes in no text: pasted, and as the value of a box."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    oscar.send("Add these codes", codes=f"p001\0{MULTI} NO\0SUCH", shown=["\0"], chosen=["\0"])
    assert oscar.status == 200
    assert "2 added." in oscar.said


def test_pasted_codes_are_checked_one_by_one(world: World, oscar: Browser) -> None:
    """Taken in any case; of each that isn't it is said why, and what was chosen before stays."""
    world.directory.place("P090", "Gone Surgery", parent=SUB_ICB)
    world.directory.change("P090", status="closed")
    world.mirror_organisation("P090")
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    press(oscar, "Add these codes", ["P004"], codes=f"p001, {MULTI};P003\nNOSUCH P090 {SUB_ICB}")
    assert "3 selected" in oscar.said
    for line in (
        "NOSUCH: no organisation has this ODS code",
        "P003: not a service provider of this organisation",
        "P090: closed",
        f"{SUB_ICB}: not a service provider of this organisation",
    ):
        assert line in oscar.said


@pytest.mark.parametrize(
    "content",
    [
        b'ODS code,Name\r\np001,Fair Isle\r\nP002,"Cromarty, Medical"\r\n\r\nNOSUCH,x\r\nP003,y\r\n',
        f"\ufeffOrganisation code;Name\np001;Fair Isle\n{MULTI};\u00e9\n\nNOSUCH;x\nP003;y".encode(),
        f"code\tName\np001\tFair Isle\n{MULTI}\t\u00e9\n\nNOSUCH\tx\nP003\ty".encode("cp1252"),
    ],
)
def test_codes_from_a_file_are_checked_line_by_line(world: World, oscar: Browser, content: bytes) -> None:
    """CLU-2: CSV as spreadsheets write it; each bad line is told, and what was chosen before stays."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    press(oscar, "Add from this file", ["P004"], file=(BytesIO(content), "codes.csv"))
    assert "3 selected" in oscar.said
    assert "Line 5, NOSUCH: no organisation has this ODS code" in oscar.said
    assert "Line 6, P003: not a service provider of this organisation" in oscar.said
    assert "ODS CODE:" not in oscar.said
    oscar.send("Continue").send("Yes")
    assert codes_of(world, f"{SUB_ICB}-1") == {SINGLE, MULTI, "P004"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Choose a file that has ODS codes"),
        (b"\n \n", "The file has no ODS codes"),
        (b"PK\x03\x04\0\0", "The file must be plain text or CSV, not a spreadsheet such as .xlsx"),
        (b"P001\n" * 5_001, "The file must have 5,000 lines or fewer"),
        (b"P001,a long name\n" * 10_000, "The file must be 100 kB or smaller"),
    ],
)
def test_a_file_that_cannot_be_read(oscar: Browser, content: bytes, problem: str) -> None:
    """It changes nothing, and the boxes stay as they are."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    press(oscar, "Add from this file", [SINGLE], file=(BytesIO(content), "codes.csv"))
    assert oscar.problems == [problem]
    assert 'href="#file"' in oscar.text
    assert "1 selected" in oscar.said


def test_more_codes_than_are_looked_at(oscar: Browser) -> None:
    """CLU-2: said, instead of taking the first of them and not a word of the others."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    codes = " ".join(f"N{number}" for number in range(2_000))
    press(oscar, "Add these codes", [SINGLE], codes=f"{codes} {MULTI}")
    assert oscar.problems == ["Enter 2,000 ODS codes or fewer"]
    assert 'href="#codes"' in oscar.text
    assert "1 selected" in oscar.said


@pytest.mark.parametrize(("search", "field"), [("fair isle", "all"), ("nothing of that name", "q")])
def test_who_selects_nothing_is_led_to_where_one_selects(oscar: Browser, search: str, field: str) -> None:
    oscar.open(f"{HERE}/new").send("Continue", name="Coast").send("Search", q=search)
    oscar.send("Continue")
    assert oscar.problems == ["Select at least one service provider"]
    assert f'href="#{field}"' in oscar.text


def test_a_file_far_too_large(oscar: Browser) -> None:
    """Refused before it is read, in words."""
    oscar.open(f"{HERE}/new").send("Continue", name="Coast")
    oscar.send("Add from this file", file=(BytesIO(b"P001,x\n" * 100_000), "codes.csv"))
    assert oscar.status == 413
    assert "too large" in oscar.said
