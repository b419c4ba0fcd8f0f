"""Writes what tokens are to say of a person's roles, for Keycloak's mapper to put into them.

The roles themselves are Keycloak's; this is a copy of them in another form, made again whenever it is found
to be another than it should be, whoever changed which.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.rules.accounts import Account
from portal.rules.token_claim import token_claim
from portal.services import WorkerServices
from portal.store import mirror
from portal.store.locks import Lock, hold
from portal.store.queries.standings import standings


@effect(EffectKind.WRITE_ACCESS)
@dataclass(frozen=True, slots=True)
class WriteAccess:
    """The person's attribute is to say what they hold."""

    person_id: str

    def apply(self, services: WorkerServices, session: Session) -> None:
        """Works it out from what Keycloak says now, and writes it where it isn't so.

        Somebody who has gone from Keycloak goes from the mirror when that is followed.
        """
        hold(session, Lock.MIRROR, self.person_id)
        with suppress(PersonNotFound):
            standing = services.reader.standing(self.person_id)
            mirror.refresh_person(session, standing)
            (account,) = standings(session, [self.person_id]).values()
            if is_due(account):
                written = services.writer.set_access(self.person_id, token_claim(account))
                mirror.refresh_person(session, replace(standing, person=written))

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def is_due(account: Account) -> bool:
    """Whether tokens say something else of the person than they should."""
    return account.standing.person.access != token_claim(account)


def queue_if_due(session: Session, account: Account, at: datetime) -> None:
    """Has it written, unless it is right or that waits already; nobody waits for it."""
    if is_due(account) and not _waits(session, key := account.standing.person.email):
        queue_effect(session, WriteAccess(account.standing.person.id), key, at, Urgency.WHENEVER)


def _waits(session: Session, key: str) -> bool:
    """By the key of everything that concerns the person: there is an index of what waits by it."""
    waiting = select(Effect.id).where(
        Effect.key == key,
        Effect.kind == EffectKind.WRITE_ACCESS,
        Effect.done_at.is_(None),
        Effect.parked_at.is_(None),
    )
    return session.scalar(waiting.limit(1)) is not None
