"""A worker that stood still for weeks, started again as a process: every step that fell due, each once."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts.ask import AskedRole, ask
from portal.model.mail import MailKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import RequestState
from portal.rules.calendar import working_days_after
from portal.rules.deadlines import Limits, Step, Waiting, due
from portal.services import now
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.proofs.records import check_all_done, check_closed_once, mailed
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until
from tests.support.worker_process import worker_process

pytestmark = pytest.mark.keycloak
WORKING_DAYS_AGO = {"fresh": 1, "unanswered": 7, "ignored": 20, "forgotten": 65}
"""When each request was made: 5, 10 and 60 are the limits. So it is the same on whichever day this runs."""


@pytest.fixture
def country(database: str, realm: TestRealm) -> World:
    built = build_real(database, KeycloakScene(realm))
    return replace(built, services=replace(built.services, clock=now))


def before(moment: datetime, working_days: int) -> datetime:
    """The latest moment, in whole days before, from which it is so many working days."""
    days = working_days
    while working_days_after(moment - timedelta(days=days), working_days) > moment:
        days += 1
    return moment - timedelta(days=days)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_steps_due_are_the_same_on_any_day(moment: datetime) -> None:
    """APR-6: those that are expected below, whatever weekends and bank holidays are before it."""
    steps = {
        name: due(Waiting(before(moment, days)), moment, Limits()) for name, days in WORKING_DAYS_AGO.items()
    }
    assert list(steps.values()) == [tuple(Step)[:count] for count in range(4)]


def asked(world: World, name: str, working_days: int) -> UUID:
    """A request at the multi-level practice, made so many working days ago."""

    def then() -> datetime:
        return before(now(), working_days)

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
    made = {name: asked(country, name, days) for name, days in WORKING_DAYS_AGO.items()}
    first = Counter({(NoticeKind.REQUEST_ADDITIONAL_ROLE, who): 1 for who in ("pam", "paul")})
    first[NoticeKind.REQUEST_SUBMITTED, "requester"] = 1
    reminded = first + Counter({(NoticeKind.REMINDER, who): 1 for who in ("pam", "paul")})
    above = reminded + Counter({(NoticeKind.ESCALATED, who): 1 for who in ("carol", "chris")})
    lapsed = first + Counter({(NoticeKind.LAPSED, "requester"): 1})
    expected = {"fresh": first, "unanswered": reminded, "ignored": above, "forgotten": lapsed}
    for _ in range(2):
        with worker_process(realm.environment | {"CQRS_DATABASE_URL": database}):
            wait_until(lambda: all(told(country, made[name]) == expected[name] for name in made), 90)
            wait_until(lambda: done(country), 90)
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
