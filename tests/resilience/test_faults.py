"""A decision while Keycloak, PostgreSQL or the mail server fails: nothing is lost, and nothing done twice.

The worker is a process of its own. It and the portal reach Keycloak and the mail server through proxies that
this test spoils, and PostgreSQL is one of this test's own.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from directory.errors import DirectoryUnavailable
from directory.reader import KeycloakReader
from directory.vocabulary import Role
from portal.acts.decide import Decision, decide
from portal.acts.register import Registration, register
from portal.model.audit import AuditKind
from portal.model.mail import Mail, MailState
from portal.model.requests import AccessRequest, RequestState
from portal.services import build_for_worker
from portal.settings import WorkerSettings
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fault_proxy import BROKEN, WRITES, FaultProxy, Spoiling, fault_proxy
from tests.support.own_postgres import OwnPostgres, own_postgres
from tests.support.proofs.records import audited, check_all_done, check_closed_once, held
from tests.support.proofs.soon import LONGEST, is_done, tries, wait_done
from tests.support.servers.mail import CaughtMail
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers
from tests.support.waiting import wait_until
from tests.support.worker_process import worker_process

# What is wrong with Keycloak while it lasts: no request gets there, or writes do and the reply is lost.
FAULTS: dict[str, dict[str, Any]] = {
    "gone": {"reaches": False},
    "silent": {"reaches": False, "hangs": True},
    "broken": {"reaches": False, "answer": BROKEN},
    "losing replies": {"request": f"{WRITES} /admin/"},
    "losing the reply to the link": {"request": "PUT /execute-actions-email"},
}
ANY = ""
"""Every address of this machine, for a Keycloak in a container."""
pytestmark = pytest.mark.keycloak


@dataclass(frozen=True)
class Faulty:
    """The country, and the things to spoil."""

    world: World
    keycloak: FaultProxy
    smtp: FaultProxy
    postgres: OwnPostgres
    caught: CaughtMail
    log: Path
    direct: KeycloakReader

    def registered(self, email: str) -> UUID:
        """The id of a new person's request, once the worker has told those who decide."""
        register(self.world.services, Registration(email, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)
        wait_until(lambda: (made := self.world.request_of(email)) is not None and bool(made.held_by_role), 60)
        return self.world.request_of(email).id

    def approve(self, request_id: UUID) -> AccessRequest:
        """Judged on the real Keycloak; what follows goes through the proxy."""
        able = replace(self.world.services, reader=self.direct)
        actor = replace(self.world, services=able).actor("carol", Role.COMMISSIONER_APPROVER, "A01")
        return decide(able, actor, request_id, Decision.APPROVE, "", HERE)

    def wait_applied(self, request_id: UUID) -> None:
        before = tries(self.world.services)
        wait_until(lambda: self.world.request(request_id).applied_at is not None, LONGEST)
        wait_done(self.world.services, before)

    def check_once(self, request_id: UUID) -> None:
        """One account with one role, one grant on record, one link mailed, one message to each approver."""
        request = self.world.request(request_id)
        found = [(one.role, one.organisation) for one in held(self.world.services, request.email)]
        assert found == [(Role.PROVIDER_USER, "P001")]
        entries = audited(self.world.services)[request_id]
        assert (entries[AuditKind.REQUEST_APPROVED], entries[AuditKind.ROLE_GRANTED]) == (1, 1)
        self.caught.wait_for(request.email)
        assert len(self.caught.to(request.email)) == 1
        for who in ("carol", "chris"):
            mails = self.caught.to(self.world.people[who].email)
            assert len([one for one in mails if str(request_id) in str(one)]) == 1
        check_all_done(self.world.services)
        check_closed_once(self.world.services)


def lasting(fault: str) -> Spoiling:
    return Spoiling(stays=True, **FAULTS[fault])


def address(who: str) -> str:
    """Of somebody new, also where the mail server caught what an earlier run sent."""
    return f"{who}.{secrets.token_hex(3)}@faults.example"


@pytest.fixture(scope="module")
def faulty(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    inside = servers.smtp_host == "127.0.0.1"
    with (
        own_postgres(tmp_path_factory.mktemp("postgres")) as postgres,
        fault_proxy(servers.keycloak_url) as keycloak,
        fault_proxy(
            f"smtp://127.0.0.1:{servers.smtp_port}", bind=servers.smtp_host if inside else ANY
        ) as smtp,
        fresh_realm(replace(servers, smtp_port=smtp.port)) as realm,
    ):
        scene = KeycloakScene(realm)
        built = build_real(postgres.url, scene)
        environment = realm.environment | {
            "CQRS_DATABASE_URL": postgres.url,
            "CQRS_KEYCLOAK_INTERNAL_URL": keycloak.url,
            "CQRS_SMTP_HOST": "127.0.0.1",
            "CQRS_REGISTER_LIMIT": "1000",
        }
        world = replace(built, services=build_for_worker(WorkerSettings.from_environment(environment)))
        log = tmp_path_factory.mktemp("worker") / "log"
        with worker_process(environment, log):
            yield Faulty(world, keycloak, smtp, postgres, servers.mail, log, scene.reader)


@pytest.mark.parametrize("fault", FAULTS)
def test_keycloak_fails_after_the_decision(faulty: Faulty, fault: str) -> None:
    """APR-4: the decision stands, shows as being applied, and is applied once, and soon, at the return."""
    request_id = faulty.registered(address(fault.replace(" ", "-")))
    spoiling = lasting(fault)
    with faulty.keycloak.spoiled(spoiling):
        decided = faulty.approve(request_id)
        assert decided.state is RequestState.APPROVED
        wait_until(spoiling.happened.is_set, 60, "the fault")
        if fault != "losing the reply to the link":  # Keycloak has it on record: nothing is left to do
            assert faulty.world.request(request_id).is_being_applied
    faulty.wait_applied(request_id)
    faulty.check_once(request_id)


@pytest.mark.parametrize("fault", ["gone", "silent", "broken"])
def test_keycloak_fails_before_the_decision(faulty: Faulty, fault: str) -> None:
    """ROL-3: what can't be judged isn't decided; nothing is recorded, and later it goes through."""
    request_id = faulty.registered(address(f"before-{fault}"))
    carol = faulty.world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    with faulty.keycloak.spoiled(lasting(fault)), pytest.raises(DirectoryUnavailable):
        decide(faulty.world.services, carol, request_id, Decision.APPROVE, "", HERE)
    assert faulty.world.request(request_id).is_open
    assert AuditKind.REQUEST_APPROVED not in audited(faulty.world.services)[request_id]
    faulty.approve(request_id)
    faulty.wait_applied(request_id)
    faulty.check_once(request_id)


def test_postgresql_restarts(faulty: Faulty) -> None:
    """APR-4: a decided request is applied after PostgreSQL's return, an undecided one is still open."""
    decided, undecided = faulty.registered(address("decided")), faulty.registered(address("undecided"))
    # A message that the mail server took as the database went would rightly go out once more.
    wait_until(lambda: is_done(faulty.world.services), 60, "everybody told")
    with faulty.keycloak.spoiled(lasting("gone")):
        faulty.approve(decided)
        said = len(faulty.log.read_text())
        faulty.postgres.stop()
        with pytest.raises(OperationalError):
            faulty.approve(undecided)
        wait_until(lambda: "duty-postponed" in faulty.log.read_text()[said:], 60, "the outage met")
        faulty.postgres.start()
    faulty.wait_applied(decided)
    faulty.check_once(decided)
    assert faulty.world.request(undecided).is_open
    faulty.approve(undecided)
    faulty.wait_applied(undecided)
    faulty.check_once(undecided)


def test_the_mail_server_is_away(faulty: Faulty) -> None:
    """NOT-2: messages wait, Keycloak's link too, and each goes out once, and soon, at the return."""
    away = lasting("gone")
    with faulty.smtp.spoiled(away):
        request_id = faulty.registered(email := address("mail"))
        faulty.approve(request_id)
        wait_until(lambda: faulty.world.request(request_id).applied_at is not None, LONGEST)
        wait_until(away.happened.is_set, 60, "a message tried")
        waiting = [MailState.QUEUED] * 3
        wait_until(lambda: states(faulty, request_id) == waiting, LONGEST, "two messages and Keycloak's link")
        assert faulty.caught.to(email) == []
    wait_done(faulty.world.services, tries(faulty.world.services))
    assert states(faulty, request_id) == [MailState.SENT] * 3
    faulty.check_once(request_id)


def states(faulty: Faulty, request_id: UUID) -> list[MailState]:
    with faulty.world.services.sessions() as session:
        about = select(Mail.state).where(Mail.request_id == request_id)
        return list(session.scalars(about))
