"""What people hold at an organisation is still theirs, whatever the lists make of the organisation."""

from pathlib import Path

import pytest

from directory.people_import import NewPerson, import_people
from directory.reader import KeycloakReader
from directory.tree import Tree
from directory.vocabulary import ApprovalLevel, Holding, Role
from sync.plan import Operation
from sync.run import carry_out, compare, load
from tests.keycloak.sync.console import Console
from tests.keycloak.sync.test_apply import NOTHING, bring_in
from tests.support.builders import ods
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
USER, APPROVER = Role.PROVIDER_USER, Role.COMMISSIONER_APPROVER


@pytest.fixture
def months(tmp_path: Path) -> list[list[Path]]:
    """Two months: a practice moves with its branch and closes, its commissioner goes to another ICB."""
    top = ods.write(tmp_path / "top.csv", [ods.region("ZR1"), ods.icb("ZI1", "ZR1"), ods.icb("ZI2", "ZR1")])
    first = [
        ods.write(tmp_path / "s1.csv", [ods.sub_icb("ZS1", "ZI1"), ods.sub_icb("ZS2", "ZI1")]),
        ods.write(tmp_path / "p1.csv", [ods.practice("ZA0001", "ZS1"), ods.practice("ZA0002", "ZS1")]),
        ods.write(tmp_path / "b1.csv", [ods.branch("ZA0001001", "ZA0001")]),
    ]
    second = [
        ods.write(tmp_path / "s2.csv", [ods.sub_icb("ZS1", "ZI2"), ods.sub_icb("ZS2", "ZI1")]),
        ods.write(
            tmp_path / "p2.csv", [ods.practice("ZA0001", "ZS2", status="C"), ods.practice("ZA0002", "ZS1")]
        ),
        first[2],
    ]
    return [[top, *first], [top, *second]]


def test_roles_and_levels_through_move_closure_and_back(
    empty_realm: TestRealm, tree: Tree, console: Console, months: list[list[Path]]
) -> None:
    """SYN-2, ORG-3: the group keeps its id, and so its members, role subgroups and attributes."""
    bring_in(tree, months[0])
    console.set_attribute(console.group("ZR1", "ZI1", "ZS1", "ZA0001"), "approval_level", "multi")
    places = {code: each.path for code, each in tree.read().organisations.items()}
    held = {
        "ann": (USER, "ZA0001"),
        "bob": (USER, "ZA0001001"),
        "cat": (APPROVER, "ZS1"),
        "dan": (APPROVER, "ZI1"),
    }
    people = [
        NewPerson(f"{who}@p.example", who, "Example", "Anchor-Gale-1234", (Holding(role, places[code]),))
        for who, (role, code) in held.items()
    ]
    import_people(empty_realm.admin, empty_realm.name, people)
    reader = KeycloakReader(empty_realm.connection("reader"))

    def check() -> None:
        now = tree.read().organisations
        for who, (role, code) in held.items():
            person = reader.person_by_email(f"{who}@p.example")
            assert person is not None
            assert reader.standing(person.id).holdings == {Holding(role, now[code].path)}
        assert now["ZA0001"].approval_level is ApprovalLevel.MULTI

    check()
    comparison = compare(load(months[1]), tree)
    assert comparison.plan.counts[Operation.MOVE] == 2
    outcome = carry_out(comparison, tree, lambda _: None)
    assert (outcome.moved, outcome.closed) == (2, 1)
    check()
    assert bring_in(tree, months[1]) == NOTHING
    back = bring_in(tree, months[0])
    assert (back.moved, back.reopened) == (2, 1)
    check()
    assert bring_in(tree, months[0]) == NOTHING
