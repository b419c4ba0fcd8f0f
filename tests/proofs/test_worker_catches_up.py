"""A worker that stood still for weeks, started again as a process: every step that fell due, each once."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts.ask import AskedRole, ask
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import RequestState
from portal.services import now
from tests.builders.world import HERE, World, build_real
from tests.directory.keycloak_scene import KeycloakScene
from tests.proofs.records import check_all_done, check_closed_once, mailed
from tests.proofs.worker_process import wait_until, worker_process
from tests.stack_fixture.realm import TestRealm

pytestmark = pytest.mark.keycloak
DAYS_AGO = {"fresh": 1, "unanswered": 12, "ignored": 30, "forgotten": 130}
"""When each request was made: 5, 10 and 60 working days are the limits."""


@pytest.fixture
def country(database: str, realm: TestRealm) -> World:
    built = build_real(database, KeycloakScene(realm))
    return replace(built, services=replace(built.services, clock=now))


def asked(world: World, name: str, days: int) -> UUID:
    """A request at the multi-level practice, made so many days ago."""

    def then() -> datetime:
        return now() - timedelta(days=days)

    person = world.directory.enrol(f"{name}@late.example", name.title(), "Late")
    past = replace(world.services, clock=then)
    return ask(past, person.id, AskedRole("P002", Role.PROVIDER_USER, "Cover"), HERE)


def told(world: World, request_id: UUID) -> Counter[tuple[NoticeKind, str]]:
    """Which notices about the request each person got, how often."""
    names = {person.id: name for name, person in world.people.items()}
    with world.services.sessions() as session:
        notices = session.scalars(select(Notice).where(Notice.request_id == request_id))
        return Counter((one.kind, names.get(one.person_id, "requester")) for one in notices)


def test_everything_due_is_done_once(country: World, realm: TestRealm, database: str) -> None:
    """APR-6: reminder, step up and lapse after a standstill, and a second start repeats none."""
    made = {name: asked(country, name, days) for name, days in DAYS_AGO.items()}
    first = Counter({(NoticeKind.REQUEST_ADDITIONAL_ROLE, who): 1 for who in ("pam", "paul")})
    first[NoticeKind.REQUEST_SUBMITTED, "requester"] = 1
    reminded = first + Counter({(NoticeKind.REMINDER, who): 1 for who in ("pam", "paul")})
    above = reminded + Counter({(NoticeKind.ESCALATED, who): 1 for who in ("carol", "chris")})
    lapsed = first + Counter({(NoticeKind.LAPSED, "requester"): 1})
    expected = {"fresh": first, "unanswered": reminded, "ignored": above, "forgotten": lapsed}
    for _ in range(2):
        with worker_process(realm.environment | {"CQRS_DATABASE_URL": database}):
            wait_until(lambda: all(told(country, made[name]) == expected[name] for name in made), 30)
            wait_until(lambda: done(country), 30)
    assert country.request(made["forgotten"]).state is RequestState.LAPSED
    kinds = Counter(kind for _, kind in mailed(country.services)[made["ignored"]].elements())
    wanted = (MailKind.REQUEST_TO_DECIDE, MailKind.REQUEST_REMINDER, MailKind.REQUEST_ESCALATED)
    assert kinds == dict.fromkeys(wanted, 2)
    check_closed_once(country.services)


def done(world: World) -> bool:
    try:
        check_all_done(world.services)
    except AssertionError:
        return False
    return True
