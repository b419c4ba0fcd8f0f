"""Who user details are about: an administrator, and somebody of a commissioner's staff."""

import pytest

from portal.rules.actor import ActingAs
from tests.portal.acts.user_details import COMMISSIONER_USER, administrator, staff
from tests.support.builders.world import SUB_ICB, World


@pytest.fixture
def ada(world: World) -> ActingAs:
    return administrator(world)


@pytest.fixture
def sam(world: World) -> str:
    return staff(world, "sam", (SUB_ICB, COMMISSIONER_USER))
