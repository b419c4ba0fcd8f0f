"""Rows as the portal leaves them, written without going the way to them."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Person, Role
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest, RequestKind
from portal.model.sessions import PortalSession
from portal.services import Services
from portal.web.sessions import hashed


def as_owner(session: Session) -> None:
    """Until the transaction ends, with the rights of the tables' owner, which the running service hasn't."""
    owner = session.scalar(text("SELECT tableowner FROM pg_tables WHERE tablename = 'audit_entry'"))
    session.execute(text(f'SET LOCAL ROLE "{owner}"'))


def signed_in(services: Services, person: Person, acting_as: Holding | None, **kept: object) -> str:
    """The token of a new session of this person."""
    token, now = secrets.token_urlsafe(32), services.clock()
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
    with services.sessions.begin() as session:
        session.add(row)
    return token


def open_request(services: Services, email: str, code: str, role: Role, **facts: object) -> UUID:
    """A request that waits: its id."""
    organisation = services.reader.organisation(code)
    known = services.reader.person_by_email(email)
    row = AccessRequest(
        kind=RequestKind.ADDITIONAL_ROLE if known else RequestKind.NEW_ACCOUNT,
        email=email,
        person_id=known.id if known else None,
        organisation_code=code,
        organisation_name=organisation.name,
        role=role,
        **{"first_name": "Jo", "last_name": "Asker", "asked_at": services.clock(), **facts},
    )
    with services.sessions.begin() as session:
        session.add(row)
    return row.id


def notice(services: Services, person: Person, name: str, **facts: object) -> UUID:
    """An unread notice: its id."""
    row = Notice(
        person_id=person.id,
        name=name,
        **{"kind": NoticeKind.LEVEL_CHANGED, "created_at": services.clock(), **facts},
    )
    with services.sessions.begin() as session:
        session.add(row)
    return row.id
