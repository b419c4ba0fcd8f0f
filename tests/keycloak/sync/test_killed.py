"""`cqrs sync apply` killed at any moment, again and again, ends where an undisturbed run does."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from directory.tree import Tree
from tests.keycloak.sync.console import Console
from tests.keycloak.sync.test_apply import NOTHING, bring_in, facts_of
from tests.support.builders import ods
from tests.support.fault_proxy import Spoiling, fault_proxy
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak

KILLS, TRIES = 3, 20
ADMINISTRATOR = ("CQRS_KEYCLOAK_ADMIN", "CQRS_KEYCLOAK_ADMIN_PASSWORD")


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


def kill_while_writing(tree: Tree, files: list[Path], environment: Mapping[str, str], pause: float) -> None:
    """Kills a run a moment after the tree has begun to grow, or lets it end if it has nothing to do."""
    before = len(tree.read().organisations)
    with start(files, environment) as process:
        while process.poll() is None and len(tree.read().organisations) == before:
            time.sleep(0.01)
        time.sleep(pause)
        process.kill()


@pytest.mark.parametrize("importing", [True, False], ids=["importing", "one by one"])
def test_killed_and_run_again(
    empty_realm: TestRealm, tree: Tree, console: Console, tmp_path: Path, importing: bool
) -> None:
    """SYN-3: stopped at any point and started again, it ends in the same state."""
    files, chance = ods.medium_country(tmp_path), random.Random(3)
    environment = environment_of(empty_realm, importing)
    sizes = []
    while len(sizes) < TRIES and sum(0 < size < 375 for size in sizes) < KILLS:
        if 375 in sizes[-1:]:
            console.remove(console.group("ZR1")["id"])  # it was too quick for us: once more from the start
        kill_while_writing(tree, files, environment, chance.uniform(0, 0.05))
        sizes.append(len(tree.read().organisations))
    assert any(0 < size < 375 for size in sizes), f"no kill hit a half-made tree: {sizes}"
    with start(files, environment) as process:
        said, wrong = process.communicate()
    assert process.returncode == 0, said + wrong
    assert console.top_groups() == ["clusters", "organisations", "sync"]
    killed = facts_of(tree)
    console.remove(console.group("ZR1")["id"])
    bring_in(tree, files)
    assert facts_of(tree) == killed
    assert bring_in(tree, files) == NOTHING


def test_killed_while_updating(empty_realm: TestRealm, tree: Tree, tmp_path: Path) -> None:
    """SYN-3, for changes: killed as it sends its hundredth."""
    bring_in(tree, ods.medium_country(tmp_path / "old"))
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


def test_killed_while_moving(empty_realm: TestRealm, tree: Tree, tmp_path: Path) -> None:
    """SYN-2, SYN-3: killed as it sends its hundredth move; each is there once, with its id."""
    bring_in(tree, ods.medium_country(tmp_path / "old"))
    before = {code: each.id for code, each in tree.read().organisations.items()}
    files = ods.medium_country(tmp_path / "new", shift=1)
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy:
        environment = environment_of(empty_realm, importing=False)
        with start([*files], environment | {"CQRS_KEYCLOAK_INTERNAL_URL": proxy.url}, "--yes") as process:
            hundredth = Spoiling("POST /children", after=99, reaches=False, meanwhile=process.kill)
            proxy.spoil(hundredth)
            process.communicate()
    assert hundredth.happened.is_set()
    assert {code: each.id for code, each in tree.read().organisations.items()} == before
    done = bring_in(tree, files)
    assert 0 < done.moved < 360
    assert bring_in(tree, files) == NOTHING


def test_stopped_by_hand(empty_realm: TestRealm, tree: Tree, tmp_path: Path) -> None:
    """SYN-3: Ctrl-C says that running again finishes it."""
    files = ods.medium_country(tmp_path)
    with start(files, environment_of(empty_realm, importing=False)) as process:
        while not tree.read().organisations:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said, wrong = process.communicate(timeout=30)
    assert process.returncode == 130, said + wrong
    assert wrong == "Stopped. Run the same again to finish.\n"
    bring_in(tree, files)
    assert bring_in(tree, files) == NOTHING
