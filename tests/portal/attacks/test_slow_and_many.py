"""Somebody wants the service to answer nobody: with requests that never end, and with many of them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from stack.programs import Portal
from tests.support.pages.serving import free_port
from tests.support.portal_process import portal_process

TRICKLING = 200
LONGEST_WAIT = 15.0  # seconds; less than the portal gives a request to come in whole
BEGINNING = b"POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\na"


@pytest.fixture(scope="module")
def portal(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder, figures = tmp_path_factory.mktemp("portal"), str(free_port())
    with portal_process(database, folder, web_metrics_port=figures) as running:
        yield running


def _get(portal: Portal, path: str) -> int:
    return requests.get(f"{portal.url}{path}", timeout=LONGEST_WAIT).status_code


def _begun(portal: Portal, beginning: bytes, stack: ExitStack) -> list[socket.socket]:
    """Connections that have each sent the beginning of a request."""
    clients = [
        stack.enter_context(socket.create_connection(("127.0.0.1", portal.port), LONGEST_WAIT))
        for _ in range(TRICKLING)
    ]
    for client in clients:
        client.sendall(beginning)
    return clients


@pytest.mark.parametrize("beginning", [BEGINNING, b"GET / HTTP/1.1\r\nX: ", b""])
def test_requests_that_never_end_keep_nobody_waiting(portal: Portal, beginning: bytes) -> None:
    """200 clients are still sending, or have said nothing yet, when others have been answered."""
    for path in ("/health", "/register", "/static/portal.css"):
        with ExitStack() as stack:
            clients = _begun(portal, beginning, stack)
            assert _get(portal, path) in {200, 404}
            for client in clients:
                client.sendall(b"a")
            assert _get(portal, "/health") == 200


def test_a_request_too_large_is_refused_before_it_is_read(portal: Portal) -> None:
    """The length that a client announces is enough."""
    with socket.create_connection(("127.0.0.1", portal.port), LONGEST_WAIT) as client:
        client.sendall(BEGINNING.replace(b"1000", b"1000000000"))
        assert client.recv(100).split()[1] == b"413"
    assert _get(portal, "/health") == 200


def test_headers_without_end_are_refused(portal: Portal) -> None:
    """They are held in memory, so not for long."""
    with socket.create_connection(("127.0.0.1", portal.port), LONGEST_WAIT) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000)
        assert client.recv(100).split()[1] == b"431"


def test_an_answer_that_nobody_takes_keeps_nobody_waiting(portal: Portal) -> None:
    """200 clients ask for a page and read nothing."""
    with ExitStack() as stack:
        _begun(portal, b"GET /register HTTP/1.1\r\nHost: localhost\r\n\r\n", stack)
        assert _get(portal, "/health") == 200


def test_figures_are_not_for_everybody(portal: Portal) -> None:
    """They have a port of their own, on this machine, and are those of all processes together."""
    for _ in range(20):
        assert _get(portal, "/help") == 200
    port = portal.environ["CQRS_WEB_METRICS_PORT"]
    figures = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=LONGEST_WAIT).text
    assert 'cqrs_page_seconds_count{page="public.help",status="200"} 20.0' in figures
    assert _get(portal, "/metrics") == 404
