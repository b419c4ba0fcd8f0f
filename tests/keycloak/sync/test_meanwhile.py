"""What the portal or the console changes while a sync runs is still so when it is done."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from directory.errors import DirectoryUnavailable
from directory.tree import Tree
from sync.run import carry_out, compare, load
from tests.keycloak.sync.console import Console
from tests.support.builders import ods
from tests.support.fault_proxy import FaultProxy, Spoiling, fault_proxy
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak

BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def proxy(empty_realm: TestRealm) -> Iterator[FaultProxy]:
    with fault_proxy(empty_realm.servers.keycloak_url) as made:
        yield made


@pytest.fixture
def slow(empty_realm: TestRealm, proxy: FaultProxy) -> Tree:
    """The tree, by way of the proxy."""
    return Tree(replace(empty_realm.connection("sync"), url=proxy.url))


@pytest.fixture
def renamed(tree: Tree, tmp_path: Path) -> Path:
    """The file in which an organisation of Keycloak's has another name."""
    old = ods.write(tmp_path / "old.csv", [ods.practice("ZA0001", name="OLD NAME")])
    carry_out(compare(load([old]), tree), tree, lambda _: None)
    return ods.write(tmp_path / "new.csv", [ods.practice("ZA0001", name="NEW NAME")])


def switch(console: Console) -> None:
    console.set_attribute(console.group("ZA0001"), "approval_level", "multi")


def facts(console: Console) -> dict[str, str]:
    return {name: values[0] for name, values in console.group("ZA0001")["attributes"].items()}


def test_a_level_switched_after_the_tree_was_read(tree: Tree, console: Console, renamed: Path) -> None:
    """ORG-3, SYN-2: reading a country and making what is new can take minutes before facts are written."""
    comparison = compare(load([renamed]), tree)
    switch(console)
    carry_out(comparison, tree, lambda _: None)
    assert facts(console)["name"] == "NEW NAME"
    assert facts(console)["approval_level"] == "multi"


@pytest.mark.parametrize("answer", [BUSY, b""], ids=["busy", "cut"])
def test_a_level_switched_while_keycloak_fails(
    slow: Tree, proxy: FaultProxy, console: Console, renamed: Path, answer: bytes
) -> None:
    """ORG-3, SYN-3: the second try doesn't put back what the first one had read."""
    comparison = compare(load([renamed]), slow)
    lost = Spoiling("PUT /groups/", reaches=False, answer=answer, meanwhile=lambda: switch(console))
    proxy.spoil(lost)
    carry_out(comparison, slow, lambda _: None)
    assert lost.happened.is_set()
    assert facts(console)["name"] == "NEW NAME"
    assert facts(console)["approval_level"] == "multi"


def test_a_keycloak_that_goes_away_in_the_middle_is_waited_for(
    slow: Tree, proxy: FaultProxy, console: Console, renamed: Path
) -> None:
    """SYN-3: as when it restarts under a run: more failures in a row than a single fault makes."""
    comparison = compare(load([renamed]), slow)
    left = ["fourth", "third", "second"]

    def again() -> None:
        if left.pop():
            proxy.spoil(away(again) if left else Spoiling("none such"))

    proxy.spoil(away(again))
    carry_out(comparison, slow, lambda _: None)
    assert left == []
    assert facts(console)["name"] == "NEW NAME"


def away(then: Callable[[], None]) -> Spoiling:
    return Spoiling("PUT /groups/", reaches=False, answer=BUSY, meanwhile=then)


def test_facts_overwritten_at_once_are_written_again(
    slow: Tree, proxy: FaultProxy, console: Console, renamed: Path
) -> None:
    """SYN-2: somebody who read before the sync wrote after it, a level for example."""
    comparison = compare(load([renamed]), slow)
    stale = console.group("ZA0001")
    overwrite = Spoiling(
        "GET /groups/",
        after=1,
        meanwhile=lambda: console.set_attribute(stale, "approval_level", "multi"),
        goes_on=True,
    )
    proxy.spoil(overwrite)
    carry_out(comparison, slow, lambda _: None)
    assert overwrite.happened.is_set()
    assert facts(console)["name"] == "NEW NAME"
    assert facts(console)["approval_level"] == "multi"


def test_others_who_never_stop(slow: Tree, proxy: FaultProxy, console: Console, renamed: Path) -> None:
    """SYN-3: the run says so and stops; the next one goes on."""
    comparison, stale = compare(load([renamed]), slow), console.group("ZA0001")

    def overwrite() -> None:
        console.set_attribute(stale, "name", "OLD NAME")
        proxy.spoil(Spoiling("GET /groups/", meanwhile=overwrite, goes_on=True))

    proxy.spoil(Spoiling("GET /groups/", meanwhile=overwrite, goes_on=True))
    with pytest.raises(DirectoryUnavailable, match="changing ZA0001: run again"):
        carry_out(comparison, slow, lambda _: None)
    proxy.spoil(Spoiling("none such"))
    carry_out(compare(load([renamed]), slow), slow, lambda _: None)
    assert facts(console)["name"] == "NEW NAME"
