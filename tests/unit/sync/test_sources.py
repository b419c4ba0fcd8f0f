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


def test_a_file_that_found_nothing_to_do_does_not_clear_the_way_for_another() -> None:
    """The regions' list after the service, then the practices': the second would undo what it told."""
    unchanged = replace(OF_FILES, sources=("eauth.zip",), state=RunState.UNCHANGED, done=0)
    assert after_the_service(FILES, [unchanged, OF_SERVICE])
    beside = replace(unchanged, sources=("eauth.zip", SERVICE))
    assert after_the_service(FILES, [unchanged, beside, OF_FILES])


def test_a_file_that_somebody_said_yes_to_clears_the_way_for_all() -> None:
    assert after_the_service(FILES, [replace(OF_FILES, sources=("eauth.zip",)), OF_SERVICE]) == ""


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.FAILED, RunState.STOPPED])
def test_a_run_counts_from_the_moment_it_begins_to_write(state: RunState) -> None:
    """Killed before it said how much: as Keycloak has it then, and as the next run notes it."""
    began = replace(OF_SERVICE, state=state, done=0, wrote=True)
    assert after_the_service(FILES, [began, OF_FILES])


def test_a_run_that_was_stopped_halfway_told_something() -> None:
    assert after_the_service(FILES, [replace(OF_SERVICE, state=RunState.STOPPED), OF_FILES])
    assert after_the_service(FILES, [replace(OF_SERVICE, state=RunState.UNCHANGED, done=0)])
