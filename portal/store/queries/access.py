"""What decides whether people may use a role somewhere, as last seen: all of it by one statement.

Each answer comes with how old the mirror is, which the asker has to judge it by. Only the rules decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Role,
    Standing,
)
from portal.rules.accounts import Account
from portal.store.straight import Straight

AGE = "(SELECT clock_timestamp() - in_step_at FROM mirror_position WHERE id = 1) AS age"
PERSON = """(CASE WHEN position('@' in q.person) > 0
    THEN (SELECT one.id FROM mirrored_person one WHERE one.email = lower(q.person) ORDER BY one.id LIMIT 1)
    ELSE q.person END)"""
HELD = """p.id AS person_id, p.enabled, h.role, h.organisation_code,
    place.type AS place_type, place.path AS place_path, place.status AS place_status,
    place.approval_level AS place_level,
    EXISTS (SELECT FROM mirrored_restriction r
        WHERE r.person_id = h.person_id AND r.commissioner_code = h.organisation_code) AS restricted"""
LISTED = """ARRAY(SELECT listed FROM mirrored_restriction r JOIN mirrored_cluster c ON c.id = r.cluster_id,
        unnest(c.organisations) listed
        WHERE r.person_id = h.person_id AND r.commissioner_code = h.organisation_code {of}) AS listed"""
HERE = """o.code, o.type, o.path, o.status, o.approval_level"""
PLACE = "LEFT JOIN mirrored_organisation place ON place.code = h.organisation_code"
OF_PATH = LISTED.format(of="AND listed = ANY (o.path)")

ANSWERS = f"""
    SELECT q.n, {AGE}, {HERE}, {HELD}, {OF_PATH}
    FROM {{asked}}
    LEFT JOIN mirrored_organisation o ON o.code = q.code
    LEFT JOIN mirrored_person p ON p.id = {PERSON}
    LEFT JOIN mirrored_holding h ON h.person_id = p.id AND h.organisation_code = ANY (o.path || ''::text)
        AND (h.role = q.role OR q.role = '')
    {PLACE}
    ORDER BY q.n"""  # noqa: S608 - made of the parts above
# A single one has a statement of its own, whose plan PostgreSQL keeps: it plans a list anew each time.
QUESTION = ANSWERS.format(
    asked="(SELECT 1 AS n, CAST(%(person)s AS text) AS person, CAST(%(role)s AS text) AS role,"
    " CAST(%(code)s AS text) AS code) q"
)
QUESTIONS = ANSWERS.format(
    asked="unnest(CAST(%(people)s AS text[]), CAST(%(roles)s AS text[]), CAST(%(codes)s AS text[]))"
    " WITH ORDINALITY AS q(person, role, code, n)"
)
HOLDERS = text(f"""
    WITH held AS (
        SELECT h.* FROM mirrored_organisation at
        JOIN mirrored_holding h ON h.organisation_code = ANY (at.path || ''::text) AND h.role = :role
        WHERE at.code = :code AND h.person_id > :after)
    SELECT h.person_id AS n, {HERE}, {HELD}, {OF_PATH}
    FROM held h
    JOIN mirrored_organisation o ON o.code = :code
    JOIN mirrored_person p ON p.id = h.person_id
    {PLACE}
    WHERE h.person_id IN (SELECT DISTINCT person_id FROM held ORDER BY person_id LIMIT :limit)
    ORDER BY h.person_id""")  # noqa: S608
ROLE_OF = text(f"""
    SELECT 1 AS n, {HELD}, {LISTED.format(of="")}
    FROM (SELECT CAST(:person AS text) AS person) q
    JOIN mirrored_person p ON p.id = {PERSON}
    JOIN mirrored_holding h ON h.person_id = p.id AND h.role = :role
    {PLACE}""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Question:
    """A person, by id or e-mail address; a role, or None for any; an organisation by its ODS code."""

    person: str
    role: Role | None
    code: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides: of the account, the roles in question; None for somebody, or something, unknown."""

    account: Account | None
    organisation: Organisation | None

    @property
    def person_id(self) -> str:
        return self.account.standing.person.id if self.account else ""


def age(session: Session) -> timedelta | None:
    """How long ago the mirror was last known to be in step with Keycloak; None for never."""
    age: timedelta | None = session.scalar(text(f"SELECT {AGE}"))
    return age


def questions(straight: Straight, asked: Sequence[Question]) -> tuple[timedelta | None, list[Facts]]:
    """How old the mirror is, and the facts of each question, in order."""
    statement, values = _one(asked[0]) if len(asked) == 1 else _many(asked)
    rows = straight.rows(statement, values)
    return rows[0].age, [Facts(_account(group), _here(group[0])) for group in _grouped(rows)]


def _one(question: Question) -> tuple[str, dict[str, Any]]:
    return QUESTION, {"person": question.person, "role": _name(question.role), "code": question.code}


def _many(asked: Sequence[Question]) -> tuple[str, dict[str, Any]]:
    return QUESTIONS, {
        "people": [one.person for one in asked],
        "roles": [_name(one.role) for one in asked],
        "codes": [one.code for one in asked],
    }


def _name(role: Role | None) -> str:
    return role.value if role else ""


def holders(session: Session, role: Role, code: str, after: str, limit: int) -> list[Facts]:
    """Who holds the role at the organisation or over it, in the order of ids after `after`."""
    named = {"role": role.value, "code": code, "after": after, "limit": limit}
    rows = session.execute(HOLDERS, named).all()
    return [Facts(_account(group), _here(group[0])) for group in _grouped(rows)]


def role_of(session: Session, person: str, role: Role) -> Account | None:
    """The person with every place that they hold the role at; None when they hold it nowhere."""
    return _account(session.execute(ROLE_OF, {"person": person, "role": role.value}).all())


def _grouped(rows: Iterable[Any]) -> list[list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.n, []).append(row)
    return list(groups.values())


def _account(rows: Sequence[Any]) -> Account | None:
    if not rows or rows[0].person_id is None:
        return None
    placed = [row for row in rows if row.role and (row.place_path or not row.organisation_code)]
    person = Person(rows[0].person_id, "", "", "", enabled=rows[0].enabled)
    places = {row.organisation_code: _place(row) for row in placed if row.place_path}
    return Account(Standing(person, frozenset(map(_holding, placed))), places)


def _holding(row: Any) -> Holding:
    only = frozenset(row.listed) if row.restricted else None
    return Holding(Role(row.role), tuple(row.place_path or ()), only)


def _place(row: Any) -> Organisation:
    return _organisation(
        row.organisation_code, row.place_type, row.place_path, row.place_status, row.place_level
    )


def _here(row: Any) -> Organisation | None:
    if row.code is None:
        return None
    return _organisation(row.code, row.type, row.path, row.status, row.approval_level)


def _organisation(code: str, kind: str, path: list[str], status: str, level: str) -> Organisation:
    return Organisation(
        code=code,
        name="",
        type=OrganisationType(kind),
        path=tuple(path),
        status=OrganisationStatus(status),
        approval_level=ApprovalLevel(level),
    )
