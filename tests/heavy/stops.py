"""The sync stopped on the real thing: `make stops`, some minutes.

`cqrs sync apply` is killed at a hundred random writes, on its way from one list to the other and back, and
each time it ends where an undisturbed run does. And Keycloak is killed under it and started again: it waits,
and ends right. Not among the tests: it is run by itself, and prints how far it is.
"""

import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from directory.tree import Tree
from stack.servers import Servers
from stack.service import Restarter
from stack.state import clean_state
from sync.apply import Outcome
from tests.keycloak.sync.test_apply import facts_of
from tests.keycloak.sync.test_killed import environment_of, start
from tests.keycloak.sync.test_years import bring_in
from tests.support.builders.years import made_up_years
from tests.support.fault_proxy import FaultProxy, Spoiling, fault_proxy
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningPostgres
from tests.support.servers.sources import as_running

KILLS, LONGEST_WAY = 100, 300
LONGEST = 300.0
WRITE = "POST|PUT /admin/realms/"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of this module's own, one of which may be killed."""
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as closing:
        closing.callback(clean_state, folder)
        servers = closing.enter_context(Servers(folder))
        RunningPostgres(servers.postgres_url).forgo_safety()
        yield servers


@pytest.fixture
def disturbed(own: Servers) -> Iterator[TestRealm]:
    with fresh_realm(as_running(own)) as made:
        yield made


@pytest.fixture
def undisturbed(own: Servers) -> Iterator[TestRealm]:
    with fresh_realm(as_running(own)) as made:
        yield made


def test_killed_a_hundred_times(disturbed: TestRealm, undisturbed: TestRealm, tmp_path: Path) -> None:
    """SYN-3: at any write, done by Keycloak or not; the same end state each time, and nothing left to do."""
    lists, chance, kills = made_up_years(tmp_path), random.Random(13), 0
    ways = [lists.earlier, lists.later]
    for realm in (disturbed, undisturbed):
        bring_in(Tree(realm.connection("sync"), realm.admin), lists.later)
    with fault_proxy(disturbed.servers.keycloak_url) as proxy:
        while kills < KILLS:
            files = ways[0]
            ways.reverse()
            while killed(disturbed, proxy, files, chance):
                kills += 1
                print(f"killed {kills} times", flush=True)
            check_same(disturbed, undisturbed, files)


def killed(realm: TestRealm, proxy: FaultProxy, files: Sequence[Path], chance: random.Random) -> bool:
    """Whether a run that was to be killed at some write was, rather than having come to its end."""
    after, reaches = chance.randint(4, LONGEST_WAY), chance.random() < 0.5
    environment = environment_of(realm, importing=False) | {"CQRS_KEYCLOAK_INTERNAL_URL": proxy.url}
    with start([*files], environment, "--yes") as process:
        proxy.spoil(Spoiling(WRITE, after, reaches=reaches, meanwhile=process.kill))
        said, wrong = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), said + wrong
    return process.returncode != 0


def check_same(disturbed: TestRealm, undisturbed: TestRealm, files: Sequence[Path]) -> None:
    tree, calm = (Tree(realm.connection("sync")) for realm in (disturbed, undisturbed))
    bring_in(calm, files)
    assert facts_of(tree) == facts_of(calm)
    assert bring_in(tree, files) == Outcome()


def test_keycloak_killed_in_the_middle(own: Servers, disturbed: TestRealm, tmp_path: Path) -> None:
    """SYN-3: the run waits until it is back, and ends as if nothing had been."""
    lists, keycloak, dead = made_up_years(tmp_path), own.service("Keycloak"), Event()
    bring_in(Tree(disturbed.connection("sync"), disturbed.admin), lists.earlier)

    def kill() -> None:
        assert keycloak.child is not None
        keycloak.child.popen.kill()
        keycloak.child.popen.wait()
        dead.set()

    with fault_proxy(disturbed.servers.keycloak_url) as proxy:
        proxy.spoil(Spoiling(WRITE, after=200, reaches=False, meanwhile=kill))
        environment = environment_of(disturbed, importing=False)
        environment |= {"CQRS_KEYCLOAK_INTERNAL_URL": proxy.url}
        with start([*lists.later], environment, "--yes") as process:
            assert dead.wait(LONGEST)
            # By this thread: what a thread has started ends with it.
            Restarter([keycloak], own.console, lambda: None).check()
            said, wrong = process.communicate()
    assert process.returncode == 0, said + wrong
    assert bring_in(Tree(disturbed.connection("sync")), lists.later) == Outcome()


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-s", "-p", "no:cacheprovider"]))
