"""Reads one person or organisation again, and looks at the requests whose deciders that may have changed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.errors import OrganisationNotFound, PersonNotFound
from directory.vocabulary import Standing
from portal.model.mirror import MirroredOrganisation
from portal.rules.roles import APPROVER_ROLES
from portal.rules.routing import SERVICE_DESK
from portal.services import Services
from portal.store import mirror, outbox
from portal.store.queries import people

DECIDERS = APPROVER_ROLES | {SERVICE_DESK.role}


def refresh_person(services: Services, person_id: str) -> None:
    """The person becomes as Keycloak has them; where they newly, or no longer, decide is looked at."""
    try:
        standing = services.reader.standing(person_id)
    except PersonNotFound:
        standing = None
    with services.sessions.begin() as session:
        before = people.standing(session, person_id)
        if standing is None:
            mirror.forget_person(session, person_id)
        else:
            mirror.refresh_person(session, standing)
        for code in sorted(_decides_at(before) ^ _decides_at(standing)):
            outbox.reroute(session, code, services.clock())


def _decides_at(standing: Standing | None) -> set[str]:
    if standing is None or not standing.is_active:
        return set()
    return {holding.organisation for holding in standing.holdings if holding.role in DECIDERS}


def refresh_organisation(services: Services, group_id: str) -> None:
    """The organisation becomes in the mirror as Keycloak has it; its requests move if who decides does."""
    try:
        organisation = services.reader.organisation_by_id(group_id)
    except OrganisationNotFound:
        _forget(services, group_id)
        return
    with services.sessions.begin() as session:
        seen = session.get(MirroredOrganisation, organisation.code)
        before = seen.as_organisation() if seen else None
        mirror.refresh_organisation(session, organisation)
        facts = ("path", "status", "approval_level")
        if before and any(getattr(before, fact) != getattr(organisation, fact) for fact in facts):
            outbox.reroute(session, organisation.code, services.clock())


def _forget(services: Services, group_id: str) -> None:
    with services.sessions.begin() as session:
        code = _code(session, group_id)
        mirror.forget_organisation(session, group_id)
        if code:
            outbox.reroute(session, code, services.clock())


def _code(session: Session, group_id: str) -> str | None:
    return session.scalar(select(MirroredOrganisation.code).where(MirroredOrganisation.group_id == group_id))


def recheck_locked(services: Services) -> None:
    """Reads again those seen locked: Keycloak tells nobody when a lock runs out."""
    with services.sessions() as session:
        locked = people.locked_ids(session)
    for person_id in locked:
        refresh_person(services, person_id)
