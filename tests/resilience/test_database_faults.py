"""PostgreSQL goes away in the middle and comes back: every connection is cut and new ones are refused."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from structlog.testing import capture_logs

from directory.vocabulary import Role
from portal.acts.decide import Decision, decide
from portal.model import AuditKind
from portal.rules.errors import AlreadyDecided
from portal.worker import Worker
from tests.resilience.test_keycloak_faults import counted
from tests.support.builders.world import HERE, World
from tests.support.proofs.soon import tries, wait_done
from tests.support.servers.running import RunningPostgres
from tests.support.waiting import wait_until


@contextmanager
def working(world: World) -> Iterator[Worker]:
    worker = Worker(world.services)
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(30)


class Outage:
    """Cuts off one database of the server, as a restart would."""

    def __init__(self, postgres: RunningPostgres, database: str) -> None:
        self._admin = make_url(postgres.url).set(drivername="postgresql")
        self._name = make_url(database).database or ""

    def begin(self) -> None:
        self._say("ALTER DATABASE {} ALLOW_CONNECTIONS false")
        self._say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}", literal=True)

    def end(self) -> None:
        self._say("ALTER DATABASE {} ALLOW_CONNECTIONS true")

    def _say(self, statement: str, literal: bool = False) -> None:
        name = sql.Literal(self._name) if literal else sql.Identifier(self._name)
        where = self._admin.render_as_string(hide_password=False)
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(name))


@pytest.fixture
def outage(postgres: RunningPostgres, database: str) -> Iterator[Outage]:
    made = Outage(postgres, database)
    yield made
    made.end()


def test_the_worker_outlives_a_restart_and_finishes(world: World, outage: Outage) -> None:
    """APR-4: decided before, applied soon after its return, and once."""
    request_ids = [world.registered(f"new{n}@p001.example") for n in range(5)]
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.post.away = True
    with working(world), capture_logs() as said:
        for request_id in request_ids:
            decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
        outage.begin()
        wait_until(lambda: any(one["event"] == "duty-postponed" for one in said), 30, "the outage met")
        outage.end()
        world.post.away = False
        wait_done(world.services, tries(world.services))
    assert counted(world, AuditKind.ROLE_GRANTED) == 5
    assert len(world.directory.welcomes) == 5


def test_nobody_reads_that_they_are_signed_out_while_they_are_not(world: World, outage: Outage) -> None:
    """AUT-6: on a shared computer whoever sits there next would be them, once the database is back."""
    carol = world.people["carol"]
    browser = world.browser(carol).open("/profile")
    form = browser.form("Sign out").fields
    public = world.browser().open("/register/new-link")
    wish = public.form("Send a new link").fields | {"email": "new@p001.example"}
    outage.begin()
    assert browser.client.post("/signout", data=form).status_code == 503
    assert browser.client.get("/signed-out").status_code == 503
    assert browser.client.get("/help").status_code == 200
    assert public.client.post("/register/new-link", data=wish).status_code == 503
    assert public.client.get("/register/new-link").status_code == 503
    assert public.client.get("/forgotten-password").status_code == 503
    outage.end()
    assert browser.open("/profile").heading == "My profile"
    signed_out = browser.client.post("/signout", data=form)
    assert "/protocol/openid-connect/logout?" in signed_out.headers["Location"]
    assert browser.client.get("/profile").headers["Location"].startswith("/signin")
    assert public.client.post("/register/new-link", data=wish).status_code == 303


def test_nobody_reads_that_their_answers_are_gone_while_they_are_not(world: World, outage: Outage) -> None:
    """REG-1: nor is a form shown whose token nobody keeps."""
    browser = world.browser().open("/register").send("Continue", email="new@p001.example")
    steps = [browser.path.replace("/organisation", f"/{step}") for step in ("role", "check", "organisation")]
    outage.begin()
    assert [browser.client.get(step).status_code for step in steps] == [503] * 3
    outage.end()
    assert browser.client.get(steps[2]).status_code == 200
    assert browser.client.get("/register/another/check").status_code == 404


def test_a_decision_cut_off_is_made_or_not_made(world: World, outage: Outage) -> None:
    """APR-4: the person sees an error and tries again: one decision, whichever it was."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    outage.begin()
    with pytest.raises(SQLAlchemyError):
        decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
    outage.end()
    with suppress(AlreadyDecided):
        decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
    world.work()
    assert counted(world, AuditKind.REQUEST_APPROVED) == 1
    assert counted(world, AuditKind.ROLE_GRANTED) == 1
