"""The notifications page: its pages, and what is read."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from directory.vocabulary import Role
from tests.support.builders.world import SINGLE, World
from tests.support.pages.browser import Browser

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def reader(world: World) -> Browser:
    """Somebody with twelve unread notifications, at the first page of them."""
    person = world.person(f"{uuid4()}@nhs.net", (SINGLE, Role.PROVIDER_USER))
    for number in range(12):
        world.notice(person, f"Practice {number:02}", created_at=NOW - timedelta(days=number))
    return world.browser(person).open("/notifications")


def test_the_newest_are_first_and_the_rest_on_the_next_page(reader: Browser) -> None:
    """NOT-1: with date and time, type and name, ten on a page."""
    assert "Showing 1 to 10 of 12 notifications" in reader.said
    assert "2 March 2026 at " in reader.said
    assert reader.said.index("Practice 00") < reader.said.index("Practice 09")
    assert "Practice 10" not in reader.said
    reader.follow("Next page")
    assert "Showing 11 to 12 of 12 notifications" in reader.said
    assert "Practice 10" in reader.said
    assert "Practice 11" in reader.said


def test_more_on_a_page(reader: Browser) -> None:
    """NOT-1: as many as chosen."""
    assert "Showing 1 to 12 of 12" in reader.follow("20").said


def test_reading_one_stays_on_its_page(reader: Browser) -> None:
    """NOT-1: the second page is still the second after one of it is marked as read."""
    reader.follow("Next page").send("Mark as read")
    assert reader.path == "/notifications?page=2"
    assert "11 unread" in reader.said
    assert "Practice 11" in reader.said


def test_reading_all_stays_on_the_page_and_marks_every_page(reader: Browser) -> None:
    """NOT-1: those on other pages too, and nobody else's."""
    reader.follow("Next page").send("Mark all as read")
    assert "All notifications are marked as read." in reader.said
    assert reader.path == "/notifications?page=2"
    assert "0 unread" in reader.said
    with pytest.raises(LookupError):
        reader.form("Mark all as read")
    assert "Unread" not in reader.open("/notifications").said


def test_what_others_have_to_read_stays_unread(world: World, reader: Browser) -> None:
    """NOT-1: all of one's own."""
    other = world.person("still.unread@nhs.net", (SINGLE, Role.PROVIDER_USER))
    world.notice(other, "Elsewhere")
    reader.send("Mark all as read")
    assert "1 unread" in world.browser(other).open("/notifications").said


@pytest.mark.parametrize("after", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_reading_leads_to_no_other_site(reader: Browser, after: str) -> None:
    """NOT-1: an address from elsewhere isn't followed."""
    form = reader.form("Mark all as read")
    token = {"csrf_token": form.fields["csrf_token"]}
    answer = reader.client.post("/notifications/read", query_string={"next": after}, data=token)
    assert answer.headers["Location"] == "/notifications"
