"""Answers somebody who asked for a new link: a link, or an e-mail that says what is so instead."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.mail import compose
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.mail import MailKind
from portal.services import Services, now
from portal.store import audit, outbox


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Those without a password get a link, those with one are told to sign in, the unknown to register."""
    email, at = effect.payload["email"], services.clock()
    person = services.reader.person_by_email(email)
    if person is None or not person.enabled:
        compose.queue(session, services.settings, email, MailKind.NO_ACCOUNT, {}, at)
    elif services.reader.has_credential(person.id):
        compose.queue(session, services.settings, email, MailKind.HAS_PASSWORD, {}, at)
    else:
        payload = {"person_id": person.id, "since": now().isoformat()}
        outbox.add(session, EffectKind.WELCOME, outbox.welcome_key(email), payload, at)
        event = AuditEvent(
            AuditKind.LINK_SENT, person.id, after={"address": email}, origin=effect.payload["origin"]
        )
        audit.append(session, event, at)
    return None
