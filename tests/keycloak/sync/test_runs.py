"""One run at a time, and what each says of itself in Keycloak."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, current_thread, main_thread

import pytest

from directory.errors import AlreadyThere
from directory.reader import KeycloakReader
from directory.sync_runs import RunLog, RunState, SyncRun
from directory.tree import Tree
from sync.turn import telling, turn
from tests.keycloak.sync.console import Console
from tests.keycloak.sync.test_command import run
from tests.support.builders import ods
from tests.support.fault_proxy import FaultProxy, Spoiling, fault_proxy
from tests.support.heard import names_heard
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


@pytest.fixture
def log(empty_realm: TestRealm) -> RunLog:
    return RunLog(empty_realm.connection("sync"))


def under_way(process: int, host: str = "", said: timedelta = timedelta(0)) -> SyncRun:
    at = datetime.now(UTC) - said
    return SyncRun(host or socket.gethostname(), process, ("epraccur.zip",), at, at)


def through(proxy: FaultProxy, realm: TestRealm) -> TestRealm:
    """The realm as a run has it that reaches Keycloak by way of the proxy."""
    return replace(realm, environment=realm.environment | {"CQRS_KEYCLOAK_INTERNAL_URL": proxy.url})


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_second_run_is_refused_while_the_first_goes_on(
    empty_realm: TestRealm, log: RunLog, tree: Tree, tmp_path: Path
) -> None:
    """SYN-3: two at once would undo each other's changes."""
    for living in (under_way(os.getppid()), under_way(1, "another-host", timedelta(minutes=4))):
        begun = log.begin(living, log.recorded())
        said = run(empty_realm, "apply", *ods.small_country(tmp_path))
        assert said.exit_code == 5, said.output
        assert f"Another run is under way since {begun.began_at:%H:%M}" in said.output
        assert "Nothing was written." in said.output
        assert tree.read().organisations == {}
        assert log.recorded().runs[0] == begun
        log.tell(replace(begun, state=RunState.DONE))


def test_a_run_that_was_killed_holds_nobody_up(empty_realm: TestRealm, log: RunLog, tmp_path: Path) -> None:
    """SYN-3: it can't say that it is over; that its process is gone, or that it is silent, does."""
    log.begin(under_way(gone()), log.recorded())
    files = ods.small_country(tmp_path)
    assert run(empty_realm, "apply", *files).exit_code == 0
    log.begin(under_way(1, "another-host", timedelta(minutes=6)), log.recorded())
    assert run(empty_realm, "apply", *files).exit_code == 0
    states = [one.state for one in log.recorded().runs]
    assert states == [RunState.UNCHANGED, RunState.STOPPED, RunState.DONE, RunState.STOPPED]


def test_of_two_that_begin_at_the_same_moment_one_does(log: RunLog) -> None:
    before = log.recorded()
    first = log.begin(under_way(1), before)
    with pytest.raises(AlreadyThere):
        log.begin(under_way(2), before)
    assert log.recorded().runs == (first,)


@pytest.mark.parametrize(
    ("earlier", "name", "value"), [(0, "state", "ended"), (1, "state", "ended"), (1, "told_at", "2025-11-13")]
)
def test_a_run_that_was_changed_by_hand_stops_none_of_those_to_come(
    empty_realm: TestRealm,
    log: RunLog,
    console: Console,
    tmp_path: Path,
    earlier: int,
    name: str,
    value: str,
) -> None:
    """SYN-3: it says nothing any more that is ours, but its number is taken."""
    for _ in range(earlier):
        log.begin(replace(under_way(1), state=RunState.DONE), log.recorded())
    changed = log.begin(under_way(gone()), log.recorded())
    console.set_attribute(changed.as_group() | {"id": changed.id}, name, value)
    said = run(empty_realm, "apply", *ods.small_country(tmp_path))
    assert said.exit_code == 0, said.output
    assert [one.number for one in log.recorded().runs] == [2 + earlier, *range(earlier, 0, -1)]


@pytest.fixture
def renamed(empty_realm: TestRealm, tmp_path: Path) -> Path:
    """The file in which an organisation of Keycloak's has another name."""
    run(empty_realm, "apply", ods.write(tmp_path / "old.csv", [ods.practice("ZA0001", name="OLD NAME")]))
    return ods.write(tmp_path / "new.csv", [ods.practice("ZA0001", name="NEW NAME")])


def test_a_run_says_that_it_writes_before_it_does(empty_realm: TestRealm, log: RunLog, renamed: Path) -> None:
    """SYN-4: killed right after, it would else be one that told nothing, and a month's file undo it."""
    seen: list[SyncRun] = []
    first_write = Spoiling(
        "PUT /groups/", after=1, meanwhile=lambda: seen.extend(log.recorded().runs), goes_on=True
    )
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy, proxy.spoiled(first_write):
        assert run(through(proxy, empty_realm), "apply", renamed).exit_code == 0
    assert [(one.state, one.wrote, one.done) for one in seen] == [
        (RunState.RUNNING, True, 0),
        (RunState.DONE, True, 1),
    ]


