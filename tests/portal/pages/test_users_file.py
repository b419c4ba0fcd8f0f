"""The users list as a file: exactly what the filter shows."""

from csv import reader
from io import StringIO

from directory.vocabulary import Role
from tests.portal.pages.leaver import COMMISSIONER, NUMBERS, USER, acting, somebody
from tests.support.builders.names import in_letters
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

MARK = "\ufeff"
"""By which a spreadsheet knows that a file is in UTF-8, and not in what Windows had before."""


def people_in(browser: Browser, query: str) -> tuple[str, list[list[str]]]:
    browser.open(f"/users?{query}&size=100")
    answer = browser.client.get(f"/users/users.csv?{query}")
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith(MARK)
    return browser.said, list(reader(StringIO(answer.text.removeprefix(MARK))))


def test_the_list_as_a_file(world: World) -> None:
    """USR-1: exactly what the filter shows, in its order; what a spreadsheet would run is text."""
    last = f"Csv{next(NUMBERS)}"
    for holdings in ([(SINGLE, USER), (MULTI, USER)], [(SINGLE, USER)], [("P003", USER)]):
        somebody(world, *holdings, last=last)
    kim = acting(world, SUB_ICB, COMMISSIONER)
    said, rows = people_in(kim, f"q={last}&sort=organisation&order=descending")
    assert "2 people. Each entry" in said
    assert rows[0][0] == "Organisation code"
    assert [row[0] for row in rows[1:]] == [SINGLE, SINGLE, MULTI]
    assert {row[5] for row in rows[1:]} == {"Active"}
    assert people_in(kim, f"q={last}&status=disabled")[1] == rows[:1]
    desk = acting(world, "", Role.SERVICE_DESK)
    assert len(people_in(desk, f"q={last}")[1]) == 5


def test_disabled_and_revoked_are_in_their_statuses(world: World) -> None:
    """USR-1."""
    last = f"Status {in_letters(next(NUMBERS))}"
    one, other = (somebody(world, (SINGLE, USER), last=last) for _ in range(2))
    desk = acting(world, "", Role.SERVICE_DESK)
    desk.open(f"/users/{one.id}/disable").send("Continue", why="left").send("Disable account")
    desk.open(f"/users/{other.id}/revoke").send("Revoke")
    for status, email in (("disabled", one.email), ("revoked", other.email)):
        _said, rows = people_in(desk, f"q={last}&status={status}")
        assert [row[4] for row in rows[1:]] == [email]
