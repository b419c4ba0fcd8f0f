"""Removes the second factors that somebody has lost, and tells them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import FactorKind, Person, SecondFactor
from portal.casework.audit_events import Author
from portal.casework.office import own_office
from portal.effects.effect import Concern, effect, payload_of, waiting_for
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, tell
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind
from portal.services import WorkerServices
from portal.store import audit


@dataclass(frozen=True, slots=True)
class Factor:
    """One of them, as the payload keeps it."""

    id: str
    kind: FactorKind


@effect(EffectKind.REMOVE_SECOND_FACTORS)
@dataclass(frozen=True, slots=True)
class RemoveSecondFactors:
    """These second factors of the person are to go, as the author asked: those added since stay."""

    person_id: str
    factors: tuple[Factor, ...]
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Removes them. With a person who has gone they have gone too."""
        try:
            services.writer.remove_second_factors(self.person_id, [factor.id for factor in self.factors])
            person = services.reader.person(self.person_id)
            left = services.reader.second_factors(self.person_id)
        except PersonNotFound:
            return None
        tell(services, session, person, _news(self, own_office(services, self.author)))
        audit.append(session, _event(self, left), services.clock())
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)


def queue(
    session: Session, person: Person, factors: Collection[SecondFactor], author: Author, at: datetime
) -> Effect:
    """Has them removed, in turn with whatever else concerns the person; somebody waits for it."""
    payload = RemoveSecondFactors(person.id, tuple(Factor(one.id, one.kind) for one in factors), author)
    return queue_effect(session, payload, person.email.lower(), at, Urgency.AWAITED)


def under_way(session: Session, person_id: str) -> frozenset[str]:
    """The ids of those that somebody has had removed, and that aren't yet."""
    waiting = waiting_for(session, EffectKind.REMOVE_SECOND_FACTORS, person_id=person_id)
    removals = [one for row in waiting if isinstance(one := payload_of(row), RemoveSecondFactors)]
    return frozenset(factor.id for one in removals for factor in one.factors)


def _news(removal: RemoveSecondFactors, by: str) -> News:
    kinds = ", ".join(sorted({factor.kind.label for factor in removal.factors}))
    return News(
        NoticeKind.SECOND_FACTORS_REMOVED,
        "Your account",
        MailKind.SECOND_FACTORS_REMOVED,
        {"by": by, "kinds": kinds},
        text=f"{by} removed: {kinds}. If you did not ask for this, tell the service desk at once.",
        about_security=True,
    )


def _event(done: RemoveSecondFactors, left: Collection[SecondFactor]) -> AuditEvent:
    # What there was is what there was when it was asked for: this may be a second try.
    return AuditEvent(
        **done.author,
        kind=AuditKind.SECOND_FACTORS_REMOVED,
        subject=done.person_id,
        before={"factors": sorted(factor.kind.value for factor in done.factors)},
        after={"factors": sorted(factor.kind.value for factor in left)},
        reason=f"Removed by {done.author['actor_name']}",
    )
