"""How the calls of sign-in go to Keycloak: to nobody else, once, with nothing of one person in another's."""

import json
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs

import pytest
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import DEFAULT_HEADERS
from urllib3 import Timeout

from directory.trace import HEADER, named
from portal.web.oidc_calls import Calls, NoAnswer
from portal.web.oidc_client import KeycloaksClient
from tests.support.builders.services import settings
from tests.support.certificate import ALONE, make_certificate

AT_ONCE = Timeout(connect=5, read=0.2)


class Server(ThreadingHTTPServer):
    """Answers each request by `answer`, and notes what it was asked, and by how many connections."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.scheme = "http"
        self.answer: Callable[[str, str], tuple[int, dict[str, str], bytes] | None] = lambda *_: OK
        self.over = Event()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.server_port}"

    def show(self, certificate: Path) -> None:
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(certificate)
        self.socket = shown.wrap_socket(self.socket, server_side=True)
        self.scheme = "https"

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what some tests are about."""


OK = (200, {}, b"{}")


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append((f"{self.command} {self.path}", body))
        self.server.headers.append(dict(self.headers))
        answer = self.server.answer(self.path, body)
        if answer is None:
            self.close_connection = True
            return
        status, headers, content = answer
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """The tests' output is theirs."""


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def make() -> Iterator[Callable[[], Server]]:
    made = list[Server]()

    def server() -> Server:
        made.append(Server())
        Thread(target=made[-1].serve_forever, daemon=True).start()
        return made[-1]

    yield server
    for each in made:
        each.over.set()
        each.shutdown()
        each.server_close()


@pytest.fixture
def keycloak(make: Callable[[], Server]) -> Server:
    return make()


def client(keycloak: Server) -> KeycloaksClient:
    told = {"CQRS_KEYCLOAK_URL": keycloak.url, "CQRS_PORTAL_CLIENT_SECRET": "the secret"}
    return KeycloaksClient(settings("postgresql+psycopg://nobody@localhost/none", told))


def test_one_connection_is_kept(keycloak: Server) -> None:
    calls = Calls(keycloak.url)
    for _ in range(3):
        assert calls.get("realms/cqrs").ok
    assert keycloak.asked == [("GET /realms/cqrs", "")] * 3
    assert keycloak.connections == 1


def test_it_says_what_it_is_for(keycloak: Server) -> None:
    with named("page-0001"):
        Calls(keycloak.url).get("realms/cqrs")
    assert keycloak.headers[0][HEADER] == "page-0001"


def test_a_cookie_is_not_kept(keycloak: Server) -> None:
    """Such as a balancer's in front of Keycloak: it would go with the next person's call."""
    keycloak.answer = lambda *_: (200, {"Set-Cookie": "who=ann; Path=/"}, b"{}")
    calls = Calls(keycloak.url)
    calls.get("one")
    calls.get("two")
    assert "Cookie" not in keycloak.headers[1]


def test_who_answers_from_elsewhere_is_not_asked(make: Callable[[], Server], keycloak: Server) -> None:
    """Neither the secret nor a code goes where an answer leads."""
    elsewhere = make()
    keycloak.answer = lambda *_: (307, {"Location": f"{elsewhere.url}/take"}, b"")
    with pytest.raises(NoAnswer):
        client(keycloak).keys()
    with pytest.raises((NoAnswer, ValueError)):
        client(keycloak).tokens("authorization_code", code="c", code_verifier="v")
    assert client(keycloak).end("refresh") is False
    assert elsewhere.asked == []


def test_a_lost_answer_is_not_asked_for_twice(keycloak: Server) -> None:
    """A code counts once: to send it again would end the session that it began."""
    keycloak.answer = lambda *_: None
    with pytest.raises(NoAnswer):
        client(keycloak).tokens("authorization_code", code="c", code_verifier="v")
    assert len(keycloak.asked) == 1


def test_one_that_never_answers(keycloak: Server) -> None:
    keycloak.answer = lambda *_: keycloak.over.wait() and None
    with pytest.raises(NoAnswer):
        Calls(keycloak.url).get("realms/cqrs", timeout=AT_ONCE)


def test_nobody_there() -> None:
    with pytest.raises(NoAnswer):
        Calls("http://127.0.0.1:1").get("realms/cqrs")


def test_a_certificate_that_nobody_vouches_for(
    keycloak: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is told nothing; one of an authority that the operator names is."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    keycloak.show(make_certificate(tmp_path))
    with pytest.raises(NoAnswer):
        client(keycloak).tokens("authorization_code", code="c", code_verifier="v")
    assert keycloak.asked == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / ALONE))
    assert client(keycloak).keys() == {}


@pytest.mark.parametrize("direct", [False, True])
def test_the_operators_proxy(
    keycloak: Server, make: Callable[[], Server], monkeypatch: pytest.MonkeyPatch, direct: bool
) -> None:
    """As requests has it: by the proxy that the environment names, but for hosts that it excepts."""
    proxy = make()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    if direct:
        monkeypatch.setenv("NO_PROXY", "localhost")
    client(keycloak).keys()
    path = "/realms/cqrs/protocol/openid-connect/certs"
    assert keycloak.asked == ([(f"GET {path}", "")] if direct else [])
    assert proxy.asked == ([] if direct else [(f"GET {keycloak.url}{path}", "")])


def test_a_code_for_tokens(keycloak: Server) -> None:
    """With the portal's secret, its proof key and the address that the code was sent to, in a form."""
    keycloak.answer = lambda *_: (200, {}, b'{"access_token": "a", "expires_in": 60}')
    assert client(keycloak).tokens("authorization_code", code="a&b", code_verifier="v")["access_token"] == "a"
    ((line, body),) = keycloak.asked
    assert line == "POST /realms/cqrs/protocol/openid-connect/token"
    assert parse_qs(body) == {
        "grant_type": ["authorization_code"],
        "code": ["a&b"],
        "code_verifier": ["v"],
        "redirect_uri": ["http://localhost:8000/signin/callback"],
    }
    assert keycloak.headers[0]["Authorization"] == "Basic Y3Fycy1wb3J0YWw6dGhlIHNlY3JldA=="
    assert keycloak.headers[0]["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert "Authorization" not in DEFAULT_HEADERS


def test_tokens_of_many_at_once(keycloak: Server) -> None:
    """Each is given those of their own code."""
    keycloak.answer = lambda _, body: (
        200,
        {},
        json.dumps({"access_token": parse_qs(body)["code"][0]}).encode(),
    )
    portal = client(keycloak)

    def sign_in(code: str) -> bool:
        return bool(portal.tokens("authorization_code", code=code, code_verifier="v")["access_token"] == code)

    with ThreadPoolExecutor(8) as people:
        assert all(people.map(sign_in, map(str, range(200))))


@pytest.mark.parametrize(
    ("status", "content", "fault"),
    [
        (400, b'{"error": "invalid_grant"}', OAuth2Error),
        (200, b"<html>", ValueError),
        (404, b"<html>", NoAnswer),
        (503, b'{"error": "unavailable"}', NoAnswer),
    ],
)
def test_what_is_no_token(keycloak: Server, status: int, content: bytes, fault: type[Exception]) -> None:
    """A refusal of Keycloak's ends the sign-in; anything else may pass."""
    keycloak.answer = lambda *_: (status, {}, content)
    with pytest.raises(fault):
        client(keycloak).tokens("authorization_code", code="c", code_verifier="v")
