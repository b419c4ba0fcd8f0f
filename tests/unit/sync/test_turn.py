"""Which runs that don't say that they are over are so all the same, and which can't be read. Pure."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from directory.sync_runs import SyncRun
from sync.turn import is_over

AT = datetime(2025, 11, 13, 3, tzinfo=UTC)
ELSEWHERE = SyncRun("elsewhere", 1, ("epraccur.zip",), AT, AT)
HERE = replace(ELSEWHERE, host="here", process=os.getppid())


@pytest.mark.parametrize("run", [ELSEWHERE, HERE])
@pytest.mark.parametrize(("minutes", "over"), [(-6, True), (-4, False), (0, False), (4, False), (6, True)])
def test_silent_for_long_or_heard_from_in_time_to_come(run: SyncRun, minutes: int, over: bool) -> None:
    """SYN-3: set to another year by hand, it would refuse every run until then."""
    assert is_over(run, "here", AT + timedelta(minutes=minutes)) is over


@pytest.mark.parametrize("process", [2**22 + 1, 2**31, 10**30])
def test_no_process_has_such_a_number(process: int) -> None:
    """Also one that somebody typed, which the system doesn't take for a number of a process."""
    assert is_over(replace(HERE, process=process), "here", AT)
    assert not is_over(replace(ELSEWHERE, process=process), "here", AT)


@pytest.mark.parametrize("name", ["began_at", "told_at"])
@pytest.mark.parametrize("time", ["2025-11-13", "2025-11-13T03:00:00", "yesterday", ""])
def test_a_run_with_a_time_that_is_none_or_of_no_zone_is_not_read(name: str, time: str) -> None:
    """SYN-3: compared with ours it would be a fault, in every later run and on the Service Desk's page."""
    group = {**ELSEWHERE.as_group(), "id": "1"}
    assert SyncRun.of(group) == replace(ELSEWHERE, id="1")
    assert SyncRun.of({**group, "attributes": {**group["attributes"], name: [time]}}) is None
