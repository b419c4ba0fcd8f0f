"""Reads service provider clusters: a commissioner's, a provider's, and what there is to choose from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from directory.vocabulary import COMMISSIONING_TYPES, PROVIDER_TYPES, Holding, OrganisationStatus, Role
from portal.model.mirror import MirroredOrganisation
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.store.folding import prefix_query
from portal.store.queries.organisations import is_text, matches, plain_order
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import is_everywhere, under

Path = Sequence[str]


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster with how many people are restricted to it."""

    cluster: MirroredCluster
    people: int


def listing(session: Session, commissioner: str) -> list[ClusterRow]:
    """The clusters of the commissioner of this ODS code, in the order in which they were made."""
    people = (
        select(func.count())
        .where(MirroredRestriction.cluster_id == MirroredCluster.id)
        .correlate(MirroredCluster)
        .scalar_subquery()
    )
    statement = select(MirroredCluster, people).where(MirroredCluster.commissioner_code == commissioner)
    found = [ClusterRow(cluster, count) for cluster, count in session.execute(statement)]
    return sorted(found, key=lambda row: (row.cluster.as_cluster().number, row.cluster.short_name))


def of_provider(session: Session, holding: Holding, path: Path) -> list[MirroredCluster]:
    """The clusters that list the provider at this path, or what it is a branch of.

    Those of commissioners at or below the viewer's holding; all, for the Service Desk.
    """
    commissioners = list(path) if is_everywhere(holding) else list(path[len(holding.path) - 1 :])
    statement = select(MirroredCluster).where(
        MirroredCluster.organisations.overlap(list(path)),
        MirroredCluster.commissioner_code.in_(commissioners),
    )
    return list(session.scalars(statement.order_by(MirroredCluster.short_name)))


def commissioners(session: Session, text: str, limit: int) -> list[MirroredOrganisation]:
    """The commissioning organisations that answer a search; with nothing typed, those that have clusters."""
    has_clusters = MirroredOrganisation.code.in_(select(MirroredCluster.commissioner_code))
    query = prefix_query(text)
    statement = (
        select(MirroredOrganisation)
        .where(MirroredOrganisation.type.in_(COMMISSIONING_TYPES), matches(query) if query else has_clusters)
        .order_by(plain_order(MirroredOrganisation.name), MirroredOrganisation.code)
        .limit(limit)
    )
    return list(session.scalars(statement))


def candidates(
    session: Session, commissioner: Path, text: str = "", number: int = 1, size: int = 20
) -> Page[MirroredOrganisation]:
    """The service providers below the commissioner that answer a search, by name, the closed left out."""
    number, size = bounds(number, size)
    conditions = _candidates(commissioner, text)
    total = session.scalar(select(func.count()).select_from(MirroredOrganisation).where(*conditions)) or 0
    number = min(number, max(1, -(-total // size)))
    by_name = (
        select(MirroredOrganisation)
        .where(*conditions)
        .order_by(plain_order(MirroredOrganisation.name), MirroredOrganisation.code)
    )
    found = session.scalars(by_name.limit(size).offset((number - 1) * size))
    return Page(list(found), number, size, total)


def candidate_codes(session: Session, commissioner: Path, text: str = "") -> set[str]:
    """All of them, by ODS code."""
    return set(session.scalars(select(MirroredOrganisation.code).where(*_candidates(commissioner, text))))


def not_below(session: Session, commissioner: str, codes: Collection[str]) -> set[str]:
    """Which of these codes are of no service provider below the commissioner, a closed one too."""
    known = select(MirroredOrganisation.code).where(
        MirroredOrganisation.code.in_([code for code in codes if is_text(code)]),
        MirroredOrganisation.type.in_(PROVIDER_TYPES),
        MirroredOrganisation.path.contains([commissioner]),
    )
    return set(codes) - set(session.scalars(known))


def _candidates(commissioner: Path, text: str) -> list[ColumnElement[bool]]:
    administrator = Holding(Role.ORGANISATION_ADMINISTRATOR, tuple(commissioner))
    conditions = [
        under(administrator),
        MirroredOrganisation.type.in_(PROVIDER_TYPES),
        MirroredOrganisation.status != OrganisationStatus.CLOSED,
    ]
    if text.strip():
        conditions.append(matches(prefix_query(text)))
    return conditions
