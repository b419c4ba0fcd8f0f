"""An application that reads the feed, and what it is to hold in the end by the words of the specification."""

from dataclasses import dataclass, field

from directory.vocabulary import Holding, Organisation, OrganisationStatus, Role, Standing
from portal.store.queries.feed import Seen, changes_after, ends, reach_after
from tests.support.builders.world import World

EVERYTHING = Seen(frozenset(Role))
Triple = tuple[str, str, str]


@dataclass
class FeedReader:
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
                self.holds.discard(key)
        self.after = found.read_to
        return found.more


def expected(world: World) -> set[Triple]:
    """What the words of CLU-4 and ORG-5 give everybody, from what Keycloak holds and nothing else."""
    tree = {one.code: one for one in world.services.reader.organisations()}
    found = set()
    for person in world.services.reader.people():
        standing = world.services.reader.standing(person.id)
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
