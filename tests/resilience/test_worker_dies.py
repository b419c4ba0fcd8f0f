"""The worker is killed around each thing it does; the next one finishes, and nothing is done twice.

A real Keycloak, a real mail server, a real process that gets SIGKILL.
"""

import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.context import ForkServerProcess

import pytest
from sqlalchemy import func, select

from directory.vocabulary import Role
from portal.acts.decide import Decision, decide
from portal.acts.register import Registration, register
from portal.model import AuditEntry, AuditKind, Mail, MailState
from portal.model.notices import Notice, NoticeKind
from portal.services import now
from portal.store.audit_check import verify
from portal.store.queries.mail import stuck_effects, waiting_count
from tests.portal.acts.accounts import DO
from tests.portal.acts.removals import CAROL
from tests.resilience.dying_worker import dying_worker
from tests.support.builders.names import in_letters
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.mail import CaughtMail
from tests.support.servers.realm import TestRealm

MOMENTS = ("ensure_person after", "grant after", "send_welcome after", "send before")
"""The chief ones; test_dies_at_every_effect.py has all, in memory."""
pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> World:
    """Of the time of day: the worker's process has no other."""
    world = build_real(database, KeycloakScene(realm))
    return replace(world, services=replace(world.services, clock=now))


@contextmanager
def worker(database: str, realm: TestRealm) -> Iterator[ForkServerProcess]:
    with dying_worker({**realm.environment, "CQRS_DATABASE_URL": database}) as process:
        yield process


def worker_is_killed(database: str, realm: TestRealm, moment: str) -> None:
    """One that begins, and gets as far as this."""
    with dying_worker({**realm.environment, "CQRS_DATABASE_URL": database}, moment) as process:
        process.join(timeout=60)
        assert process.exitcode == -signal.SIGKILL


def finished(world: World, seconds: float = 120) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with world.services.sessions() as session:
            if waiting_count(session) == 0:
                return True
        time.sleep(0.2)
    return False


def counted(world: World, kind: AuditKind, request_id: object) -> int:
    statement = select(func.count()).where(AuditEntry.kind == kind, AuditEntry.request_id == request_id)
    with world.services.sessions() as session:
        return session.scalar(statement) or 0


def messages(caught: CaughtMail, address: str) -> list[str]:
    """The Message-IDs of what arrived, those of one message once."""
    return sorted({mail["message_id"] for mail in caught.to(address)})


@pytest.mark.parametrize("moment", MOMENTS)
def test_one_grant_and_one_mail(country: World, realm: TestRealm, database: str, moment: str) -> None:
    """APR-4: each happens, and once, with the worker killed at any moment after the decision."""
    email = f"{moment.replace(' ', '-')}.{secrets.token_hex(3)}@p001.example"
    request_id = asked_and_approved(country, email)
    worker_is_killed(database, realm, moment)
    with worker(database, realm):
        assert finished(country)
    person = country.services.reader.person_by_email(email)
    assert person is not None
    held = country.services.reader.standing(person.id).holdings
    assert [(one.role, one.organisation) for one in held] == [(Role.PROVIDER_USER, "P001")]
    assert counted(country, AuditKind.ROLE_GRANTED, request_id) == 1
    assert len(messages(realm.servers.mail, email)) == 1
    for who in ("carol", "chris"):
        assert len(about(country, realm.servers.mail, who, request_id)) == 1
    with country.services.sessions() as session:
        assert stuck_effects(session) == []
        assert verify(session).fault is None


ACCOUNT_MOMENTS = [
    ("disable", "set_enabled after"),
    ("enable", "set_enabled after"),
    ("revoke", "remove after"),
]
DONE = {
    "disable": (AuditKind.ACCOUNT_DISABLED, NoticeKind.ACCOUNT_DISABLED),
    "enable": (AuditKind.ACCOUNT_ENABLED, NoticeKind.ACCOUNT_ENABLED),
    "revoke": (AuditKind.ACCOUNT_REVOKED, NoticeKind.ACCOUNT_REVOKED),
}


@pytest.mark.parametrize(("act", "moment"), ACCOUNT_MOMENTS)
def test_one_change_of_an_account(
    country: World, realm: TestRealm, database: str, act: str, moment: str
) -> None:
    """USR-3, USR-4, USR-6: each happens, and once; the person and the approvers elsewhere are told once."""
    name = f"{act}{secrets.token_hex(3)}"
    held = (("P001", Role.PROVIDER_USER), ("P002", Role.PROVIDER_USER))
    person = country.directory.enrol(f"{name}@p001.example", "Una", in_letters(name).title(), held)
    country.people[name] = person
    country.mirror(person.id)
    if act == "enable":
        country.directory.disable(person.id)
    DO[act](replace(country, services=replace(country.services, wait=lambda _ids: False)), CAROL, name)
    worker_is_killed(database, realm, moment)
    with worker(database, realm):
        assert finished(country)
    standing = country.services.reader.standing(person.id)
    assert standing.person.enabled is (act != "disable")
    assert len(standing.holdings) == (0 if act == "revoke" else 2)
    assert len(messages(realm.servers.mail, person.email)) == 1
    kind, notice = DONE[act]
    done = select(func.count()).where(AuditEntry.subject == person.id, AuditEntry.kind == kind)
    told = select(Notice.person_id).where(Notice.name == person.name, Notice.kind == notice)
    with country.services.sessions() as session:
        assert session.scalar(done) == 1
        assert sorted(session.scalars(told)) == sorted(country.people[who].id for who in ("pam", "paul"))
        assert stuck_effects(session) == []
        assert verify(session).fault is None


def asked_and_approved(world: World, email: str) -> object:
    """A request that is decided, with everything outside still to be done."""
    away = replace(world.services, wait=lambda _ids: False)  # all is left to the worker
    register(world.services, Registration(email, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)
    from tests.support.builders.worker_at_once import run_due

    run_due(world.services, email)
    request_id = world.request_of(email).id
    decide(
        away, world.actor("carol", Role.COMMISSIONER_APPROVER, "A01"), request_id, Decision.APPROVE, "", HERE
    )
    return request_id


def about(world: World, caught: CaughtMail, who: str, request_id: object) -> list[str]:
    """The Message-IDs of what this approver got about this request, as the mail server has it."""
    address = world.people[who].email
    with world.services.sessions() as session:
        statement = select(Mail).where(Mail.to_address == address, Mail.request_id == request_id)
        rows = list(session.scalars(statement))
    assert [row.state for row in rows] == [MailState.SENT]
    return [one for one in messages(caught, address) if one == rows[0].message_id]
