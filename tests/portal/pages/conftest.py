"""A portal for each module, with a database of its own."""

import pytest

from tests.support.builders.world import World, build_places


@pytest.fixture(scope="module")
def world(database: str) -> World:
    """The application on a database that only this module uses, and the directory in memory."""
    return build_places(database)
