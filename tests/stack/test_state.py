"""The state folder, its secrets, the room on the disk, and `make clean`."""

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest
import requests

from stack import StackProblem
from stack.disk import MB, check_room, lock_or_refuse, read_json, write_json
from stack.environment import make_credentials
from stack.postgres import database_home
from stack.state import clean_state, open_state
from stack.supervisor import run, wrong_with_place
from tests.browser.running import Run, environment
from tests.stack.running_stack import cqrs


def test_secrets_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    """Secrets are made at first start."""
    path = tmp_path / "secrets.json"
    made = make_credentials(path, data_exists=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {len(value) for value in made.values()} == {32}
    assert len(set(made.values())) == len(made)
    assert make_credentials(path, data_exists=True) == made


def test_lost_secrets_are_not_made_anew_over_data_that_they_open(tmp_path: Path) -> None:
    """One clear line that says what to do."""
    with pytest.raises(StackProblem, match="make clean"):
        make_credentials(tmp_path / "secrets.json", data_exists=True)


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    """A full disk."""
    with pytest.raises(StackProblem) as problem:
        check_room(tmp_path / "not" / "there" / "yet", 900 * MB, lambda _: 100 * MB)
    assert "100 MB free and 900 MB are needed" in str(problem.value)
    assert os.listdir(tmp_path) == []
    check_room(tmp_path, 900 * MB, lambda _: 900 * MB)


def test_a_cut_off_file_counts_as_missing(tmp_path: Path) -> None:
    """A start after a crash works."""
    path = tmp_path / "ports.json"
    write_json(path, {"postgres": 5432})
    path.write_text(path.read_text()[:9])
    assert read_json(path) is None


def test_a_folder_of_somebody_elses_things_is_refused(tmp_path: Path) -> None:
    """`make clean` removes the stack's data, and so nothing else may be in there."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StackProblem, match="CQRS_STATE"):
        open_state(tmp_path)
    assert not clean_state(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_clean_refuses_while_the_stack_runs_and_removes_it_after(tmp_path: Path) -> None:
    """`make clean` removes the data."""
    state = tmp_path / "state"
    open_state(state)
    with lock_or_refuse(state / "lock", "taken"), pytest.raises(StackProblem, match="is running"):
        clean_state(state)
    assert clean_state(state)
    assert not state.exists()


def test_a_database_whose_state_folder_was_removed_by_hand_is_forgotten(tmp_path: Path) -> None:
    """A fresh start works whatever was removed before."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    state = closed / "state"
    home = database_home(state)
    (home / "data").mkdir(parents=True)
    if home.is_relative_to(state):
        shutil.rmtree(state)
    open_state(state)
    assert not home.exists()


@pytest.mark.parametrize(
    ("variable", "words"), [("CQRS_STATE", "Not a directory"), ("CQRS_CACHE", "File exists")]
)
def test_a_place_that_is_no_folder_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], variable: str, words: str
) -> None:
    """Each bad day gets one clear line, with the file and what to do."""
    file = tmp_path / "thesis.txt"
    file.write_text("years of work")
    asked = environment(tmp_path / "state") | {variable: str(file)}
    assert run(asked) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert words in told
    assert str(file) in told
    assert variable in told
    assert file.read_text() == "years of work"


REFUSED = errno.EACCES, "Permission denied"
NO_PLACE = {
    "Keycloak answers nothing": ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    "or too late": TimeoutError("timed out"),
    "or the library says so": requests.ConnectionError("no route to host"),
    "no process can be made": BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
    "a file of ours is gone": FileNotFoundError(errno.ENOENT, "No such file or directory", "/app/realm.json"),
    "a number in place of a file": OSError(errno.EBADF, "Bad file descriptor", 7),
}


@pytest.mark.parametrize("what", NO_PLACE)
def test_a_fault_that_another_folder_would_not_mend_is_none_of_its(tmp_path: Path, what: str) -> None:
    """It keeps its traceback, and nobody is sent to look at folders."""
    asked = {"CQRS_STATE": str(tmp_path / "state"), "CQRS_CACHE": str(tmp_path / "cache")}
    assert wrong_with_place(NO_PLACE[what], asked) == ""


@pytest.mark.parametrize("where", ["state", "state/logs/worker.log", "cache/keycloak.tar.gz", ""])
def test_what_is_refused_in_a_folder_of_the_stack_is_told(tmp_path: Path, where: str) -> None:
    """Or of a folder around it, in which it is to be made."""
    asked = {"CQRS_STATE": str(tmp_path / "state"), "CQRS_CACHE": str(tmp_path / "cache")}
    file = str(tmp_path / where)
    told = f"Permission denied: {file}. Put that right"
    assert wrong_with_place(PermissionError(*REFUSED, file), asked) == told
    assert wrong_with_place(PermissionError(*REFUSED, os.fsencode(file)), asked).startswith("Permission")


def test_a_disk_that_is_full_is_told_whatever_file_was_written(tmp_path: Path) -> None:
    """Some of the system's refusals name no file."""
    full = wrong_with_place(OSError(errno.ENOSPC, "No space left on device"), {"CQRS_STATE": str(tmp_path)})
    assert full == "The disk is full: free some space"


def test_what_clean_cannot_remove_is_told_in_one_line(tmp_path: Path) -> None:
    """Likewise; a lock that can't be opened stands for a folder that is another user's."""
    state = tmp_path / "state"
    open_state(state)
    (state / "lock").mkdir()
    cleaned = cqrs(Run(state, {}), "clean")
    assert cleaned.returncode == 1
    assert cleaned.stderr == f"Is a directory: {state / 'lock'}\n"
    assert state.exists()
