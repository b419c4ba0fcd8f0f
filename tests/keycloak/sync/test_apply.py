"""Plans carried out in a real Keycloak."""

from dataclasses import replace
from pathlib import Path

import pytest

from directory.connection import Connection
from directory.errors import DirectoryAccessDenied, DirectoryRefused, DirectoryUnavailable
from directory.tree import Tree
from directory.vocabulary import Organisation
from sync.apply import Outcome
from sync.run import carry_out, compare, load
from tests.keycloak.sync.console import Console
from tests.support.builders import ods
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


NOTHING = Outcome()


def bring_in(tree: Tree, files: list[Path]) -> Outcome:
    return carry_out(compare(load(files), tree), tree, lambda _: None)


def facts_of(tree: Tree) -> set[Organisation]:
    """Everything of every organisation but the ids, which differ from realm to realm."""
    return {replace(each, id="") for each in tree.read().organisations.values()}


def test_all_are_made_where_they_belong(tree: Tree, console: Console, tmp_path: Path) -> None:
    """ORG-1, ORG-2: nested groups named by ODS code, their facts attributes; none is lost."""
    outcome = bring_in(tree, ods.small_country(tmp_path))
    assert outcome == Outcome(created=52)
    group = console.group("ZR1", "ZI2", "ZS3", "ZC0001")
    assert group["description"] == "HEALTH / WELLBEING CENTRE"
    assert group["attributes"] == {
        "name": ["HEALTH / WELLBEING CENTRE"],
        "type": ["provider"],
        "postcode": ["ZZ1 1ZZ"],
        "status": ["open"],
        "approval_level": ["single"],
    }
    assert console.group("UNLISTED", "7Z9", "ZC0003")["attributes"]["name"] == ["PARENT UNKNOWN HERE"]
    assert console.group("ZR1", "ZI1", "ZS1", "ZA0000", "ZA0000002")["attributes"]["type"] == ["branch"]


def test_a_second_run_changes_nothing(tree: Tree, tmp_path: Path) -> None:
    """SYN-3."""
    files = ods.small_country(tmp_path)
    bring_in(tree, files)
    before = tree.read().organisations
    assert bring_in(tree, files) == NOTHING
    assert tree.read().organisations == before


def test_importing_makes_the_same_tree_as_single_calls(
    tree: Tree, empty_realm: TestRealm, console: Console, tmp_path: Path
) -> None:
    """SYN-6: the fast way of the first load."""
    files = ods.medium_country(tmp_path)
    bring_in(Tree(empty_realm.connection("sync"), empty_realm.admin), files)
    imported = facts_of(tree)
    assert console.group("ZR1", "ZI1", "ZS00", "Z00000")["description"] == "SURGERY 0"
    assert console.top_groups() == ["clusters", "organisations"]
    console.remove(console.group("ZR1")["id"])
    bring_in(tree, files)
    assert facts_of(tree) == imported
    assert len(imported) == 3 + 12 + 360


def test_changed_facts_are_written_and_nothing_else(tree: Tree, console: Console, tmp_path: Path) -> None:
    """SYN-2: the approval level, and whatever an administrator noted, survive."""
    bring_in(tree, [ods.write(tmp_path / "old.csv", [ods.practice("ZA0001", name="OLD NAME")])])
    console.set_attribute(console.group("ZA0001"), "approval_level", "multi")
    console.set_attribute(console.group("ZA0001"), "note", "ring before eight")
    files = [ods.write(tmp_path / "new.csv", [ods.practice("ZA0001", name="NEW NAME", postcode="")])]
    assert bring_in(tree, files) == Outcome(updated=1)
    assert console.group("ZA0001")["description"] == "NEW NAME"
    assert console.group("ZA0001")["attributes"] == {
        "name": ["NEW NAME"],
        "type": ["provider"],
        "status": ["open"],
        "approval_level": ["multi"],
        "note": ["ring before eight"],
    }
    assert bring_in(tree, files) == NOTHING


def test_facts_mistyped_in_the_console_are_put_right(tree: Tree, console: Console, tmp_path: Path) -> None:
    files = [ods.write(tmp_path / "a.csv", [ods.practice("ZA0001", name="A SURGERY")])]
    bring_in(tree, files)
    console.set_attribute(console.group("ZA0001"), "name", "TYPO")
    assert bring_in(tree, files).updated == 1
    assert console.group("ZA0001")["attributes"]["name"] == ["A SURGERY"]


