"""SCP-5: the feed is in step with the mirror, with nothing left out, whoever changes it and when."""

from dataclasses import dataclass, field
from random import Random
from threading import Thread

from sqlalchemy import delete, select

from directory.vocabulary import Holding, Organisation, OrganisationStatus, Role, Standing
from portal.mirroring.scope_feed import bring_in_step
from portal.model import MirroredHolding, MirroredPerson, ScopeChange, Touched
from portal.store.queries.feed import Seen, changes_after, ends, reach_after
from tests.support.builders.random_changes import RandomChanges
from tests.support.builders.world import World

CHANGES = 10_000
EVERYTHING = Seen(frozenset(Role))
Triple = tuple[str, str, str]


@dataclass
class Reader:
    """An application that keeps what it has read, and reads on from there."""

    world: World
    holds: set[Triple] = field(default_factory=set)
    after: int = 0

    def begin(self) -> None:
        with self.world.sessions.begin() as session:
            self.after, self.holds, last = ends(session).newest, set(), None
        while True:
            with self.world.sessions() as session:
                rows = reach_after(session, last, EVERYTHING, 7)
            if not rows:
                return
            keys = [(row.person_id, row.role.value, row.organisation_code) for row in rows]
            self.holds.update(keys)
            last = keys[-1]

    def read(self, limit: int = 100) -> bool:
        """Reads on; whether there is more."""
        with self.world.sessions.begin() as session:
            found = changes_after(session, self.after, EVERYTHING, limit)
        for one in found.changes:
            key = (one.person_id, one.role.value, one.organisation_code)
            if one.gained:
                self.holds.add(key)
            else:
                self.holds.remove(key)
        self.after = found.read_to
        return found.more


def test_a_reader_holds_what_everybody_reaches(world: World) -> None:
    """Stopped and started at random, while two threads bring the feed in step and one changes everything."""
    changes, random = RandomChanges(world, Random(11)), Random(12)
    reader = Reader(world)
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


def expected(world: World) -> set[Triple]:
    """What the words of CLU-4 and ORG-5 give everybody, from what Keycloak holds and nothing else."""
    tree = {one.code: one for one in world.directory.organisations()}
    found = set()
    for person in world.directory.people():
        standing = world.directory.standing(person.id)
        for held in standing.holdings if person.enabled else ():
            codes = (
                {"*"}
                if not held.path
                else {one.code for one in tree.values() if sees(standing, held, one, tree)}
            )
            found |= {(person.id, held.role.value, code) for code in codes}
    return found


def sees(standing: Standing, held: Holding, one: Organisation, tree: dict[str, Organisation]) -> bool:
    closed = OrganisationStatus.CLOSED
    if one.status is closed or tree[held.organisation].status is closed:
        return False
    if held.role.value.startswith("provider"):
        return one.is_provider and one.code == held.organisation
    above = one.path[: one.path.index(held.organisation) + 1] if held.organisation in one.path else ()
    if above != held.path or not tree[held.organisation].is_commissioner:
        return False
    here = [limit for limit in standing.restrictions if limit.commissioner == held.organisation]
    listed = {code for limit in here for code in limit.organisations}
    return not here or any(code in listed for code in one.path[len(above) :])


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
