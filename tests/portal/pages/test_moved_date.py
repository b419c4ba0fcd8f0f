"""A test service's date was moved and moved back: what counts by the true time isn't left in the future."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from flask import session as browser_session
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.acts.admission import DAY, HOUR, MINUTE, admit_browser, admit_links, admit_person, admit_stranger
from portal.acts.invite import Invited, send
from portal.acts.send_links import mail_links, plan
from portal.model import AuditKind
from portal.rules.errors import TooManyAttempts
from portal.services import Services, now
from portal.store.straight import Straight
from portal.web import second_factor
from portal.web.oidc import Identity
from portal.web.sessions import PERSON, Tie
from tests.portal.acts.removals import entries
from tests.support.builders.world import HERE, SINGLE, World, build_places
from tests.support.builders.world import build as build_country
from tests.support.realm.answering import AnsweringRealm
from tests.support.waiting import wait_until

ONCE = dict.fromkeys(("CQRS_REGISTER_LIMIT", "CQRS_ASK_LIMIT", "CQRS_LINK_LIMIT", "CQRS_SIGNIN_LIMIT"), "1")


@dataclass
class Date:
    """The time, ahead by so many days."""

    days: int = 0

    def __call__(self) -> datetime:
        return now() + timedelta(days=self.days)

    @contextmanager
    def moved(self) -> Iterator[None]:
        self.days = 30
        yield
        self.days = 0


def build(database: str, date: Date, **environment: str) -> World:
    world = build_places(database, CQRS_SYSTEM_DATE_CHANGE="true", **environment)
    return replace(world, services=replace(world.services, clock=date))


def from_a_browser(services: Services, session: Session) -> None:
    admit_browser(services, Straight(session.get_bind().engine), HERE)


def by_a_stranger(services: Services, session: Session) -> None:
    admit_stranger(services, session, "register", "new@moved.example", HERE)


def by_a_person(services: Services, session: Session) -> None:
    admit_person(services, session, "ask", "una")


def with_links(services: Services, session: Session) -> None:
    admit_links(services, session, "una", 1)


@pytest.mark.parametrize(
    ("ask", "longest"),
    [(from_a_browser, MINUTE), (by_a_stranger, HOUR), (by_a_person, DAY), (with_links, DAY)],
)
def test_limits(database: str, ask: Callable[[Services, Session], None], longest: timedelta) -> None:
    """PRO-7, REG-4: whoever asked meanwhile waits no longer than ever, and not a month."""
    date = Date()
    services = build(database, date, **ONCE).services
    with date.moved(), services.sessions.begin() as session:
        ask(services, session)
    with services.sessions.begin() as session, pytest.raises(TooManyAttempts) as told:
        ask(services, session)
    assert told.value.wait <= longest


def links(world: World, sending: str) -> None:
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    wanted = {"P001": "manager@moved.example"}
    confirmed = [one.key for one in plan(world.services, carol, wanted)]
    mail_links(world.services, carol, wanted, confirmed, HERE, sending)


def invitation(world: World, sending: str) -> None:
    asked = Invited("nora@moved.example", "Nora", "New", "P002", Role.PROVIDER_USER)
    pam = world.actor("pam", Role.PROVIDER_APPROVER, "P002")
    send(world.services, pam, asked, HERE, sending)


@pytest.mark.parametrize(
    ("act", "kind"),
    [(links, AuditKind.REGISTER_LINK_SENT), (invitation, AuditKind.INVITATION_SENT)],
)
def test_what_was_sent_once(database: str, act: Callable[[World, str], None], kind: AuditKind) -> None:
    """REG-5, INV-1: the same draft that comes again within a day, wherever the date was moved meanwhile."""
    date = Date()
    made = build_country(database)
    settings = made.services.settings.model_copy(update={"system_date_change": True})
    world = replace(made, services=replace(made.services, settings=settings, clock=date))
    act(world, "a-draft")
    with date.moved():
        act(world, "a-draft")
    assert len(entries(world, kind)) == 1


def test_the_second_factor(database: str) -> None:
    """AUT-7: one that was given an hour ago doesn't count as fresh for a month."""
    date = Date()
    world = build(database, date, CQRS_SECOND_FACTOR="demanded")
    person = world.person("factor@moved.example", (SINGLE, Role.PROVIDER_USER))
    with world.app.test_request_context("/"):
        browser_session[PERSON] = person.id
        with date.moved():
            tie = Tie("", timedelta(minutes=30))
            second_factor.remember(Identity(person.id, "sid", tie, factor_age=timedelta(hours=1)))
        assert second_factor.is_stale()


def test_whether_keycloak_answers(database: str) -> None:
    """It is asked again once it is back."""
    date, realm = Date(), AnsweringRealm()
    realm.status = HTTPStatus.BAD_GATEWAY
    with realm.served() as address:
        client = build(database, date, CQRS_KEYCLOAK_URL=address, CQRS_SIGNIN_LIMIT="10000").app.test_client()
        with date.moved():
            assert client.get("/signin").status_code == 503
        realm.status = HTTPStatus.OK
        wait_until(lambda: client.get("/signin").status_code == 302, 30, "a way to sign in")
