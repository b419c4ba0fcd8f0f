"""SCP-5 on a real Keycloak: a reader of the feed holds what everybody reaches, the console's changes too."""

from random import Random

import pytest

from portal.mirroring.follow import follow
from portal.mirroring.scope_feed import bring_in_step
from tests.support.builders.feed_reader import FeedReader, expected
from tests.support.builders.random_changes import RandomChanges
from tests.support.builders.world import build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak
CHANGES = 60
LONGEST_WAIT = 60


def test_a_reader_holds_what_everybody_reaches(realm: TestRealm, database: str) -> None:
    """The follower alone says what changed; in the end it has told of everything."""
    world, random = build_real(database, KeycloakScene(realm)), Random(22)
    changes, reader = RandomChanges(world, Random(21), many=4), FeedReader(world)
    reader.begin()

    def read() -> None:
        follow(world.services)
        while bring_in_step(world.services):
            pass
        while reader.read():
            pass

    for _ in range(CHANGES):
        changes.happen()
        if random.random() < 0.2:
            read()
    wanted = expected(world)

    def holds_it() -> bool:
        read()
        return reader.holds == wanted

    wait_until(holds_it, LONGEST_WAIT, "the feed in step")
    assert len(wanted) > 5
