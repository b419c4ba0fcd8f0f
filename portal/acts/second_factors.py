"""An approver removes the second factors that somebody has lost, so that a password alone signs in again."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from directory.vocabulary import Person, SecondFactor
from portal.acts.origin import Origin
from portal.casework.account_now import judged_account
from portal.casework.audit_events import Author, author
from portal.effects import remove_second_factors as removal_effect
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import NoSecondFactor, OutOfDate
from portal.rules.rights import Action
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody signs in: whether they are locked, and their second factors."""

    person: Person
    locked: bool
    factors: tuple[SecondFactor, ...]
    applied: bool = False
    """Whether Keycloak has removed the factors already."""

    @property
    def kinds(self) -> list[str]:
        """What kinds of second factor there are, as people read them, each once."""
        return sorted({factor.kind.label for factor in self.factors})


def sign_in_of(services: Services, asked_by: ActingAs, person_id: str) -> SignIn:
    """How the person signs in, for somebody who may help them. Raises NotAllowed, PersonNotFound."""
    with services.sessions() as session:
        return _judge(services, session, asked_by, person_id)[1]


def preview(services: Services, asked_by: ActingAs, person_id: str) -> SignIn:
    """What would be removed. Raises NotAllowed, NoSecondFactor, PersonNotFound."""
    found = sign_in_of(services, asked_by, person_id)
    if not found.factors:
        raise NoSecondFactor(person_id)
    return found


def remove(
    services: Services, asked_by: ActingAs, person_id: str, confirmed: Collection[str], origin: Origin
) -> SignIn:
    """Has the person's second factors removed, and waits a little for it.

    `confirmed` are the ids of those that the confirmation page was made for. Of several who remove them at
    once one does. Raises NotAllowed, PersonNotFound; NoSecondFactor when there is none any more, and
    OutOfDate when they are no longer those.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, person_id)
        actor, found = _judge(services, session, asked_by, person_id)
        if not found.factors:
            raise NoSecondFactor(person_id)
        if {factor.id for factor in found.factors} != set(confirmed):
            raise OutOfDate(person_id)
        at, by = services.clock(), author(actor, origin.address)
        effect = removal_effect.queue(session, found.person, found.factors, by, at)
        audit.append(session, _event(found, by), at)
    return replace(found, applied=services.wait([effect.id]))


def _judge(services: Services, session: Session, asked_by: ActingAs, person_id: str) -> tuple[Actor, SignIn]:
    """The factors without those that are being removed."""
    # First what is under way and then Keycloak: what is done in between is seen in one of the two.
    going = removal_effect.under_way(session, person_id)
    actor, account = judged_account(services, asked_by, Action.REMOVE_SECOND_FACTORS, person_id)
    factors = tuple(one for one in services.reader.second_factors(person_id) if one.id not in going)
    return actor, SignIn(account.standing.person, account.standing.locked, factors)


def _event(found: SignIn, by: Author) -> AuditEvent:
    return AuditEvent(
        **by,
        kind=AuditKind.SECOND_FACTORS_REMOVAL_ASKED,
        subject=found.person.id,
        before={"factors": sorted(factor.kind.value for factor in found.factors)},
        after={"factors": [], "name": found.person.name},
    )
