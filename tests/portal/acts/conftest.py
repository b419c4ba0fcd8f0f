"""The small country, fresh for each test."""

import pytest

from tests.support.builders.world import World, build


@pytest.fixture
def world(database: str) -> World:
    """The small country of the builders in this module's database."""
    return build(database)