def test_roles_at_an_organisation_are_not_taken_for_organisations(
    tree: Tree, console: Console, tmp_path: Path
) -> None:
    """ORG-2."""
    files = ods.small_country(tmp_path)
    bring_in(tree, files)
    role = console.make("provider-user", console.group("ZR1", "ZI1", "ZS1", "ZA0001")["id"])
    assert bring_in(tree, files) == NOTHING
    assert role


class TestAfterAStop:
    """SYN-3: what a stopped run leaves is found and finished."""

    def test_a_subtree_not_yet_moved(self, tree: Tree, console: Console, tmp_path: Path) -> None:
        files = ods.small_country(tmp_path)
        stray = console.make("ZS2", type="sub-icb", name="HALF DONE", status="open")
        console.make("ZB0000", stray, type="provider", name="THE SURGERY", postcode="ZZ1 1ZZ", status="open")
        outcome = bring_in(tree, files)
        assert (outcome.created, outcome.finished, outcome.updated) == (50, 1, 2)
        assert console.top_groups() == ["clusters", "organisations"]
        assert console.group("ZR1", "ZI1", "ZS2")["id"] == stray
        assert bring_in(tree, files) == NOTHING

    def test_a_subtree_made_twice(self, tree: Tree, console: Console, tmp_path: Path) -> None:
        files = ods.small_country(tmp_path)
        bring_in(tree, files)
        console.make("ZB0000", console.make("ZS2", type="sub-icb"), type="provider")
        bring_in(tree, files)
        assert console.top_groups() == ["clusters", "organisations"]
        assert bring_in(tree, files) == NOTHING

    def test_one_in_which_people_may_have_roles_is_never_removed(
        self, tree: Tree, console: Console, tmp_path: Path
    ) -> None:
        files = ods.small_country(tmp_path)
        bring_in(tree, files)
        practice = console.make("ZB0000", console.make("ZS2", type="sub-icb"), type="provider")
        console.make("provider-user", practice)
        with pytest.raises(DirectoryRefused, match="has roles in it"):
            bring_in(tree, files)
        assert "ZS2" in console.top_groups()

    def test_other_peoples_groups_are_left_alone(self, tree: Tree, console: Console, tmp_path: Path) -> None:
        console.make("staff")
        bring_in(tree, ods.small_country(tmp_path))
        assert console.top_groups() == ["clusters", "organisations", "staff"]

    def test_a_foreign_group_in_the_way_of_an_import(
        self, empty_realm: TestRealm, console: Console, tmp_path: Path
    ) -> None:
        console.make("ZS00")
        with pytest.raises(DirectoryRefused, match="a group /ZS00 that is no organisation is in the way"):
            bring_in(Tree(empty_realm.connection("sync"), empty_realm.admin), ods.medium_country(tmp_path))


class TestRefusals:
    def test_a_wrong_secret(self, empty_realm: TestRealm) -> None:
        wrong = Connection(empty_realm.servers.keycloak_url, empty_realm.name, "cqrs-sync", "wrong")
        with pytest.raises(DirectoryAccessDenied, match="does not let the service account cqrs-sync"):
            Tree(wrong).read()

    def test_too_few_rights(self, empty_realm: TestRealm, tmp_path: Path) -> None:
        """The reader may look, and not write."""
        with pytest.raises(DirectoryAccessDenied, match="needs the role manage-users"):
            bring_in(Tree(empty_realm.connection("reader")), ods.small_country(tmp_path))

    def test_no_keycloak(self) -> None:
        why = r"does not answer at http://127\.0\.0\.1:9 while reading the top groups"
        with pytest.raises(DirectoryUnavailable, match=why):
            Tree(Connection("http://127.0.0.1:9", "cqrs", "cqrs-sync", "x")).read()

    def test_an_organisation_that_stands_twice(self, tree: Tree, console: Console, tmp_path: Path) -> None:
        bring_in(tree, ods.small_country(tmp_path))
        console.make("ZA0001", console.group("ZR1")["id"], type="provider")
        with pytest.raises(DirectoryRefused, match="ZA0001 stands in Keycloak twice"):
            tree.read()
