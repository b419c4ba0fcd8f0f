"""SCP-5: the feed is in step with the mirror, with nothing left out, whoever changes it and when."""

from random import Random
from threading import Thread

from sqlalchemy import delete, select

from portal.mirroring.scope_feed import bring_in_step
from portal.model import MirroredHolding, MirroredPerson, ScopeChange, Touched
from portal.store.queries.feed import ends
from tests.support.builders.feed_reader import FeedReader, expected
from tests.support.builders.random_changes import RandomChanges
from tests.support.builders.world import World

CHANGES = 10_000


def test_a_reader_holds_what_everybody_reaches(world: World) -> None:
    """Stopped and started at random, while two threads bring the feed in step and one changes everything."""
    changes, random = RandomChanges(world, Random(11)), Random(12)
    reader = FeedReader(world)
    done = False

    def keep_in_step() -> None:
        while not done or bring_in_step(world.services):
            bring_in_step(world.services)

    threads = [Thread(target=keep_in_step) for _ in range(2)]
    for thread in threads:
        thread.start()
    reader.begin()
    for _ in range(CHANGES):
        changes.happen()
        if random.random() < 0.03:
            changes.follow()
            reader.read(random.randint(1, 50))
        if random.random() < 0.001:
            reader.begin()
    changes.follow()
    done = True
    for thread in threads:
        thread.join()
    while reader.read():
        pass
    assert reader.holds == expected(world)
    assert len(reader.holds) > 20


def test_nothing_is_noted_of_what_was_not_committed(world: World) -> None:
    settle(world)
    with world.sessions() as session:
        session.execute(delete(MirroredHolding))
        session.rollback()
    assert not bring_in_step(world.services)


def test_what_a_hand_changes_in_the_database_is_noted_too(world: World) -> None:
    """Such as a migration, or a row deleted with whom it belongs to."""
    settle(world)
    with world.sessions.begin() as session:
        session.execute(delete(MirroredPerson).where(MirroredPerson.id == world.people["una"].id))
    assert settle(world) == [("una", "provider-user", "P001", False)]


def test_a_name_changes_nobodys_scope(world: World) -> None:
    settle(world)
    world.directory.set_names(world.people["una"].id, "Ute", "Person")
    world.mirror(world.people["una"].id)
    with world.sessions() as session:
        assert session.scalars(select(Touched)).all() == []


def settle(world: World) -> list[tuple[str, str, str, bool]]:
    """Brings the feed in step; what came of it, with people by their short names."""
    names = {person.id: name for name, person in world.people.items()}
    with world.sessions.begin() as session:
        before = ends(session).newest
    while bring_in_step(world.services):
        pass
    with world.sessions() as session:
        rows = session.scalars(select(ScopeChange).where(ScopeChange.id > before).order_by(ScopeChange.id))
        return [(names[row.person_id], row.role.value, row.organisation_code, row.gained) for row in rows]
