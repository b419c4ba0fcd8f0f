"""A request that waits, as the person who asked sees it: with whom it is, and since when."""

from datetime import UTC, datetime

from directory.vocabulary import Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World

ASKED = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
MOVED = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half an hour before England puts its clocks forward."""
AFTER = datetime(2026, 4, 9, 23, 30, tzinfo=UTC)
"""Half past midnight of the tenth in England."""


def test_with_whom_it_is_and_since_when(world: World) -> None:
    """PRO-3, APR-1: in the list of roles and at the request, in words and with the date."""
    person = world.person("patient@nhs.net", (SINGLE, Role.PROVIDER_USER))
    world.person("decides@icb.nhs.uk", (SUB_ICB, Role.COMMISSIONER_APPROVER))
    asked = world.open_request(
        "patient@nhs.net",
        MULTI,
        asked_at=ASKED,
        held_by_role=Role.COMMISSIONER_APPROVER,
        held_by_organisation=SUB_ICB,
        held_since=MOVED,
    )
    browser = world.browser(person).open("/profile/roles")
    assert "Asked on 2 March 2026" in browser.said
    assert "With Commissioner Approver, Place A since 29 March 2026" in browser.said
    browser.open(f"/requests/{asked}")
    waiting = "Your request is waiting for the Commissioner Approver of Place A, since 29 March 2026 at "
    assert waiting in browser.said


def test_the_service_desk_holds_it_at_last(world: World) -> None:
    """APR-1: the date is England's, whatever the day elsewhere."""
    person = world.person("last.resort@nhs.net", (MULTI, Role.PROVIDER_USER))
    world.open_request(
        "last.resort@nhs.net", held_by_role=Role.SERVICE_DESK, held_by_organisation="", held_since=AFTER
    )
    said = world.browser(person).open("/profile/roles").said
    assert "With Service Desk since 10 April 2026" in said


def test_not_yet_with_anybody(world: World) -> None:
    """PRO-3: between asking and the first who may decide, nobody is named."""
    person = world.person("just.asked@nhs.net", (MULTI, Role.PROVIDER_USER))
    world.open_request("just.asked@nhs.net", asked_at=ASKED)
    said = world.browser(person).open("/profile/roles").said
    assert "Pending Asked on 2 March 2026" in said
    assert "With " not in said
