"""Pages that anybody may open."""

import pytest

from tests.pages.world import World


@pytest.mark.parametrize(
    "path", ["/", "/help", "/cookies", "/accessibility", "/signed-out", "/register", "/register/new-link"]
)
def test_a_public_page_opens(world: World, path: str) -> None:
    """Every public page is whole: title, heading, labels, valid HTML."""
    assert world.browser().open(path).status == 200
