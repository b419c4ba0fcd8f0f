"""Replaces the whole mirror by what Keycloak holds, without a moment in which readers see less.

What is read goes into temporary tables by COPY; then one transaction writes only the difference. Rows that
were refreshed singly since the reading began are newer than it, and stay as they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from directory.vocabulary import Cluster, Holding, Organisation, Person, Restriction, Standing
from portal.model.mirror import MirroredOrganisation
from portal.store.cluster_mirror import cluster_row, restriction_row
from portal.store.mirror import holding_row, organisation_row, person_row

ORGANISATION_COLUMNS = (
    "code group_id name type path parent_code postcode town successor status approval_level words".split()  # noqa: SIM905
)
PERSON_COLUMNS = "id email first_name last_name enabled wants_email access payment_types words".split()  # noqa: SIM905
BEFORE = "CAST(:read_from AS timestamptz) - interval '1 microsecond'"
HOLDING_COLUMNS = ("person_id", "organisation_code", "role")
CLUSTER_COLUMNS = "id commissioner_code short_name name description organisations".split()  # noqa: SIM905
RESTRICTION_COLUMNS = ("person_id", "commissioner_code", "cluster_id")


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows of the mirror were written and deleted."""

    written: int
    deleted: int


def clock(session: Session) -> datetime:
    """The database's clock, by which rows note when they were last refreshed."""
    moment: datetime = session.scalar(text("SELECT clock_timestamp()"))
    return moment


def organisations_before(session: Session, read_from: datetime) -> dict[str, Organisation]:
    """By ODS code, as the mirror has those not read again since: what `replace_all` may change."""
    rows = select(MirroredOrganisation).where(MirroredOrganisation.seen_at < read_from)
    return {row.code: row.as_organisation() for row in session.scalars(rows)}


@dataclass(frozen=True, slots=True)
class Everything:
    """All that Keycloak holds; holdings and restrictions each with their person's id."""

    organisations: Sequence[Organisation]
    people: Sequence[Person]
    holdings: Sequence[tuple[str, Holding]]
    clusters: Sequence[Cluster] = ()
    restrictions: Sequence[tuple[str, Restriction]] = ()


def replace_all(session: Session, every: Everything, read_from: datetime) -> Difference:
    """Makes the mirror equal to this, all read after `read_from` on the database's clock."""
    _load(session, "organisation", ORGANISATION_COLUMNS, (organisation_row(o) for o in every.organisations))
    _load(session, "person", PERSON_COLUMNS, (person_row(Standing(p)) for p in every.people))
    _load(session, "holding", HOLDING_COLUMNS, (holding_row(*pair) for pair in every.holdings))
    _load(session, "cluster", CLUSTER_COLUMNS, (cluster_row(one) for one in every.clusters))
    restrictions = (restriction_row(*pair) for pair in every.restrictions)
    _load(session, "restriction", RESTRICTION_COLUMNS, restrictions)
    written = deleted = 0
    for statement in WRITING:
        written += session.execute(text(statement), {"read_from": read_from}).rowcount  # type: ignore[attr-defined]
    for statement in DELETING:
        deleted += session.execute(text(statement), {"read_from": read_from}).rowcount  # type: ignore[attr-defined]
    return Difference(written, deleted)


def _load(session: Session, name: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    named = ", ".join(columns)
    session.execute(
        text(
            f"CREATE TEMPORARY TABLE new_{name} ON COMMIT DROP AS"  # noqa: S608 - our own names
            f" SELECT {named} FROM mirrored_{name} WITH NO DATA"
        )
    )
    cursor: Any = session.connection().connection.cursor()
    with cursor, cursor.copy(f"COPY new_{name} ({named}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_plain(row[column]) for column in columns])
    session.execute(text(f"ANALYZE new_{name}"))


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _upsert(name: str, columns: Sequence[str], key: str) -> str:
    others = [column for column in columns if column != key]
    mine = ", ".join(f"m.{column}" for column in others)
    theirs = ", ".join(f"excluded.{column}" for column in others)
    values = ", ".join(f"{column} = excluded.{column}" for column in others)
    return (
        f"INSERT INTO mirrored_{name} AS m ({', '.join(columns)}, seen_at)"  # noqa: S608 - our own names
        f" SELECT DISTINCT ON ({key}) {', '.join(columns)}, {BEFORE} FROM new_{name} ORDER BY {key}"
        f" ON CONFLICT ({key}) DO UPDATE SET {values}, seen_at = {BEFORE}"
        f" WHERE m.seen_at < :read_from AND ({mine}) IS DISTINCT FROM ({theirs})"
    )


WRITING = (
    _upsert("organisation", ORGANISATION_COLUMNS, "code"),
    _upsert("person", PERSON_COLUMNS, "id"),
    """
    INSERT INTO mirrored_holding SELECT DISTINCT n.* FROM new_holding n
    JOIN mirrored_person p ON p.id = n.person_id WHERE p.seen_at < :read_from
    ON CONFLICT DO NOTHING""",
    _upsert("cluster", CLUSTER_COLUMNS, "id"),
    """
    INSERT INTO mirrored_restriction SELECT DISTINCT n.* FROM new_restriction n
    JOIN mirrored_person p ON p.id = n.person_id WHERE p.seen_at < :read_from
    ON CONFLICT DO NOTHING""",
)
DELETING = (
    """
    DELETE FROM mirrored_restriction r WHERE NOT EXISTS (
        SELECT FROM new_restriction n WHERE n.person_id = r.person_id
        AND n.commissioner_code = r.commissioner_code AND n.cluster_id = r.cluster_id)
    AND NOT EXISTS (SELECT FROM mirrored_person p WHERE p.id = r.person_id AND p.seen_at >= :read_from)""",
    """
    DELETE FROM mirrored_cluster c WHERE c.seen_at < :read_from
    AND NOT EXISTS (SELECT FROM new_cluster n WHERE n.id = c.id)""",
    """
    DELETE FROM mirrored_holding h WHERE NOT EXISTS (
        SELECT FROM new_holding n WHERE n.person_id = h.person_id
        AND n.organisation_code = h.organisation_code AND n.role = h.role)
    AND NOT EXISTS (SELECT FROM mirrored_person p WHERE p.id = h.person_id AND p.seen_at >= :read_from)""",
    """
    DELETE FROM mirrored_person p WHERE p.seen_at < :read_from
    AND NOT EXISTS (SELECT FROM new_person n WHERE n.id = p.id)""",
    """
    DELETE FROM mirrored_organisation o WHERE o.seen_at < :read_from
    AND NOT EXISTS (SELECT FROM new_organisation n WHERE n.code = o.code)""",
)
