"""What an act reads of Keycloak: where something was last seen is a hint, and never what is gone by."""

import pytest

from directory.vocabulary import Role
from portal.casework.current_state import organisation_now, role_group_now
from portal.rules.errors import NothingFound
from tests.support.builders.world import SINGLE, World


def test_where_an_organisation_was_last_seen_is_only_a_hint(world: World) -> None:
    """It may have been deleted and made anew since; the next to ask finds it at once."""
    there = world.services.reader.organisation(SINGLE)
    world.services.group_ids[SINGLE] = "11111111-1111-4111-8111-111111111111"
    assert role_group_now(world.services, SINGLE, Role.PROVIDER_USER).at(there) == ""
    assert organisation_now(world.services, SINGLE) == there
    assert world.services.group_ids[SINGLE] == there.id


def test_what_is_gone_is_forgotten(world: World) -> None:
    world.services.group_ids["GONE"] = "11111111-1111-4111-8111-111111111111"
    with pytest.raises(NothingFound):
        organisation_now(world.services, "GONE")
    assert "GONE" not in world.services.group_ids
