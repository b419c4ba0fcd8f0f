"""A portal for each module, with a database of its own."""

import pytest

from tests.support.pages.world import World, build


@pytest.fixture(scope="module")
def world(database: str) -> World:
    """The application on a database that only this module uses, and the directory in memory."""
    return build(database)
