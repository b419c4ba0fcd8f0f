"""SCP-4: the list of who sees an organisation, and of what somebody reaches, are what the rule says."""

from random import Random

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, OrganisationStatus, Person, Restriction, Role, Standing
from portal.model.mirror import MirroredHolding, MirroredPerson
from portal.model.mirrored_clusters import MirroredCluster
from portal.rules.accounts import Account
from portal.rules.use import uses
from portal.store import cluster_mirror
from portal.store import mirror as people_mirror
from portal.store.engine import at_one_moment
from portal.store.queries import who_sees
from portal.store.queries.reached import reached
from tests.portal.store.test_scope_in_sql import mirror
from tests.support.builders.random_country import RandomCountry
from tests.support.builders.world import SINGLE, World


def test_the_same_both_ways_round(world: World) -> None:
    """Over random trees, clusters, moves and closures; of every organisation and of both people."""
    met = 0
    with world.sessions() as session:
        for seed in range(4):
            country = RandomCountry(Random(seed))
            for _ in range(8):
                for _ in range(6):
                    country.happen()
                mirror(session, country)
                people = [mirrored(session, country, who) for who in "ab"]
                met += agree(session, country, people)
        session.rollback()
    assert met > 100


def test_a_file_is_of_one_moment(world: World) -> None:
    """SCP-4: nobody is missing from it, or in it twice, for what changes while it is read."""
    many = [f"user-{number:03}" for number in range(2 * who_sees.AT_ONCE + 50)]
    facts = {"first_name": "Ann", "enabled": True, "words": []}
    with world.sessions.begin() as session:
        people = [facts | {"id": one, "email": f"{one}@e.example", "last_name": one} for one in many]
        held = [{"person_id": one, "role": Role.PROVIDER_USER, "organisation_code": SINGLE} for one in many]
        session.execute(insert(MirroredPerson), people)
        session.execute(insert(MirroredHolding), held)
    with at_one_moment(world.sessions) as session:
        file = who_sees.download(session, world.services.reader.organisation(SINGLE))
        found = [next(file) for _ in range(3)]
        with world.sessions.begin() as other:
            gone = MirroredHolding.person_id.in_([many[0], many[-1], *many[100:300]])
            other.execute(delete(MirroredHolding).where(gone))
        found += file
    assert [one.person.id for one in found if one.person.id in many] == many


def mirrored(session: Session, country: RandomCountry, who: str) -> Standing:
    """With a role at every commissioner, and at every provider whose number is even."""
    paths = [country.path(code) for code in country.commissioners]
    practices = [country.path(code) for code in country.kinds if code[0] == "P" and int(code[1:]) % 2 == 0]
    held = {Holding(Role.COMMISSIONER_APPROVER, path) for path in paths}
    held |= {Holding(Role.PROVIDER_USER, path) for path in practices}
    mine = [country.clusters[one] for one in country.members.get(who, ())]
    restrictions = {Restriction(one.commissioner, one.id, one.organisations, one.short_name) for one in mine}
    restrictions |= {Restriction(code) for one, code in country.marked if one == who}
    person = Person(who, f"{who}@place.example", who, "Person")
    standing = Standing(person, frozenset(held), restrictions=frozenset(restrictions))
    session.execute(delete(MirroredCluster))
    for one in country.clusters.values():
        cluster_mirror.refresh_cluster(session, one)
    people_mirror.refresh_person(session, standing)
    return standing


def agree(session: Session, country: RandomCountry, people: list[Standing]) -> int:
    """How many ways of seeing something there are."""
    tree = {one.code: one for one in country.organisations()}
    accounts = [Account(one, tree) for one in people]
    working = {
        one.person.id: [h for h in one.holdings if tree[h.organisation].status is OrganisationStatus.OPEN]
        for one in people
    }
    ways = 0
    for place in tree.values():
        rows = [one for one in who_sees.download(session, place) if one.person.id in working]
        found = {(one.person.id, one.chain.holding) for one in rows}
        assert found == {
            (one.standing.person.id, held)
            for one in accounts
            for held in one.standing.holdings
            if uses(one, held, place)
        }
        assert all(one.chain.broken is None for one in rows)
        listed = who_sees.listing(session, place, 1, 100)
        assert listed.total == len(list(who_sees.download(session, place)))
        ways += len(found)
    for one in accounts:
        held = working[one.standing.person.id]
        expected = {code for code, place in tree.items() if any(uses(one, each, place) for each in held)}
        assert set(reached(session, held)) == expected
    return ways
