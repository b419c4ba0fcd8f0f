"""What dies is started again, but not for ever; what an earlier run left is ended, and only that."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from stack import StackProblem
from stack.console import Console
from stack.disk import write_json
from stack.process import Child, ProcessRegister, start, stop_leftovers
from stack.service import CHECK_EVERY, Restarter, Service
from tests.stack.conftest import LONGEST_WAIT


def _service(folder: Path, code: str) -> Service:
    def launch() -> Child:
        return start("part", [sys.executable, "-c", code], log=folder / "log", environ={})

    return Service("part", launch, lambda: True, ProcessRegister(folder / "processes.json"), limit=5)


def test_a_service_that_is_killed_is_started_again(tmp_path: Path, console: Console) -> None:
    """Keycloak dying while running is restarted (here any part; the real one in test_whole_stack)."""
    service, restarted = _service(tmp_path, "import time; time.sleep(600)"), []
    service.start()
    assert service.child is not None
    first = service.child.popen.pid
    service.child.popen.kill()
    service.child.popen.wait()
    Restarter([service], console, lambda: restarted.append(True)).check()
    assert service.child.popen.pid != first
    assert not service.child.ended
    assert restarted == [True]
    service.stop()


def test_a_service_that_keeps_dying_ends_the_stack_with_one_line(tmp_path: Path, console: Console) -> None:
    """Each bad day gets one clear line."""
    service, pauses = _service(tmp_path, "raise SystemExit(3)"), []
    service.start()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        time.sleep(0.2)

    restarter = Restarter([service], console, lambda: None, pause)
    with pytest.raises(StackProblem, match="part died 6 times in ten minutes \\(exit code 3\\)"):
        restarter.run()
    pauses = [seconds for seconds in pauses if seconds != CHECK_EVERY]
    assert pauses == [0.0, 1.0, 3.0, 7.0, 15.0]


def test_only_what_the_earlier_run_started_is_ended(tmp_path: Path, bystander: psutil.Process) -> None:
    """Stops everything it started and nothing else, when a pid has gone to another program too."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as left:
        mine = {"pid": left.pid, "created": psutil.Process(left.pid).create_time(), "signal": signal.SIGTERM}
        theirs = {"pid": bystander.pid, "created": bystander.create_time() - 60, "signal": signal.SIGTERM}
        write_json(tmp_path / "processes.json", {"mine": mine, "theirs": theirs})
        assert stop_leftovers(tmp_path / "processes.json") == ["mine"]
        left.wait(LONGEST_WAIT)
    assert bystander.is_running()
    assert not (tmp_path / "processes.json").exists()


def test_a_child_that_will_not_end_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    """Stopping stops everything it started."""
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print('up', flush=True);"
        "time.sleep(600)"
    )
    child = start("stubborn", [sys.executable, "-c", code], log=tmp_path / "log", environ={})
    while "up" not in (tmp_path / "log").read_text():
        time.sleep(0.05)
    family = [psutil.Process(child.popen.pid), *psutil.Process(child.popen.pid).children(recursive=True)]
    assert len(family) == 2
    child.stop(timeout=0.5)
    gone, alive = psutil.wait_procs(family, timeout=LONGEST_WAIT)
    assert alive == []
    assert len(gone) == 2


def test_what_a_killed_service_left_is_ended_before_it_is_started_again(
    tmp_path: Path, console: Console
) -> None:
    """A restarted portal is answered by itself, not by its predecessor's workers."""
    code = (
        "import subprocess, sys, time;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print('up', flush=True);"
        "time.sleep(600)"
    )
    service = _service(tmp_path, code)
    service.start()
    while "up" not in (tmp_path / "log").read_text():
        time.sleep(0.05)
    assert service.child is not None
    (worker,) = psutil.Process(service.child.popen.pid).children()
    service.child.popen.kill()
    service.child.popen.wait()
    assert worker.is_running()
    Restarter([service], console, lambda: None).check()
    assert psutil.wait_procs([worker], timeout=LONGEST_WAIT)[1] == []
    service.stop()
