"""The tree in memory and the real server agree: one suite on both."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from directory.errors import AlreadyThere
from directory.tree import Tree
from directory.tree_moves import Placement
from directory.vocabulary import Organisation
from sync.apply import Outcome
from sync.run import carry_out, compare, load
from tests.support.builders import ods
from tests.support.fakes.tree import FakeTree

AnyTree = Tree | FakeTree


@pytest.fixture(params=["in memory", pytest.param("real", marks=pytest.mark.keycloak)])
def either(request: pytest.FixtureRequest) -> AnyTree:
    return FakeTree() if request.param == "in memory" else request.getfixturevalue("tree")


@pytest.fixture
def bring_in(either: AnyTree, tmp_path: Path) -> Callable[..., Outcome]:
    """Carries out the lists whose rows are given, one list each."""

    def carry(*lists: list[list[str]]) -> Outcome:
        files = [ods.write(tmp_path / f"{number}.csv", rows) for number, rows in enumerate(lists)]
        return carry_out(compare(load(files), either), either, lambda _: None)

    return carry


def there(tree: AnyTree) -> dict[str, Organisation]:
    return tree.read().organisations


def paths(tree: AnyTree) -> set[str]:
    return {"/".join(each.path) for each in there(tree).values()}


TOP = [ods.region("ZR1"), ods.icb("ZI1", "ZR1"), ods.icb("ZI2", "ZR1")]
SUBS = [ods.sub_icb("ZS1", "ZI1"), ods.sub_icb("ZS2", "ZI2")]
MERGED = [ods.sub_icb("ZS1", "ZI2"), ods.sub_icb("ZS2", "ZI2")]


ONE_MONTH = [
    ods.practice("ZA0001", "ZS1"),
    ods.practice("ZA0002", "ZS1"),
    ods.practice("ZA0003", "7Z1"),
    ods.practice("ZA0004", "ZS2"),
]
THE_NEXT = [
    ods.practice("ZA0001", "ZS2", "NEW NAME", postcode="", town="LEEDS"),
    ods.practice("ZA0002", "ZS1", status="C"),
    ods.practice("ZA0003", "ZS1"),
    ods.practice("ZA0005", "ZS1"),
]
BRANCHES = [ods.branch("ZA0001001", "ZA0001")]


def test_a_month_that_changes_everything(either: AnyTree, bring_in: Callable[..., Outcome]) -> None:
    """SYN-1, SYN-2: ids stay, whatever moves, closes or opens again."""
    bring_in(TOP, SUBS, ONE_MONTH, BRANCHES)
    before = there(either)
    outcome = bring_in(TOP, MERGED, THE_NEXT, BRANCHES)
    assert outcome == Outcome(created=1, moved=3, updated=2, closed=3)
    assert paths(either) == {
        "ZR1",
        "ZR1/ZI1",
        "ZR1/ZI2",
        "ZR1/ZI2/ZS1",
        "ZR1/ZI2/ZS1/ZA0002",
        "ZR1/ZI2/ZS1/ZA0003",
        "ZR1/ZI2/ZS1/ZA0005",
        "ZR1/ZI2/ZS2",
        "ZR1/ZI2/ZS2/ZA0001",
        "ZR1/ZI2/ZS2/ZA0001/ZA0001001",
        "ZR1/ZI2/ZS2/ZA0004",
        "UNLISTED",
        "UNLISTED/7Z1",
    }
    after = there(either)
    assert {code for code, each in after.items() if not each.is_open} == {"ZA0002", "ZA0004", "7Z1"}
    renamed = after["ZA0001"]
    assert (renamed.name, renamed.postcode, renamed.town) == ("NEW NAME", "", "LEEDS")
    assert {code: each.id for code, each in before.items()}.items() <= {
        code: each.id for code, each in after.items()
    }.items()


def test_there_and_back_again(either: AnyTree, bring_in: Callable[..., Outcome]) -> None:
    """SYN-1: the old lists once more make the old tree, but for what was new since, which closes."""
    old = [ods.practice("ZA0001", "ZS1"), ods.practice("ZA0002", "7Z1")]
    bring_in(TOP, SUBS, old)
    before = there(either)
    bring_in(TOP, MERGED, [ods.practice("ZA0001", "ZS2"), ods.practice("ZA0003", "ZS1")])
    outcome = bring_in(TOP, SUBS, old)
    assert (outcome.moved, outcome.closed, outcome.reopened) == (2, 1, 2)
    assert {code: each for code, each in there(either).items() if code != "ZA0003"} == before
    assert bring_in(TOP, SUBS, old) == Outcome()


def test_two_that_change_places(either: AnyTree, bring_in: Callable[..., Outcome]) -> None:
    """SYN-1: the one below is taken out before the one above goes below it."""
    others = [ods.branch("ZA0009001", "ZA0009"), ods.branch("ZA0009002", "ZA0009")]
    main = ods.practice("ZA0009", "ZS1")
    bring_in(TOP, SUBS, [ods.practice("ZA0001", "ZS1"), main], [*others, ods.branch("ZA0001001", "ZA0001")])
    bring_in(
        TOP, SUBS, [ods.practice("ZA0001001", "ZS1"), main], [*others, ods.branch("ZA0001", "ZA0001001")]
    )
    assert {"ZR1/ZI1/ZS1/ZA0001001", "ZR1/ZI1/ZS1/ZA0001001/ZA0001"} <= paths(either)


def test_one_whose_place_is_taken_stays_and_nothing_is_removed(
    either: AnyTree, bring_in: Callable[..., Outcome]
) -> None:
    """SYN-2: a move that meets its double is refused; what stands at the top of the realm alone may go."""
    bring_in(TOP, SUBS, [ods.practice("ZA0001", "ZS1")])
    places = there(either)
    double = replace(places["ZA0001"], path=("ZR1", "ZI2", "ZS2", "ZA0001"), id="")
    either.create([double], either.read(), lambda _: None)
    put = Placement(places["ZA0001"].id, "ZA0001", places["ZS2"].id)
    with pytest.raises(AlreadyThere, match="ZA0001 stands twice"):
        either.move([put], lambda _: None)


def test_moved_twice_is_as_good(either: AnyTree, bring_in: Callable[..., Outcome]) -> None:
    """SYN-3: a lost reply is asked again."""
    bring_in(TOP, SUBS, [ods.practice("ZA0001", "ZS1")])
    places = there(either)
    put = Placement(places["ZA0001"].id, "ZA0001", places["ZS2"].id)
    either.move([put, put], lambda _: None)
    assert "ZR1/ZI2/ZS2/ZA0001" in paths(either)
