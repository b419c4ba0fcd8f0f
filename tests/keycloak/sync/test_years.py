"""A country through the years and back: the tree is the list's each time, and people are where they were."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from directory.people_import import NewPerson, import_people
from directory.reader import KeycloakReader
from directory.tree import Tree
from directory.vocabulary import UNLISTED, ApprovalLevel, Holding, Organisation, Role
from sync.apply import Outcome
from sync.parents import checked, named_parent
from sync.run import carry_out, compare, load
from tests.keycloak.sync.console import Console
from tests.support.builders.years import years
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
PEOPLE, LEVELS = 300, 20
Tree_ = dict[str, Organisation]


def test_there_and_back(empty_realm: TestRealm, console: Console, tmp_path: Path) -> None:
    """SYN-1, SYN-2, SYN-6: nothing -> the earlier year -> the later one -> the earlier one again."""
    lists, chance = years(tmp_path), random.Random(7)
    loader = Tree(empty_realm.connection("sync"), empty_realm.admin)
    carry_out(compare(load(lists.earlier), loader), loader, lambda _: None)
    tree = Tree(empty_realm.connection("sync"))
    first = tree.read().organisations
    check_equal(first, lists.earlier)
    held = enrol(empty_realm, chance, first)
    multi = switch_levels(console, chance, first)
    for files in (lists.later, lists.earlier):
        outcome = bring_in(tree, files)
        assert outcome.moved > 0
        assert outcome.closed > 0
        now = tree.read().organisations
        check_equal(now, files)
        assert {code: now[code].id for code in first} == {code: each.id for code, each in first.items()}
        assert {code for code, each in now.items() if each.approval_level is ApprovalLevel.MULTI} == multi
        assert holdings(empty_realm) == held
    assert bring_in(tree, lists.earlier) == Outcome()


def bring_in(tree: Tree, files: Sequence[Path]) -> Outcome:
    return carry_out(compare(load(files), tree), tree, lambda _: None)


def check_equal(there: Tree_, files: Sequence[Path]) -> None:
    """Whatever a list names as open is open, with its facts and under its parent; all else is closed."""
    records = checked(load(files))
    named = {code for code, record in records.items() if record.is_open}
    needed = {named_parent(records[code]) for code in named} - {""} - {*records}
    assert {code for code, each in there.items() if each.is_open} == named | needed | {UNLISTED}
    for code in named:
        record, found = records[code], there[code]
        assert (found.name, found.postcode, found.town) == (record.name, record.postcode, record.town)
        parent = named_parent(record)
        assert found.parent == (parent if parent in there else None), code
    for code in needed:
        assert there[code].path == (UNLISTED, code)


def enrol(realm: TestRealm, chance: random.Random, there: Tree_) -> set[tuple[str, Role, str]]:
    """People with a role each, most at practices; who holds what at which code."""
    places = chance.sample(sorted(there.values(), key=lambda each: each.code), PEOPLE)
    roles = {place: Role.PROVIDER_USER if place.is_provider else Role.COMMISSIONER_USER for place in places}
    people = [
        NewPerson(f"p{number}@p.example", "Ann", "Example", "Anchor-Gale-1234", (Holding(role, place.path),))
        for number, (place, role) in enumerate(roles.items())
    ]
    import_people(realm.admin, realm.name, people)
    held = holdings(realm)
    assert {code for _, _, code in held} == {place.code for place in places}
    return held


def holdings(realm: TestRealm) -> set[tuple[str, Role, str]]:
    reader = KeycloakReader(realm.connection("reader"))
    return {(who, holding.role, holding.organisation) for who, holding in reader.all_holdings()}


def switch_levels(console: Console, chance: random.Random, there: Tree_) -> set[str]:
    practices = sorted(each.code for each in there.values() if each.is_provider)
    chosen = chance.sample(practices, LEVELS)
    for code in chosen:
        console.set_attribute(console.group(*there[code].path), "approval_level", "multi")
    return set(chosen)
