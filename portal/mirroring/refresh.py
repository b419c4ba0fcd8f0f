"""Reads one person or organisation again, and looks at the requests whose deciders that may have changed."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.errors import OrganisationNotFound, PersonNotFound
from directory.vocabulary import Person, Standing
from portal.casework.setting_aside import bring_back, set_aside
from portal.effects import organisation_news, reroute, tell_approvers
from portal.mirroring.external_changes import KEYCLOAK, Changer, account_changed, organisation_changed
from portal.mirroring.reconcile import ask_for_reconcile
from portal.model.audit import AuditEvent
from portal.model.mirror import MirroredOrganisation
from portal.rules.roles import DECIDER_ROLES
from portal.services import Services
from portal.store import audit, browser_sessions, mirror
from portal.store.applicants import follow_applicant
from portal.store.locks import Lock, hold
from portal.store.queries import people

Thing = TypeVar("Thing")


def refresh_person(services: Services, person_id: str, changer: Changer | None = None) -> None:
    """The person becomes as Keycloak has them; where they newly, or no longer, decide is looked at.

    Without a `changer` the change is not put on record: the portal has done that itself.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.MIRROR, person_id)
        standing = _standing(services, person_id)
        before = people.standing(session, person_id)
        if standing is None:
            mirror.forget_person(session, person_id)
        else:
            mirror.refresh_person(session, standing)
            follow_applicant(session, standing.person)
            follow_the_account(services, session, standing.person)
        _put_on_record(services, session, account_changed, before, standing, changer)
        for code in sorted({code for code, _only in _decides_at(before) ^ _decides_at(standing)}):
            reroute.queue(session, code, services.clock())


def _standing(services: Services, person_id: str) -> Standing | None:
    try:
        return services.reader.standing(person_id)
    except PersonNotFound:
        return None


def follow_the_account(services: Services, session: Session, person: Person) -> None:
    """The disabled lose their sessions here, their requests are set aside; those of the enabled come back.

    Whoever did it.
    """
    at = services.clock()
    if not person.enabled:
        browser_sessions.end(session, person_id=person.id)
        set_aside(session, person, at)
        return
    for request in bring_back(services, session, person, at):
        tell_approvers.queue(session, request, at)


def _decides_at(standing: Standing | None) -> set[tuple[str, frozenset[str] | None]]:
    """Where they decide, with what restricts them there."""
    if standing is None or not standing.is_active:
        return set()
    return {(held.organisation, held.only) for held in standing.holdings if held.role in DECIDER_ROLES}


def _put_on_record(
    services: Services,
    session: Session,
    event_of: Callable[[Thing | None, Thing | None, Changer], AuditEvent | None],
    before: Thing | None,
    after: Thing | None,
    changer: Changer | None,
) -> None:
    if changer and (event := event_of(before, after, changer)):
        audit.append(session, event, services.clock())


def refresh_organisation(
    services: Services, group_id: str, changer: Changer | None = None, *, is_new: bool = False
) -> None:
    """The organisation becomes in the mirror as Keycloak has it; its requests move if who decides does.

    Where more comes or goes with it than is known here, all is to be read again: it left the organisations
    with others below it, came in among them and is not new, or got another code. On record as with
    `refresh_person`.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.MIRROR, group_id)
        try:
            organisation = services.reader.organisation_by_id(group_id)
        except OrganisationNotFound:
            _forget(services, session, group_id, changer)
            return
        code_before = mirror.code_of(session, group_id)
        seen = session.get(MirroredOrganisation, organisation.code)
        before = seen.as_organisation() if seen else None
        mirror.refresh_organisation(session, organisation)
        if code_before != organisation.code and (code_before or not is_new):
            ask_for_reconcile(session)
        _put_on_record(services, session, organisation_changed, before, organisation, changer)
        organisation_news.queue(session, [(before, organisation)], services.clock())
        facts = ("path", "status", "approval_level")
        if before and any(getattr(before, fact) != getattr(organisation, fact) for fact in facts):
            reroute.queue(session, organisation.code, services.clock())


def _forget(services: Services, session: Session, group_id: str, changer: Changer | None) -> None:
    code = mirror.code_of(session, group_id)
    if code is None:
        return
    before = session.get_one(MirroredOrganisation, code).as_organisation()
    mirror.forget_organisation(session, group_id)
    below = select(MirroredOrganisation.code).where(MirroredOrganisation.parent_code == code)
    if session.scalars(below.limit(1)).first():
        ask_for_reconcile(session)
    _put_on_record(services, session, organisation_changed, before, None, changer)
    reroute.queue(session, code, services.clock())


def recheck_locked(services: Services) -> None:
    """Reads again those seen locked, as lists show: Keycloak tells nobody when a lock runs out."""
    with services.sessions() as session:
        locked = people.locked_ids(session)
    for person_id in locked:
        refresh_person(services, person_id, KEYCLOAK)
