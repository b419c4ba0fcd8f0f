"""A broken or cut-off download is fetched again or refused, and never used."""

import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from stack import StackProblem
from stack.console import Console
from stack.keycloak_installation import fetch_archive


class Mirror(BaseHTTPRequestHandler):
    """A repository whose file is `content`, which it says is `promised` bytes long."""

    content: ClassVar[bytes] = b""
    promised: ClassVar[int] = 0
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if not self.path.endswith(".tar.gz") or not self.content:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(self.promised))
        self.end_headers()
        self.wfile.write(self.content)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test's own output is enough."""


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Mirror]]:
    class ThisMirror(Mirror):
        asked: ClassVar[list[str]] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), ThisMirror)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("CQRS_MAVEN_MIRROR", f"http://127.0.0.1:{server.server_port}")
    yield ThisMirror
    server.shutdown()
    server.server_close()


def _refusal(cache: Path, console: Console) -> str:
    with pytest.raises(StackProblem) as problem:
        fetch_archive(cache, console)
    assert os.listdir(cache) == [], "nothing half-fetched is left"
    assert "\n" not in str(problem.value)
    return str(problem.value)


def test_a_cut_off_download_is_tried_again_and_then_refused(
    mirror: type[Mirror], tmp_path: Path, console: Console
) -> None:
    """A cut-off download."""
    mirror.content, mirror.promised = b"only the beginning", 176_000_000
    assert "cut off" in _refusal(tmp_path, console)
    assert sum(path.endswith(".tar.gz") for path in mirror.asked) == 2


def test_a_download_with_another_checksum_is_refused(
    mirror: type[Mirror], tmp_path: Path, console: Console
) -> None:
    """A broken download (checksum pinned)."""
    mirror.content = b"not Keycloak at all"
    mirror.promised = len(mirror.content)
    assert "wrong checksum" in _refusal(tmp_path, console)


def test_a_repository_without_the_file_is_said(
    mirror: type[Mirror], tmp_path: Path, console: Console
) -> None:
    """Each bad day gets one clear line."""
    assert "does not have it" in _refusal(tmp_path, console)
    assert mirror.asked


def test_no_network_and_nothing_cached_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, console: Console
) -> None:
    """No network."""
    monkeypatch.setenv("CQRS_MAVEN_MIRROR", "http://127.0.0.1:9")
    assert "can't be reached" in _refusal(tmp_path, console)


def test_a_broken_file_in_the_cache_is_not_used(
    mirror: type[Mirror], tmp_path: Path, console: Console
) -> None:
    """A broken download is fetched again."""
    (tmp_path / "keycloak-26.7.4.tar.gz").write_bytes(b"cut off by a crash long ago")
    assert "does not have it" in _refusal(tmp_path, console)
    assert mirror.asked, "it was asked for again"