def test_a_run_that_can_not_say_so_does_not_write(
    empty_realm: TestRealm, log: RunLog, console: Console, renamed: Path
) -> None:
    unheard = Spoiling("PUT /groups/", reaches=False)
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy, proxy.spoiled(unheard):
        assert run(through(proxy, empty_realm), "apply", renamed).exit_code == 1
    assert console.group("ZA0001")["attributes"]["name"] == ["OLD NAME"]
    failed, _ = log.recorded().runs
    assert (failed.state, failed.wrote) == (RunState.FAILED, False)


@pytest.mark.parametrize("over", [True, False])
def test_one_that_was_quicker_is_waited_for_only_while_it_is_under_way(
    empty_realm: TestRealm, log: RunLog, tmp_path: Path, over: bool
) -> None:
    """SYN-3: both saw that nobody had the turn, and it took the number."""

    def quicker() -> None:
        one = under_way(os.getppid())
        log.begin(replace(one, state=RunState.DONE) if over else one, log.recorded())

    first = log.begin(replace(under_way(1), state=RunState.DONE), log.recorded())
    before = Spoiling("POST /children", meanwhile=quicker, goes_on=True)
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy, proxy.spoiled(before):
        said = run(through(proxy, empty_realm), "apply", *ods.small_country(tmp_path))
    assert (said.exit_code, "Another run is under way" in said.output) == ((0, False) if over else (5, True))
    assert [one.number for one in log.recorded().runs] == ([3, 2, 1] if over else [2, first.number])


class SlowLog(RunLog):
    """The first sign of life is on its way until it may arrive. `said` is what set out and arrived."""

    def __init__(self, realm: TestRealm) -> None:
        super().__init__(realm.connection("sync"))
        self.on_its_way, self.may_arrive = Event(), Event()
        self.said: list[RunState] = []

    def tell(self, run: SyncRun) -> None:
        self.said.append(run.state)
        if current_thread() is not main_thread():
            self.on_its_way.set()
            self.may_arrive.wait()
        super().tell(run)
        self.said.append(run.state)


def test_a_sign_of_life_that_arrives_late_is_not_the_last_word(empty_realm: TestRealm) -> None:
    """SYN-3: the Service Desk would read that it runs, and for minutes no other could."""
    log = SlowLog(empty_realm)
    told = telling(log, ["epraccur.zip"])
    with turn(told, every=0.01):
        log.on_its_way.wait()
        log.may_arrive.set()
        told.end(RunState.DONE)
        # It is said already, if a kill comes before the turn is over.
        assert [one.state for one in log.recorded().runs] == [RunState.DONE]
        told.beat()
    assert [one.state for one in log.recorded().runs] == [RunState.DONE]
    assert log.said == [RunState.RUNNING] * (len(log.said) - 2) + [RunState.DONE] * 2


def test_what_runs_say_of_themselves(empty_realm: TestRealm, tmp_path: Path) -> None:
    """SYN-3, SYN-4, SYN-5: as the portal's own account reads it."""
    rows = [ods.practice(f"ZA{number:04}") for number in range(60)]
    run(empty_realm, "apply", ods.write(tmp_path / "a.csv", rows))
    run(empty_realm, "apply", ods.write(tmp_path / "b.csv", rows[:30]))
    run(empty_realm, "apply", ods.write(tmp_path / "c.csv", [*rows, rows[0]]))
    failed, waiting, done = KeycloakReader(empty_realm.connection("reader")).sync_runs()
    assert (failed.state, failed.sources) == (RunState.FAILED, ("c.csv",))
    assert failed.problem == "c.csv, line 61: ZA0000 was already given in c.csv, line 1: remove one of them"
    assert (waiting.state, waiting.counts) == (RunState.WAITING, {"close": 30})
    assert waiting.problem.startswith("30 of 60 open organisations would close or move")
    assert waiting.changes[0] == "close ZA0030 ZA0030 SURGERY"
    assert (done.state, done.counts, done.done) == (RunState.DONE, {"create": 60}, 60)


def test_the_oldest_go_when_there_are_far_too_many(empty_realm: TestRealm) -> None:
    log = RunLog(empty_realm.connection("sync"), kept=2)
    for expected in ([1], [2, 1], [3, 2, 1], [4, 3]):
        log.begin(under_way(1), log.recorded())
        log.cut(log.recorded().runs)
        assert [one.number for one in log.recorded().runs] == expected


def test_keycloak_hears_which_run_a_call_is_for(empty_realm: TestRealm, log: RunLog, tmp_path: Path) -> None:
    """Its access log can be read beside the list of runs: from its turn on, each call has the run's id."""
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy:
        said = run(through(proxy, empty_realm), "apply", *ods.small_country(tmp_path))
        assert said.exit_code == 0, said.output
    (this,) = log.recorded().runs
    names = [name for _, name in names_heard(proxy)]
    begun = names.index(this.id)
    assert set(names[:begun]) == {""}
    assert len(names[begun:]) > 20
    assert set(names[begun:]) == {this.id}


def test_keycloak_hears_which_run_was_stopped(empty_realm: TestRealm, log: RunLog) -> None:
    """It says so when its turn is over, and by its name."""
    with fault_proxy(empty_realm.servers.keycloak_url) as proxy:
        told = telling(RunLog(replace(empty_realm.connection("sync"), url=proxy.url)), ["epraccur.zip"])
        with turn(told):
            pass
        told.end(RunState.STOPPED)
    (this,) = log.recorded().runs
    assert this.state is RunState.STOPPED
    assert names_heard(proxy, this.id)[-1][1] == this.id
