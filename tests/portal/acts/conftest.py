"""Who acts in several of these tests."""

import pytest

from directory.vocabulary import Role
from portal.rules.actor import ActingAs
from tests.support.builders.world import SUB_ICB, World


@pytest.fixture
def oscar(world: World) -> ActingAs:
    """The Organisation Administrator of A01."""
    person = world.person("oscar@a01.example", (SUB_ICB, Role.ORGANISATION_ADMINISTRATOR), first="Oscar")
    return ActingAs(person.id, world.holding(SUB_ICB, Role.ORGANISATION_ADMINISTRATOR))
