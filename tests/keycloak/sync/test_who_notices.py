"""A plan says who would notice it: people, requests, clusters and levels, by commissioner."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from commands.sync import app
from directory.people_import import NewPerson, import_people
from directory.tree import Tree
from directory.vocabulary import Holding, Role
from directory.writer import KeycloakWriter
from portal.model.requests import AccessRequest, RequestKind
from portal.services import now
from tests.keycloak.sync.console import Console
from tests.keycloak.sync.test_apply import bring_in
from tests.support.builders import ods
from tests.support.builders.services import sessions
from tests.support.servers.realm import PORTAL_URL, TestRealm

pytestmark = pytest.mark.keycloak
USER, FINANCE = Role.PROVIDER_USER, Role.PROVIDER_FINANCE


@pytest.fixture
def later(empty_realm: TestRealm, tree: Tree, console: Console, tmp_path: Path) -> list[Path]:
    """The next month's lists: a practice with a branch goes to another location, another one closes.

    Ann works at the practice and its branch, Bob at the branch, Cat at the one that closes.
    """
    top = ods.write(tmp_path / "top.csv", [ods.region("ZR1"), ods.icb("ZI1", "ZR1")])
    subs = ods.write(tmp_path / "subs.csv", [ods.sub_icb("ZS1", "ZI1"), ods.sub_icb("ZS2", "ZI1")])
    branches = ods.write(tmp_path / "b.csv", [ods.branch("ZA0001001", "ZA0001")])
    first = [ods.practice("ZA0001", "ZS1"), ods.practice("ZA0002", "ZS1")]
    bring_in(tree, [top, subs, branches, ods.write(tmp_path / "p1.csv", first)])
    console.set_attribute(console.group("ZR1", "ZI1", "ZS1", "ZA0002"), "approval_level", "multi")
    there = tree.read().organisations
    held = {
        "ann": [(USER, "ZA0001"), (FINANCE, "ZA0001"), (USER, "ZA0001001")],
        "bob": [(USER, "ZA0001001")],
        "cat": [(USER, "ZA0002")],
    }
    people = [
        NewPerson(
            f"{who}@p.example", who, "Example", None, tuple(Holding(r, there[c].path) for r, c in roles)
        )
        for who, roles in held.items()
    ]
    import_people(empty_realm.admin, empty_realm.name, people)
    writer = KeycloakWriter(empty_realm.connection("writer"), f"{PORTAL_URL}/signin/callback")
    writer.create_cluster("ZS1", "key", "Coast", "", {"ZA0001", "ZA0002"})
    then = [ods.practice("ZA0001", "ZS2"), ods.practice("ZA0002", "ZS1", status="C")]
    return [top, subs, branches, ods.write(tmp_path / "p2.csv", then)]


def plan(realm: TestRealm, *arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(app, ["plan", *map(str, arguments)], env=realm.environment | environment)


def test_by_commissioner_and_organisation(
    empty_realm: TestRealm, later: list[Path], database: str, tmp_path: Path
) -> None:
    """SYN-3: each person and cluster once; requests from the portal's database, where it may be asked."""
    with sessions(database).begin() as session:
        for code in ("ZA0001", "ZA0001001", "ZA0002"):
            session.add(
                AccessRequest(
                    kind=RequestKind.NEW_ACCOUNT,
                    email=f"{code}@p.example".lower(),
                    first_name="Nora",
                    last_name="New",
                    organisation_code=code,
                    organisation_name=code,
                    role=USER,
                    asked_at=now(),
                )
            )
    out = tmp_path / "plan.jsonl"
    said = plan(empty_realm, *later, "--out", out, CQRS_DATABASE_URL=database)
    assert said.exit_code == 0, said.output
    (row,) = (line.split() for line in said.output.splitlines() if line.startswith("ZS1 "))
    assert row[-8:] == ["1", "0", "1", "0", "3", "1", "1", "3"]
    (there,) = (line.split() for line in said.output.splitlines() if line.startswith("ZS2 "))
    assert there[-8:-4] == ["0", "1", "0", "0"]
    changes = {one["code"]: one for one in map(json.loads, out.read_text().splitlines())}
    assert {name: changes["ZA0001"][name] for name in ("people", "multi_level", "clusters", "requests")} == {
        "people": 2,
        "multi_level": 0,
        "clusters": ["ZS1-1"],
        "requests": 2,
    }


def test_without_the_portals_database_requests_are_not_known(
    empty_realm: TestRealm, later: list[Path]
) -> None:
    """The sync's host has no access to it, and needs none."""
    for environment in (
        {"CQRS_DATABASE_URL": ""},
        {"CQRS_DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:9/x"},
    ):
        said = plan(empty_realm, *later, **environment)
        assert said.exit_code == 0, said.output
        assert "not known" in said.output


def test_nobody_notices_new_names(empty_realm: TestRealm, tree: Tree, tmp_path: Path) -> None:
    bring_in(tree, [ods.write(tmp_path / "a.csv", [ods.practice("ZA0001")])])
    said = plan(empty_realm, ods.write(tmp_path / "b.csv", [ods.practice("ZA0001", name="NEW NAME")]))
    assert "update" in said.output
    assert "Who would notice" not in said.output
