"""`cqrs sync apply` killed at any moment, again and again, ends where an undisturbed run does."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from directory.tree import Tree
from directory.vocabulary import Organisation
from tests.keycloak.sync.console import Console
from tests.keycloak.sync.test_apply import NOTHING, bring_in, facts_of
from tests.support.builders import ods
from tests.support.fault_proxy import FaultProxy, Spoiling, fault_proxy
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak

KILLS = 3
WRITE = "POST /admin/realms/"
"""Of which an import of the whole makes 28, and single calls 375."""
ADMINISTRATOR = ("CQRS_KEYCLOAK_ADMIN", "CQRS_KEYCLOAK_ADMIN_PASSWORD")


@pytest.fixture
def loader(empty_realm: TestRealm) -> Tree:
    """What brings a country in undisturbed, in a few imports; one by one costs a processor seconds more."""
    return Tree(empty_realm.connection("sync"), empty_realm.admin)


def start(files: list[Path], environment: Mapping[str, str], *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "commands", "sync", "apply", *map(str, files), *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=pipe,
        stderr=pipe,
        text=True,
        preexec_fn=_heed_interrupts,  # noqa: PLW1509 - no thread of this process holds a lock here
    )


def _heed_interrupts() -> None:
    """A run of the tests in the background ignores SIGINT, and what it starts would ignore it too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def environment_of(realm: TestRealm, importing: bool) -> dict[str, str]:
    return {
        name: value for name, value in realm.environment.items() if importing or name not in ADMINISTRATOR
    }


def signalled(
    at: Spoiling, proxy: FaultProxy, number: int, files: list[Path], environment: Mapping[str, str]
) -> tuple[int, str]:
    """A run that gets this signal at this of its calls; how it ended, and what it said was wrong."""
    running: list[subprocess.Popen[str]] = []
    proxy.spoil(replace(at, meanwhile=lambda: running[0].send_signal(number)))
    with start(files, {**environment, "CQRS_KEYCLOAK_INTERNAL_URL": proxy.url}) as process:
        running.append(process)
        _, wrong = process.communicate()
    return process.returncode, wrong


@pytest.mark.parametrize(("importing", "most"), [(True, 8), (False, 100)], ids=["importing", "one by one"])
def test_killed_and_run_again(
    empty_realm: TestRealm,
    tree: Tree,
    loader: Tree,
    console: Console,
    tmp_path: Path,
    importing: bool,
    most: int,
) -> None:
    """SYN-3: stopped at any of its writes, done or not, and started again, it ends in the same state."""
    files, chance = ods.medium_country(tmp_path), random.Random(3)
    environment = environment_of(empty_realm, importing)
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy:
        for _ in range(KILLS):
            at = Spoiling(WRITE, after=chance.randint(4, most), reaches=chance.random() < 0.5)
            killed = signalled(at, proxy, signal.SIGKILL, files, environment)
            assert killed == (-signal.SIGKILL, "")
            assert len(still(tree)) < 375
        assert still(tree), "a part of the country there"
    with start(files, environment) as process:
        said, wrong = process.communicate()
    assert process.returncode == 0, said + wrong
    assert console.top_groups() == ["clusters", "organisations", "sync"]
    killed_often = facts_of(tree)
    console.remove(console.group("ZR1")["id"])
    bring_in(loader, files)
    assert facts_of(tree) == killed_often
    assert bring_in(tree, files) == NOTHING


def still(tree: Tree) -> set[Organisation]:
    """What is there once Keycloak has done what had reached it when its sender was killed."""
    seen = facts_of(tree)

    def is_still() -> bool:
        nonlocal seen
        time.sleep(1)
        before, seen = seen, facts_of(tree)
        return seen == before

    wait_until(is_still, 60, "Keycloak done with it")
    return seen


def test_killed_while_updating(empty_realm: TestRealm, tree: Tree, loader: Tree, tmp_path: Path) -> None:
    """SYN-3, for changes: killed as it sends its hundredth."""
    bring_in(loader, ods.medium_country(tmp_path / "old"))
    files = ods.medium_country(tmp_path / "new", rename="RENAMED")
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy:
        environment = environment_of(empty_realm, importing=False)
        with start(files, environment | {"CQRS_KEYCLOAK_INTERNAL_URL": proxy.url}) as process:
            hundredth = Spoiling("PUT /groups/", after=99, reaches=False, meanwhile=process.kill)
            proxy.spoil(hundredth)
            process.communicate()
    assert hundredth.happened.is_set()
    done = bring_in(tree, files)
    assert 0 < done.updated < 360
    assert bring_in(tree, files) == NOTHING


def ids_of(tree: Tree) -> dict[str, str]:
    return {code: each.id for code, each in tree.read().organisations.items()}


def test_killed_while_moving(empty_realm: TestRealm, tree: Tree, loader: Tree, tmp_path: Path) -> None:
    """SYN-2, SYN-3: killed as it sends its hundredth move; each is there once, with its id."""
    bring_in(loader, ods.medium_country(tmp_path / "old"))
    before = ids_of(tree)
    files = ods.medium_country(tmp_path / "new", shift=1)
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy:
        environment = environment_of(empty_realm, importing=False)
        with start([*files], environment | {"CQRS_KEYCLOAK_INTERNAL_URL": proxy.url}, "--yes") as process:
            hundredth = Spoiling("POST /children", after=99, reaches=False, meanwhile=process.kill)
            proxy.spoil(hundredth)
            process.communicate()
    assert hundredth.happened.is_set()
    # Some others were under way, each away from the one parent and not yet at the other.
    wait_until(lambda: ids_of(tree) == before, 60, "each there once")
    done = bring_in(tree, files)
    assert 0 < done.moved < 360
    assert bring_in(tree, files) == NOTHING


def test_stopped_by_hand(empty_realm: TestRealm, tree: Tree, tmp_path: Path) -> None:
    """SYN-3: Ctrl-C says that running again finishes it."""
    files = ods.medium_country(tmp_path)
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy:
        tenth = Spoiling(WRITE, after=9, goes_on=True)
        code, wrong = signalled(tenth, proxy, signal.SIGINT, files, environment_of(empty_realm, False))
    assert code == 130, wrong
    assert 0 < len(tree.read().organisations) < 375
    assert wrong == "Stopped. Run the same again to finish.\n"
    bring_in(tree, files)
    assert bring_in(tree, files) == NOTHING
