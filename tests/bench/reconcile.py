"""The whole mirror made equal to Keycloak: the country, and 100,000 people with a role each."""

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from directory.people_import import NewPerson, import_people
from directory.reader import KeycloakReader
from directory.tree import Tree
from directory.vocabulary import Holding, Role
from directory.writer import KeycloakWriter
from portal.mirroring.reconcile import read_all, reconcile
from portal.store.migrate import upgrade
from sync.run import carry_out, compare, load
from tests.bench.rows import Row, seconds
from tests.bench.servers import Bench
from tests.support.builders.national import national
from tests.support.builders.services import Clock, KeptPost, services
from tests.support.servers.realm import PORTAL_URL, TestRealm, fresh_realm
from tests.support.servers.running import AUDIT_KEY, RUNNING_ROLE, RunningPostgres

PEOPLE, PLACES = 100_000, 2_000
"""The people work at so many practices: making a role's group at each of the country would take longer."""


def run(stack: Bench) -> Sequence[Row]:
    """Two rows: filled for the first time, and looked through again, beside reading the same and no more."""
    postgres = RunningPostgres(stack.postgres_url)
    postgres.make_running_role()
    with postgres.fresh_database() as url, fresh_realm(stack.running) as realm:
        upgrade(url, RUNNING_ROLE, AUDIT_KEY)
        fill(realm)
        reader = KeycloakReader(realm.connection("reader"))
        writer = KeycloakWriter(realm.connection("writer"), f"{PORTAL_URL}/signin/callback")
        portal = services(url, reader, writer, KeptPost(), Clock())
        first = seconds(lambda: reconcile(portal))
        bare = seconds(lambda: read_all(reader))
        again = seconds(lambda: reconcile(portal))
    name, note = "reading the same from Keycloak", f"{PEOPLE:,} people, the whole country"
    return [
        Row("the mirror filled", first, "s", bare, name, note=note),
        Row("the mirror looked through again", again, "s", bare, name, note=note),
    ]


def fill(realm: TestRealm) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(realm.connection("sync"), realm.admin)
        carry_out(compare(load(national(Path(folder)).files), tree), tree, lambda _: None)
    providers = sorted(one.path for one in tree.read().organisations.values() if one.is_provider)
    places = random.Random(5).sample(providers, PLACES)
    people = [
        NewPerson(
            f"person{number}@bench.example",
            "Ann",
            f"Example-{number}",
            holdings=(Holding(Role.PROVIDER_USER, places[number % PLACES]),),
        )
        for number in range(PEOPLE)
    ]
    import_people(realm.admin, realm.name, people)
