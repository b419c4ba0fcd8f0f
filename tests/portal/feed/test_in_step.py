"""SCP-5: the feed is in step with the mirror, with nothing left out, whoever changes it and when."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Event

from sqlalchemy import delete, select

from directory.vocabulary import OrganisationStatus, Role
from portal.api.evaluation import MOST
from portal.mirroring.scope_feed import bring_in_step
from portal.model import MirroredHolding, MirroredPerson, ScopeChange, Touched
from portal.store.queries.feed import ends
from tests.support.api.application import application, question
from tests.support.builders.feed_reader import FeedReader, Triple, expected
from tests.support.builders.random_changes import RandomChanges
from tests.support.builders.world import World

CHANGES = 10_000


def test_a_reader_holds_what_everybody_reaches(world: World) -> None:
    """Stopped and started at random, while two threads bring the feed in step and one changes everything."""
    changes, random = RandomChanges(world, Random(11)), Random(12)
    reader = FeedReader(world)
    with kept_in_step(world):
        reader.begin()
        for _ in range(CHANGES):
            changes.happen()
            if random.random() < 0.015:
                changes.follow()
                reader.read(random.randint(1, 50))
            if random.random() < 0.001:
                reader.begin()
        changes.follow()
    while reader.read():
        pass
    assert reader.holds == expected(world)
    assert len(reader.holds) > 20
    assert spelt_out(world, reader.holds) == answered(world)


@contextmanager
def kept_in_step(world: World) -> Iterator[None]:
    """Two threads do it meanwhile, and what is left at the end."""
    done = Event()

    def keep() -> None:
        while bring_in_step(world.services) or not done.wait(0.1):
            pass

    with ThreadPoolExecutor(2) as pool:
        keepers = [pool.submit(keep) for _ in range(2)]
        try:
            yield
        finally:
            done.set()
    for keeper in keepers:
        keeper.result()
    # A change may have come after both had looked for the last time.
    while bring_in_step(world.services):
        pass


def spelt_out(world: World, holds: set[Triple]) -> set[Triple]:
    """With every organisation that has not closed in place of the star."""
    places = [one for one in world.directory.organisations() if one.status is not OrganisationStatus.CLOSED]
    every = {(who, role, one.code) for who, role, code in holds if code == "*" for one in places}
    return every | {triple for triple in holds if triple[2] != "*"}


def answered(world: World) -> set[Triple]:
    """What the API answers yes to, asked about every person, role and organisation there is."""
    reports = application(world)
    people, places = list(world.directory.people()), list(world.directory.organisations())
    asked = [(who.id, role.value, place.code) for who in people for role in Role for place in places]
    found = set()
    for first in range(0, len(asked), MOST):
        many = asked[first : first + MOST]
        answer = reports.post("/evaluations", {"evaluations": [question(*one) for one in many]})
        assert answer.status_code == 200, answer.text
        said = [one["decision"] for one in answer.json["evaluations"]]
        found |= {one for one, yes in zip(many, said, strict=True) if yes}
    return found


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
