"""Welcomes a person to their role: a link to set a password if they have none yet, else our own e-mail."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.effects import tell_requester
from portal.model.effects import Effect
from portal.model.requests import AccessRequest, RequestState
from portal.services import Services


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Has Keycloak mail the link at most once since this was first due, however often it is repeated."""
    person = services.reader.person(effect.payload["person_id"])
    request = _request(session, effect)
    if request is not None:
        tell_requester.note(services, session, request, person)
    if not person.enabled:
        return None  # Keycloak mails them no link; once enabled, they ask for a new one
    if not services.reader.has_credential(person.id):
        services.writer.send_welcome(person.id, datetime.fromisoformat(effect.payload["since"]))
    elif request is not None and person.wants_email:
        tell_requester.mail(services, session, request, person)
    return None


def _request(session: Session, effect: Effect) -> AccessRequest | None:
    identity = effect.payload.get("request_id")
    request = session.get(AccessRequest, UUID(identity)) if identity else None
    return request if request and request.state is RequestState.APPROVED else None
