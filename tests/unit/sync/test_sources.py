"""A file after the service wants a look: it would undo what the service has told since."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from directory.sync_runs import RunState, SyncRun
from sync.sources import SERVICE, after_the_service, source_names

AT = datetime(2025, 11, 13, 3, tzinfo=UTC)
OF_SERVICE = SyncRun("host", 1, (SERVICE,), AT, AT, RunState.DONE, done=2)
OF_FILES = replace(OF_SERVICE, sources=("epraccur.zip",))
FILES = source_names(["epraccur.zip"], service=False)


def test_files_right_after_the_service() -> None:
    assert after_the_service(FILES, [OF_SERVICE, OF_FILES]) == (
        "The run of 13 November 2025 read the ODS service, which is newer than a month's files: "
        "they may close what has opened since and reopen what has closed."
    )


def test_files_beside_the_service() -> None:
    """With what changed in two days: a practice that opened three days ago is in neither."""
    assert after_the_service(source_names(["epraccur.zip"], service=True), [OF_SERVICE])


def test_the_service_after_anything_and_files_after_files() -> None:
    for earlier in ([], [OF_FILES, OF_SERVICE], [OF_SERVICE]):
        assert after_the_service(source_names([], service=True), earlier) == ""
    for earlier in ([], [OF_FILES, OF_SERVICE]):
        assert after_the_service(FILES, earlier) == ""


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.STOPPED, RunState.WAITING])
def test_a_run_that_wrote_nothing_told_nothing(state: RunState) -> None:
    nothing = replace(OF_SERVICE, state=state, done=0)
    assert after_the_service(FILES, [nothing, OF_FILES]) == ""
    assert after_the_service(FILES, [replace(OF_FILES, state=state, done=0), OF_SERVICE])


def test_a_run_that_was_stopped_halfway_told_something() -> None:
    assert after_the_service(FILES, [replace(OF_SERVICE, state=RunState.STOPPED), OF_FILES])
    assert after_the_service(FILES, [replace(OF_SERVICE, state=RunState.UNCHANGED, done=0)])
