"""Gives and takes what User details says at several organisations: roles, payment types, clusters."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import PersonNotFound
from directory.vocabulary import ApprovalLevel, Organisation, Person, Role
from portal.casework.audit_events import Author, details_event, details_impossible, role_changed
from portal.casework.closing import Closing, close
from portal.casework.current_state import organisation_now
from portal.casework.office import own_office
from portal.effects import reroute, step_down
from portal.effects.details_news import said, told_the_person
from portal.effects.details_wanted import Wanted
from portal.effects.effect import Concern, effect, payload_of, waiting_for
from portal.effects.effect import asked_before as effect_asked_before
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import tell
from portal.model.audit import AuditKind
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.requests import RequestState
from portal.rules.decisions import approval_barred
from portal.rules.errors import NothingFound
from portal.rules.verdict import Refusal
from portal.services import WorkerServices
from portal.store import audit, mirror
from portal.store.locks import Lock, hold
from portal.store.queries import requests

Barred = Mapping[Role, Refusal]
"""Roles that could not be given any more, each with why."""
ANSWERED = "The role was given on User details."


@effect(EffectKind.CHANGE_DETAILS)
@dataclass(frozen=True, slots=True)
class ChangeDetails:
    """The person's User details are to be so at these organisations, as the author asked."""

    person_id: str
    wanted: tuple[Wanted, ...]
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Narrows first and widens last: interrupted anywhere, nobody has more than both before and after.

        What is at an organisation that has gone, went with it.
        """
        hold(session, Lock.MIRROR, self.person_id)
        placed = list(_placed(services, self.wanted))
        try:
            person = services.reader.person(self.person_id)
            for place, one in placed:
                _narrow(services, person, place, one)
            barred = {one.organisation: dict(_widen(services, person, place, one)) for place, one in placed}
            standing = services.reader.standing(self.person_id)
        except PersonNotFound:
            return None
        # All that Keycloak is asked comes before the first entry: the record has one lock for everybody.
        single = {one.organisation for _, one in placed if _is_single(services, one)}
        by = own_office(services, self.author)
        mirror.refresh_person(session, standing)
        given = {
            (one.organisation, role)
            for _, one in placed
            for role in one.give
            if role not in barred[one.organisation]
        }
        _answer(services, session, person, given)
        for _, one in placed:
            code = one.organisation
            if one.changes_deciders:
                reroute.queue(session, code, services.clock())
            if code in single and (code, Role.PROVIDER_APPROVER) in given:
                step_down.queue(session, person, code, self.author, services.clock())
            self._record(services, session, one, barred[code])
        lines = [line for place, one in placed for line in said(place, one, barred[place.code])]
        tell(services, session, person, told_the_person(by, lines))
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)

    def _record(self, services: WorkerServices, session: Session, one: Wanted, barred: Barred) -> None:
        why, at = f"Set on User details by {self.author['actor_name']}", services.clock()
        given = [(AuditKind.ROLE_GRANTED, role, False) for role in one.give if role not in barred]
        taken = [(AuditKind.ROLE_REMOVED, role, True) for role in one.take]
        for kind, role, held in (*given, *taken):
            event = role_changed(kind, self.person_id, one.organisation, role, held, why, self.author)
            audit.append(session, event, at)
        for role, refusal in barred.items():
            event = details_impossible(self.author, self.person_id, one.organisation, role, refusal)
            audit.append(session, event, at)
        done = {**one.after, "roles": [role for role in one.after["roles"] if role not in barred]}
        event = details_event(
            AuditKind.DETAILS_CHANGED, self.author, self.person_id, one.organisation, one.before, done
        )
        audit.append(session, event, at)


def queue(
    session: Session, person: Person, wanted: tuple[Wanted, ...], author: Author, at: datetime
) -> Effect:
    """Has them changed, in turn with whatever else concerns the person; somebody waits for it."""
    payload = ChangeDetails(person.id, wanted, author)
    return queue_effect(session, payload, person.email.lower(), at, Urgency.AWAITED)


def asked_before(
    session: Session, person: Person, wanted: tuple[Wanted, ...], author: Author, at: datetime
) -> Effect | None:
    """The same change, asked for just before by the same author."""
    payload = ChangeDetails(person.id, wanted, author)
    return effect_asked_before(session, payload, person.email.lower(), at)


def under_way(session: Session, person_id: str = "") -> list[ChangeDetails]:
    """What was asked for and isn't done yet, of everybody or of that person."""
    named = {"person_id": person_id} if person_id else {}
    waiting = (payload_of(row) for row in waiting_for(session, EffectKind.CHANGE_DETAILS, **named))
    return [one for one in waiting if isinstance(one, ChangeDetails)]


def taken_under_way(session: Session) -> frozenset[tuple[str, str, Role]]:
    """Who is losing which role where by it, by ids and codes."""
    return frozenset(
        (one.person_id, place.organisation, role)
        for one in under_way(session)
        for place in one.wanted
        for role in place.take
    )


def _answer(services: WorkerServices, session: Session, person: Person, given: set[tuple[str, Role]]) -> None:
    """Requests for what was given; who decides one at this moment was first."""
    closing = Closing(RequestState.LAPSED, services.clock(), ANSWERED)
    for request in requests.hold_open(session, given, person):
        close(services, session, request.id, closing)


def _placed(services: WorkerServices, wanted: tuple[Wanted, ...]) -> Iterator[tuple[Organisation, Wanted]]:
    for one in wanted:
        with suppress(NothingFound):
            yield organisation_now(services, one.organisation), one


def _is_single(services: WorkerServices, one: Wanted) -> bool:
    """Whether somebody is made an approver where there is none any more.

    A change to single-level that came at the same moment may have looked for approvers just before.
    """
    if Role.PROVIDER_APPROVER not in one.give:
        return False
    with suppress(NothingFound):
        return organisation_now(services, one.organisation).approval_level is ApprovalLevel.SINGLE
    return False


def _narrow(services: WorkerServices, person: Person, place: Organisation, one: Wanted) -> None:
    """What was deleted since can't be joined: so the person reaches less than was asked for, and no more."""
    if one.clusters is not None and not one.lift:
        there = {cluster.id for cluster in services.reader.clusters(place.code)}
        services.writer.restrict(person.id, place.code, sorted(there & set(one.clusters)))
    for role in one.take:
        services.writer.remove(person.id, place, role)


def _widen(
    services: WorkerServices, person: Person, place: Organisation, one: Wanted
) -> Iterator[tuple[Role, Refusal]]:
    """Gives what can still be given; yields each role that can't, with why."""
    if one.payment_types is not None:
        services.writer.set_payment_types(person.id, place.code, one.payment_types)
    for role in one.give:
        refusal = approval_barred(place, role, applicant_works=person.enabled)
        if refusal:
            yield role, refusal
        else:
            services.writer.grant(person.id, place, role)
    if one.lift:
        services.writer.lift_restriction(person.id, place.code)
