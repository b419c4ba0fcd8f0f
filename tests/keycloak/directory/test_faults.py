"""Keycloak slow, failing or cut off in the middle of a call: told as unavailable; asked again, done once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from directory.connection import Connection
from directory.errors import DirectoryAccessDenied, DirectoryUnavailable
from directory.reader import KeycloakReader
from directory.vocabulary import ApprovalLevel, Role
from directory.writer import KeycloakWriter
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.directory.scene import address, code
from tests.support.fault_proxy import FaultProxy, Spoiling, fault_proxy

pytestmark = pytest.mark.keycloak

NOBODY = "00000000-0000-4000-8000-000000000000"
CALLBACK = "http://localhost:8000/signin/callback"


@pytest.fixture
def proxy(keycloak: KeycloakScene) -> Iterator[FaultProxy]:
    with fault_proxy(keycloak.realm.servers.keycloak_url) as made:
        yield made


@pytest.fixture
def through(keycloak: KeycloakScene, proxy: FaultProxy) -> Callable[[str], Connection]:
    """A service account's connection that goes through the proxy."""
    return lambda account: replace(keycloak.realm.connection(account), url=proxy.url)


@pytest.fixture
def writer(through: Callable[[str], Connection]) -> KeycloakWriter:
    return KeycloakWriter(through("writer"), CALLBACK)


@pytest.fixture
def reader(through: Callable[[str], Connection]) -> KeycloakReader:
    return KeycloakReader(through("reader"))


def test_the_account_is_made_once(keycloak: KeycloakScene, proxy: FaultProxy, writer: KeycloakWriter) -> None:
    """APR-4: the reply to the new account is lost; the repeat finds it."""
    email, cut = address(), proxy.spoil(Spoiling("POST /users"))
    with pytest.raises(DirectoryUnavailable):
        writer.ensure_person(email, "Ann", "Example")
    assert cut.happened.is_set()
    made = keycloak.reader.person_by_email(email)
    assert made is not None
    assert writer.ensure_person(email, "Ann", "Example") == made


@pytest.mark.parametrize("request_line", ["POST /children", "POST /role-mappings/", "PUT /groups/"])
@pytest.mark.parametrize("reaches", [True, False], ids=["reply lost", "request lost"])
def test_a_grant_cut_at_each_of_its_steps(
    keycloak: KeycloakScene, proxy: FaultProxy, writer: KeycloakWriter, request_line: str, reaches: bool
) -> None:
    """APR-4: a grant that breaks off anywhere is whole after the repeat: group, client role, member."""
    practice, person = keycloak.place(code()), keycloak.enrol(address())
    cut = proxy.spoil(Spoiling(request_line, reaches=reaches))
    with pytest.raises(DirectoryUnavailable):
        writer.grant(person.id, practice, Role.PROVIDER_USER)
    assert cut.happened.is_set()
    for _ in range(2):
        writer.grant(person.id, practice, Role.PROVIDER_USER)
    assert [s.person.id for s in keycloak.reader.holders(practice, Role.PROVIDER_USER)] == [person.id]
    children = keycloak.ask("GET", f"groups/{practice.id}/children?briefRepresentation=false").json()
    assert [child["clientRoles"] for child in children] == [{"cqrs": ["provider-user"]}]


def test_a_removal_cut(keycloak: KeycloakScene, proxy: FaultProxy, writer: KeycloakWriter) -> None:
    practice = keycloak.place(code())
    person = keycloak.enrol(address(), holdings=((practice.code, Role.PROVIDER_USER),))
    proxy.spoil(Spoiling("DELETE /groups/"))
    with pytest.raises(DirectoryUnavailable):
        writer.remove(person.id, practice, Role.PROVIDER_USER)
    assert keycloak.reader.standing(person.id).holdings == frozenset()
    writer.remove(person.id, practice, Role.PROVIDER_USER)


def test_one_welcome_though_its_reply_was_lost(
    keycloak: KeycloakScene, proxy: FaultProxy, writer: KeycloakWriter
) -> None:
    """APR-4: Keycloak mailed the link and the reply was lost; the repeat mails no second one."""
    person, since = keycloak.enrol(address(), password=False), datetime.now(UTC)
    proxy.spoil(Spoiling("PUT /execute-actions-email"))
    with pytest.raises(DirectoryUnavailable):
        writer.send_welcome(person.id, since)
    assert not writer.send_welcome(person.id, since)
    keycloak.realm.servers.mail.wait_for(person.email)
    assert len(keycloak.realm.servers.mail.to(person.email)) == 1


def test_a_welcome_that_never_reached_keycloak(
    keycloak: KeycloakScene, proxy: FaultProxy, writer: KeycloakWriter
) -> None:
    person, since = keycloak.enrol(address(), password=False), datetime.now(UTC)
    proxy.spoil(Spoiling("PUT /execute-actions-email", reaches=False))
    with pytest.raises(DirectoryUnavailable):
        writer.send_welcome(person.id, since)
    assert writer.send_welcome(person.id, since)
    keycloak.realm.servers.mail.wait_for(person.email)


