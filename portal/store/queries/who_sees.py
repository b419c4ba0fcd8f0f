"""Who can see an organisation's affairs, a role a row: `rules.use` asked the other way round, in SQL."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from directory.vocabulary import (
    Organisation,
    OrganisationStatus,
    Role,
)
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.rules.roles import COMMISSIONER_STAFF, PROVIDER_STAFF
from portal.rules.scope import commissioners_over
from portal.rules.why import Chain, why
from portal.store.queries import grants
from portal.store.queries.page import Page, bounds
from portal.store.queries.standings import standings

AT_A_PROVIDER = (Role.PROVIDER_APPROVER, *PROVIDER_STAFF)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who can see it, through one role; `chain` says how."""

    person: MirroredPerson
    chain: Chain


def listing(session: Session, organisation: Organisation, number: int = 1, size: int = 10) -> Page[Watcher]:
    """Those of the nearest organisation first, then by role and name."""
    number, size = bounds(number, size)
    statement = _watching(organisation)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    shown = _in_order(statement).limit(size).offset((number - 1) * size)
    return Page(list(_watchers(session, organisation, session.execute(shown))), number, size, total)


def download(session: Session, organisation: Organisation) -> Iterator[Watcher]:
    """All of them, in the same order: by one statement, of which so many rows at once are read.

    In a session of one moment (`store.engine.at_one_moment`) none is missed, or told twice, for what changes
    meanwhile.
    """
    whole = _in_order(_watching(organisation)).execution_options(yield_per=AT_ONCE)
    for part in session.execute(whole).partitions():
        yield from _watchers(session, organisation, part)


def _watching(
    organisation: Organisation,
) -> Select[MirroredPerson, MirroredHolding, MirroredOrganisation]:
    return (
        select(MirroredPerson, MirroredHolding, MirroredOrganisation)
        .join(MirroredHolding, MirroredHolding.person_id == MirroredPerson.id)
        .outerjoin(MirroredOrganisation, MirroredOrganisation.code == MirroredHolding.organisation_code)
        .where(MirroredPerson.enabled, or_(*_sees(organisation)))
    )


def _sees(organisation: Organisation) -> Iterator[ColumnElement[bool]]:
    """Nobody sees what has closed."""
    yield false()
    if organisation.status is OrganisationStatus.CLOSED:
        return
    yield and_(MirroredHolding.organisation_code == "", MirroredHolding.role == Role.SERVICE_DESK)
    if organisation.is_provider:
        yield and_(
            MirroredHolding.organisation_code == organisation.code, MirroredHolding.role.in_(AT_A_PROVIDER)
        )
    for path in commissioners_over(organisation):
        yield and_(
            MirroredHolding.organisation_code == path[-1],
            MirroredHolding.role.in_(COMMISSIONER_STAFF),
            MirroredOrganisation.status != OrganisationStatus.CLOSED,
            _let_through(path[-1], organisation.path[len(path) :]),
        )


def _let_through(commissioner: str, below: Collection[str]) -> ColumnElement[bool]:
    """Whether the person is restricted to nothing there, or to something that the path runs through."""
    here = and_(
        MirroredRestriction.person_id == MirroredPerson.id,
        MirroredRestriction.commissioner_code == commissioner,
    )
    free = ~exists().where(here)
    if not below:
        return free
    listed = MirroredCluster.organisations.overlap(list(below))
    through = exists().where(here, MirroredCluster.id == MirroredRestriction.cluster_id, listed)
    return or_(free, through)


def _in_order(
    statement: Select[MirroredPerson, MirroredHolding, MirroredOrganisation],
) -> Select[MirroredPerson, MirroredHolding, MirroredOrganisation]:
    nearest = func.coalesce(func.cardinality(MirroredOrganisation.path), 0).desc()
    names = (MirroredPerson.last_name, MirroredPerson.first_name, MirroredPerson.id)
    return statement.order_by(nearest, MirroredHolding.role, *names)


def _watchers(
    session: Session,
    organisation: Organisation,
    rows: Iterable[tuple[MirroredPerson, MirroredHolding, MirroredOrganisation | None]],
) -> Iterator[Watcher]:
    found = [(person, held) for person, held, _place in rows]
    ids = {person.id for person, _ in found}
    accounts, given = standings(session, ids), grants.given_to(session, ids)
    for person, held in found:
        account = accounts.get(person.id)
        chains = why(account, organisation, given.get(person.id), held.role).chains if account else ()
        # Whoever has lost the role since the rows were read has no chain.
        here = (one for one in chains if one.holding.organisation == held.organisation_code)
        yield from (Watcher(person, chain) for chain in here if chain.broken is None)
