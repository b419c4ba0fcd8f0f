"""A portal to fetch pages from: the real application and database, with the directory in memory."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from directory.vocabulary import ApprovalLevel, Holding, OrganisationType, Person, Role
from portal.application import create_app
from portal.mail.sender import SmtpSender
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest, RequestKind
from portal.model.sessions import PortalSession
from portal.services import WorkerServices
from portal.settings import WorkerSettings
from portal.store import mirror
from portal.store.engine import make_engine, make_sessions
from portal.web.sessions import hashed
from tests.support.builders.worker_at_once import with_worker_at_once
from tests.support.fakes.directory import FakeDirectory
from tests.support.pages.browser import Browser

REGION, ICB, SUB_ICB = "Y58", "QOX", "11X"
SINGLE, MULTI, CLOSED = "A81001", "A81002", "A81003"
COOKIE = "cqrs"


def settings(database_url: str, **changes: object) -> WorkerSettings:
    """Settings of development, with every variable that has no default."""
    made = WorkerSettings.from_environment(
        {
            "CQRS_ENVIRONMENT": "development",
            "CQRS_PORTAL_URL": "http://localhost:8000",
            "CQRS_KEYCLOAK_URL": "http://localhost:1",
            "CQRS_DATABASE_URL": database_url,
            "CQRS_PORTAL_CLIENT_SECRET": "portal-secret",
            "CQRS_READER_SECRET": "reader-secret",
            "CQRS_WRITER_SECRET": "writer-secret",
            "CQRS_SECRET_KEY": "key-of-the-tests",
            "CQRS_SMTP_HOST": "127.0.0.1",
            "CQRS_SMTP_PORT": "1",
            "CQRS_MAIL_FROM": "no-reply@cqrs.example",
            "CQRS_SERVICE_DESK_EMAIL": "desk@cqrs.example",
            "CQRS_SERVICE_DESK_PHONE": "0300 123 4567",
            "CQRS_GUIDES": "Job aids for approvers https://guides.example/aids",
            "CQRS_REGISTER_LIMIT": "1000",
        }
    )
    return made.model_copy(update=changes)


@dataclass
class World:
    """The application with what stands behind it, and builders for people, sessions and requests."""

    app: Flask
    directory: FakeDirectory
    sessions: sessionmaker[Session]

    def person(
        self, email: str, *holdings: tuple[str, Role], first: str = "Ann", last: str = "Example"
    ) -> Person:
        """Somebody with these roles, in the directory and in the mirror."""
        made = self.directory.enrol(email, first, last, holdings)
        self.mirror(made.id)
        return made

    def mirror(self, person_id: str) -> None:
        """The mirror as the follower would leave it."""
        with self.sessions.begin() as db:
            mirror.refresh_person(db, self.directory.standing(person_id))

    def mirror_organisation(self, code: str) -> None:
        with self.sessions.begin() as db:
            mirror.refresh_organisation(db, self.directory.organisation(code))

    def browser(
        self, person: Person | None = None, acting_as: Holding | None = None, **kept: object
    ) -> Browser:
        """A browser, with a session of this person when one is given."""
        browser = Browser(self.app.test_client())
        if person:
            browser.client.set_cookie(COOKIE, self._session(person, acting_as, kept), domain="localhost")
        return browser

    def _session(self, person: Person, acting_as: Holding | None, kept: dict[str, object]) -> str:
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        data: dict[str, object] = {"person_id": person.id, "keycloak_sid": f"sid-{token[:6]}", **kept}
        if acting_as:
            data["active_role"] = {"role": acting_as.role.value, "organisation": acting_as.organisation}
        row = PortalSession(
            token_hash=hashed(token),
            person_id=person.id,
            keycloak_sid=str(data["keycloak_sid"]),
            data=data,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=1),
        )
        with self.sessions.begin() as db:
            db.add(row)
        return token

    def request(
        self, email: str, code: str = SINGLE, role: Role = Role.PROVIDER_USER, **facts: object
    ) -> UUID:
        """An open request, as registering and telling the deciders leave it."""
        organisation = self.directory.organisation(code)
        known = self.directory.person_by_email(email)
        row = AccessRequest(
            kind=RequestKind.ADDITIONAL_ROLE if known else RequestKind.NEW_ACCOUNT,
            email=email,
            person_id=known.id if known else None,
            organisation_code=code,
            organisation_name=organisation.name,
            role=role,
            **{"first_name": "Jo", "last_name": "Asker", "asked_at": datetime.now(UTC), **facts},
        )
        with self.sessions.begin() as db:
            db.add(row)
        return row.id

    def notice(self, person: Person, name: str, **facts: object) -> UUID:
        """An unread notice of this person's."""
        row = Notice(
            person_id=person.id,
            name=name,
            **{"kind": NoticeKind.LEVEL_CHANGED, "created_at": datetime.now(UTC), **facts},
        )
        with self.sessions.begin() as db:
            db.add(row)
        return row.id

    def find(self, request_id: UUID) -> AccessRequest:
        with self.sessions() as db:
            found = db.get(AccessRequest, request_id)
        assert found
        return found

    def holding(self, code: str, role: Role) -> Holding:
        return Holding(role, self.directory.organisation(code).path if code else ())


def build(database_url: str, **changes: object) -> World:
    """A world of one commissioner with a single-level, a multi-level and a closed practice."""
    directory = FakeDirectory()
    place = directory.place
    place(REGION, "North of Nowhere", OrganisationType.REGION)
    place(ICB, "Nowhere Integrated Care Board", OrganisationType.ICB, REGION)
    place(SUB_ICB, "Nowhere East", OrganisationType.SUB_ICB, ICB)
    place(SINGLE, "Fair Isle Surgery", parent=SUB_ICB)
    place(MULTI, "Cromarty Medical", parent=SUB_ICB, approval_level=ApprovalLevel.MULTI)
    place(CLOSED, "Dogger Practice", parent=SUB_ICB)
    chosen = settings(database_url, **changes)
    sessions = make_sessions(make_engine(database_url))
    post = SmtpSender(chosen.smtp_host, chosen.smtp_port, timeout=1)
    services = WorkerServices(
        chosen, directory, sessions, lambda: datetime.now(UTC), bool, writer=directory, post=post
    )
    world = World(create_app(with_worker_at_once(services)), directory, sessions)
    world.app.testing = False
    for organisation in directory.organisations():
        world.mirror_organisation(organisation.code)
    return world