def test_mail_that_can_not_be_sent_is_tried_again(keycloak: KeycloakScene) -> None:
    """REG-3: the mail server is down; nothing counts as sent, and the repeat sends it."""
    person, since = keycloak.enrol(address(), password=False), datetime.now(UTC)
    smtp = keycloak.ask("GET", "").json()["smtpServer"]
    keycloak.ask("PUT", "", {"smtpServer": smtp | {"port": "1"}})
    try:
        with pytest.raises(DirectoryUnavailable):
            keycloak.writer.send_welcome(person.id, since)
    finally:
        keycloak.ask("PUT", "", {"smtpServer": smtp})
    assert keycloak.writer.send_welcome(person.id, since)


def test_an_approval_level_whose_reply_was_lost(
    keycloak: KeycloakScene, proxy: FaultProxy, writer: KeycloakWriter
) -> None:
    practice = keycloak.place(code())
    proxy.spoil(Spoiling("PUT /groups/"))
    with pytest.raises(DirectoryUnavailable):
        writer.set_approval_level(practice, ApprovalLevel.MULTI)
    assert keycloak.reader.organisation(practice.code).approval_level is ApprovalLevel.MULTI
    assert writer.set_approval_level(practice, ApprovalLevel.MULTI).approval_level is ApprovalLevel.MULTI


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>Later.",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>Later.",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
        b"HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["500", "503", "a page of another", "cut off", "429", "403"],
)
@pytest.mark.parametrize("request_line", ["GET /users/", "POST /token"], ids=["call", "token"])
def test_answers_that_are_no_answer(
    proxy: FaultProxy, reader: KeycloakReader, answer: bytes, request_line: str
) -> None:
    spoiled = proxy.spoil(Spoiling(request_line, answer=answer))
    with pytest.raises(DirectoryUnavailable):
        reader.person(NOBODY)
    assert spoiled.happened.is_set()


@pytest.mark.parametrize("request_line", ["GET /users/", "POST /token"], ids=["call", "token"])
def test_no_answer_in_time(
    proxy: FaultProxy, through: Callable[[str], Connection], request_line: str
) -> None:
    """Nobody waits longer than the timeout for one call, and nothing is sent twice behind our back."""
    spoiling = Spoiling(request_line, hangs=True)

    def seconds() -> float:
        reader = KeycloakReader(replace(through("reader"), timeout=0.5))
        proxy.heard.clear()
        proxy.spoil(spoiling)
        started = time.monotonic()
        with pytest.raises(DirectoryUnavailable):
            reader.person(NOBODY)
        taken = time.monotonic() - started
        lines = [heard.decode().split("\r\n", 1)[0] for heard in proxy.heard]
        assert [spoiling.fits(line) for line in lines].count(True) == 1
        assert taken > 0.4
        return taken

    # Less than with the timeout that is usual, but for a machine that is held up just then.
    assert any(seconds() < 4 for _ in range(5))


def test_keycloak_is_down(keycloak: KeycloakScene) -> None:
    reader = KeycloakReader(replace(keycloak.realm.connection("reader"), url="http://127.0.0.1:1"))
    for ask in (reader.organisations, reader.people, reader.all_holdings):
        with pytest.raises(DirectoryUnavailable):
            list(ask())
    with pytest.raises(DirectoryUnavailable):
        reader.standing(NOBODY)


def test_a_wrong_secret_or_realm_is_ours_to_mend(keycloak: KeycloakScene) -> None:
    """What waits for a grant must not be given up because an operator changed a secret."""
    good = keycloak.realm.connection("reader")
    for bad in (replace(good, client_secret="wrong"), replace(good, realm="no-such-realm")):
        with pytest.raises(DirectoryAccessDenied, match="check the realm, and the account's secret"):
            KeycloakReader(bad).person(NOBODY)
    assert issubclass(DirectoryAccessDenied, DirectoryUnavailable)  # which is asked again


def test_reading_much_fails_as_a_whole(
    keycloak: KeycloakScene, proxy: FaultProxy, reader: KeycloakReader
) -> None:
    """SYN-7: a reconcile that can't read on stops; it never takes a part for the whole."""
    top = keycloak.place(code())
    for _ in range(3):
        below = keycloak.place(code(), parent=top.code)
        keycloak.enrol(address(), holdings=((below.code, Role.PROVIDER_USER),))
    for request_line, ask in (
        ("GET /children", reader.organisations),
        ("GET /members", reader.all_holdings),
        ("GET /users?first=0&", reader.people),
    ):
        spoiled = proxy.spoil(Spoiling(request_line, reaches=False))
        with pytest.raises(DirectoryUnavailable):
            list(ask())
        assert spoiled.happened.is_set()
