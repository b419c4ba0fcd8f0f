"""Sorts out a registration: a request for somebody new, and for somebody known an e-mail that says so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Organisation, Role
from portal.casework.audit_events import request_made
from portal.casework.current_state import organisation_now
from portal.mail import compose
from portal.model.effects import Effect, EffectKind
from portal.model.mail import MailKind
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.rules.errors import NothingFound
from portal.rules.roles import offered
from portal.services import Services, now
from portal.store import audit, outbox


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Makes the request and has its deciders told; or mails why there is none."""
    asked, at = effect.payload, services.clock()
    known = services.reader.person_by_email(asked["email"])
    if known is not None:
        _tell(services, session, asked, MailKind.ALREADY_KNOWN)
        if not services.reader.has_credential(known.id):
            payload = {"person_id": known.id, "since": now().isoformat()}
            outbox.add(session, EffectKind.WELCOME, outbox.welcome_key(asked["email"]), payload, at)
        return None
    organisation = _open_organisation(services, asked)
    if organisation is None:
        _tell(services, session, asked, MailKind.ORGANISATION_CLOSED)
        return None
    request = _make(services, session, asked, organisation)
    if request is None:
        _tell(services, session, asked, MailKind.ALREADY_ASKED)
        return None
    outbox.about_request(session, EffectKind.TELL_DECIDERS, request.email, request.id, at)
    audit.append(session, request_made(request, asked["origin"]), at)
    return None


def _open_organisation(services: Services, asked: dict[str, Any]) -> Organisation | None:
    try:
        organisation = organisation_now(services, asked["organisation_code"])
    except NothingFound:
        return None
    return organisation if Role(asked["role"]) in offered(organisation) else None


def _make(
    services: Services, session: Session, asked: dict[str, Any], organisation: Organisation
) -> AccessRequest | None:
    """The new request; None when one for the same is open."""
    values = {
        "kind": RequestKind.NEW_ACCOUNT,
        "state": RequestState.OPEN,
        "organisation_code": organisation.code,
        "organisation_name": organisation.name,
        "role": Role(asked["role"]),
        "asked_at": services.clock(),
    } | {name: asked[name] for name in ("email", "first_name", "last_name", "reason")}
    statement = insert(AccessRequest).values(values).on_conflict_do_nothing().returning(AccessRequest.id)
    made = session.scalars(statement).one_or_none()
    return session.scalars(select(AccessRequest).where(AccessRequest.id == made)).one() if made else None


def _tell(services: Services, session: Session, asked: dict[str, Any], kind: MailKind) -> None:
    code = asked["organisation_code"]
    try:
        name = organisation_now(services, code).name
    except NothingFound:
        name = code
    context = {"organisation": name, "code": code, "role": Role(asked["role"]).label}
    compose.queue(session, services.settings, asked["email"], kind, context, services.clock())
