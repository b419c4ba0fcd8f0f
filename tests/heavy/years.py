"""A country through six years and back with everybody in it: `make years`, some minutes.

20,000 people with roles, 200 clusters with people restricted to them, 50 practices of multi-level approval,
500 open requests. Nothing -> the earlier list -> the later one -> the earlier one again; each time every
membership, cluster, level and request is where it was, the tree is the list's, and the portal's copy is
Keycloak's. Not among the tests: it is run by itself, and prints what it took.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from directory.people_import import NewPerson, import_people
from directory.reader import KeycloakReader
from directory.tree import Tree
from directory.vocabulary import ApprovalLevel, Cluster, Holding, Organisation, Restriction, Role
from directory.writer import KeycloakWriter
from portal.effects.reroute import pass_on
from portal.mirroring.reconcile import reconcile
from portal.model.mirror import MirroredHolding, MirroredOrganisation
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.services import WorkerServices
from portal.store.queries import requests
from sync.apply import Outcome
from tests.keycloak.sync.console import Console
from tests.keycloak.sync.test_years import bring_in, check_equal
from tests.support.builders.services import KeptPost, services
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import Clock
from tests.support.builders.years import national_years
from tests.support.servers.realm import PORTAL_URL, TestRealm

PEOPLE, CLUSTERS, LISTED, RESTRICTED, LEVELS, REQUESTS = 20_000, 200, 20, 400, 50, 500
Places = Mapping[str, Organisation]


@dataclass(frozen=True)
class Held:
    """All that must not change, by ODS code."""

    roles: frozenset[tuple[str, Role, str]]
    clusters: frozenset[Cluster]
    restrictions: frozenset[tuple[str, Restriction]]
    levels: frozenset[str]


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)


def test_there_and_back(realm: TestRealm, database: str, tmp_path: Path) -> None:
    """SYN-1, SYN-2, SYN-6, and the mirror at that size (SYN-7)."""
    lists, chance = national_years(tmp_path), random.Random(7)
    loader = Tree(realm.connection("sync"), realm.admin)
    with timed("nothing to the earlier list"):
        print(bring_in(loader, lists.earlier))
    tree = Tree(realm.connection("sync"))
    first = tree.read().organisations
    check_equal(first, lists.earlier)
    fill(realm, chance, first)
    portal = portal_of(realm, database)
    with timed("the mirror filled"):
        reconcile(portal)
    ask(portal, chance, first)
    before = held(realm, tree.read().organisations)
    assert len(before.roles) == PEOPLE
    assert (len(before.clusters), len(before.levels)) == (CLUSTERS, LEVELS)
    for name, files in (("to the later list", lists.later), ("and back", lists.earlier)):
        with timed(name):
            print(bring_in(tree, files))
        now = tree.read().organisations
        check_equal(now, files)
        assert {code: now[code].id for code in first} == {code: each.id for code, each in first.items()}
        assert held(realm, now) == before
        with timed("the mirror after it"):
            reconcile(portal)
        check_mirror(portal, before, now)
        check_requests(portal)
    with timed("once more, which changes nothing"):
        assert bring_in(tree, lists.earlier) == Outcome()


def fill(realm: TestRealm, chance: random.Random, there: Places) -> None:
    providers = sorted((each for each in there.values() if each.is_provider), key=lambda each: each.code)
    over = sorted((each for each in there.values() if each.is_commissioner), key=lambda each: each.code)
    console = Console(realm)
    for place in chance.sample(providers, LEVELS):
        console.set_attribute(console.group(*place.path), "approval_level", "multi")
    with timed(f"{PEOPLE:,} people"):
        import_people(realm.admin, realm.name, [person(n, chance, providers, over) for n in range(PEOPLE)])
    with timed(f"{CLUSTERS} clusters with {RESTRICTED} people"):
        restrict(realm, chance, providers)


def person(
    number: int, chance: random.Random, providers: list[Organisation], over: list[Organisation]
) -> NewPerson:
    """One of forty is a commissioner's approver, so that clusters and requests have somebody."""
    if number % 40 == 0:
        holding = Holding(Role.COMMISSIONER_APPROVER, chance.choice(over).path)
    else:
        holding = Holding(Role.PROVIDER_USER, chance.choice(providers).path)
    return NewPerson(f"person{number}@years.example", "Ann", "Example", None, (holding,))


