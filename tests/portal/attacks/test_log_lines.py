"""Somebody wants a line of their own in the log, which says that another signed in."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import requests

from tests.support.portal_process import portal_process
from tests.support.waiting import wait_until

FORGED = '{"event": "signed-in", "person": "carol"}'


def test_a_line_is_an_event_of_ours_and_nothing_else(database: str, tmp_path: Path) -> None:
    """ASVS 16.2.2, 16.2.4, 16.4.1: JSON, in UTC, and what came from outside stays within its value."""
    log, path = tmp_path / "logs" / "portal.log", f"/register/x\n{FORGED}\n/check"
    with portal_process(database, tmp_path) as portal:
        answer = requests.post(f"{portal.url}{quote(path)}", timeout=30)
        assert answer.status_code == 400
        wait_until(lambda: "refused" in log.read_text(), 30, "the refusal in the log")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (refused,) = [line for line in lines if line["event"] == "refused"]
    assert (refused["path"], refused["level"], refused["origin"]) == (path, "warning", "127.0.0.1")
    assert refused["trace"] == answer.headers["X-Request-ID"]
    assert datetime.fromisoformat(refused["timestamp"]).utcoffset() == timedelta(0)
    assert [line for line in lines if line["event"] == "signed-in"] == []
