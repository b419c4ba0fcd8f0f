"""Pages that anybody may open."""

from datetime import datetime, timedelta

import pytest

from tests.support.builders.world import World, build_places


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/help",
        "/cookies",
        "/accessibility",
        "/signed-out",
        "/register",
        "/register/new-link",
        "/forgotten-password",
    ],
)
def test_a_public_page_opens(world: World, path: str) -> None:
    """Every public page is whole: title, heading, labels, valid HTML."""
    assert world.browser().open(path).status == 200


def test_help_names_contacts_and_guides(world: World) -> None:
    """HLP-1: both from the settings."""
    page = world.browser().open("/help")
    for said in ("0300 123 4567", "Job aids for approvers", 'href="https://guides.example/aids"'):
        assert said in page.text


def test_where_a_hole_is_told(world: World) -> None:
    """RFC 9116: whom to write to, until when that holds, and where it is to be found."""
    text = world.app.test_client().get("/.well-known/security.txt").get_data(as_text=True)
    told = dict(line.split(": ", 1) for line in text.splitlines())
    assert told["Contact"] == f"mailto:{world.services.settings.service_desk_email}"
    assert told["Canonical"] == f"{world.services.settings.portal_url}/.well-known/security.txt"
    ends_in = datetime.fromisoformat(told["Expires"]) - world.clock()
    assert timedelta(days=30) < ends_in < timedelta(days=366)


def test_another_address_for_holes(database: str) -> None:
    """SECURITY.md: CQRS_SECURITY_EMAIL, where it is set."""
    client = build_places(database, CQRS_SECURITY_EMAIL="holes@cqrs.example").app.test_client()
    assert "mailto:holes@cqrs.example\n" in client.get("/.well-known/security.txt").get_data(as_text=True)