def restrict(realm: TestRealm, chance: random.Random, providers: list[Organisation]) -> None:
    writer = KeycloakWriter(realm.connection("writer"), f"{PORTAL_URL}/signin/callback")
    reader = KeycloakReader(realm.connection("reader"))
    approvers = [
        (who, holding.organisation)
        for who, holding in reader.all_holdings()
        if holding.role is Role.COMMISSIONER_APPROVER
    ]
    at = {code: [who for who, where in approvers if where == code] for _, code in approvers}
    codes = sorted(at)
    for number in range(CLUSTERS):
        code = codes[number % len(codes)]
        listed = {each.code for each in chance.sample(providers, LISTED)}
        made = writer.create_cluster(code, f"key{number}", f"Cluster {number}", "", listed)
        for who in at[code][: RESTRICTED // CLUSTERS]:
            writer.restrict(who, code, {made.id})


def held(realm: TestRealm, there: Places) -> Held:
    """From Keycloak itself."""
    reader = KeycloakReader(realm.connection("reader"))
    return Held(
        frozenset((who, one.role, one.organisation) for who, one in reader.all_holdings()),
        frozenset(reader.all_clusters()),
        frozenset(reader.all_restrictions()),
        frozenset(code for code, each in there.items() if each.approval_level is ApprovalLevel.MULTI),
    )


def portal_of(realm: TestRealm, database: str) -> WorkerServices:
    reader = KeycloakReader(realm.connection("reader"))
    writer = KeycloakWriter(realm.connection("writer"), f"{PORTAL_URL}/signin/callback")
    return services(database, reader, writer, KeptPost(), Clock())


def ask(portal: WorkerServices, chance: random.Random, there: Places) -> None:
    places = chance.sample(
        sorted(code for code, each in there.items() if each.is_provider and each.is_open), REQUESTS
    )
    with portal.sessions.begin() as session:
        session.add_all(
            AccessRequest(
                kind=RequestKind.NEW_ACCOUNT,
                email=f"asks{number}@years.example",
                first_name="Nora",
                last_name="New",
                organisation_code=code,
                organisation_name=there[code].name,
                role=Role.PROVIDER_USER,
                asked_at=portal.clock(),
            )
            for number, code in enumerate(places)
        )
    check_requests(portal)


def check_requests(portal: WorkerServices) -> None:
    """Each is open, and with whom it should be by now, who were told."""
    with timed(f"{REQUESTS} requests passed on"):
        _settled(portal, lambda moved: print(f"{moved} requests went to others", flush=True))
    with portal.sessions() as session:
        every = session.scalars(select(AccessRequest)).all()
    assert len(every) == REQUESTS
    assert all(one.state is RequestState.OPEN and one.held_by_role for one in every)


def _settled(portal: WorkerServices, told: Callable[[int], None]) -> None:
    with portal.sessions.begin() as session:
        told(pass_on(portal, session, requests.all_open(session)))
    while run_due(portal):
        pass
    with portal.sessions.begin() as session:
        assert pass_on(portal, session, requests.all_open(session)) == 0


def check_mirror(portal: WorkerServices, before: Held, now: Places) -> None:
    with portal.sessions() as session:
        rows = session.scalars(select(MirroredOrganisation)).all()
        roles = {
            (one.person_id, one.role, one.organisation_code)
            for one in session.scalars(select(MirroredHolding))
        }
    assert {row.code: row.as_organisation() for row in rows} == dict(now)
    assert roles == before.roles


if __name__ == "__main__":
    # Each effect and each reconcile would be told of between the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    raise SystemExit(pytest.main([__file__, "-s", "-p", "no:cacheprovider"]))
