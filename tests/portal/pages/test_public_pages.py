"""Pages that anybody may open."""

import pytest

from tests.support.builders.world import World


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
