"""How people came to hold their roles, as the audit has it: who gave each, and when."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.model.audit import AuditEntry, AuditKind
from portal.rules.why import Given

KINDS = (AuditKind.ROLE_GRANTED, AuditKind.ACCOUNT_CHANGED)
IN_KEYCLOAK = "Given in Keycloak"
RoleAt = tuple[str, Role]
"""An ODS code, empty for everywhere, and a role."""


def given(session: Session, person_id: str) -> Mapping[RoleAt, Given]:
    """The latest giving of each role of the person, by ODS code and role."""
    return given_to(session, [person_id]).get(person_id, {})


def given_to(session: Session, person_ids: Collection[str]) -> Mapping[str, Mapping[RoleAt, Given]]:
    """The same of several people, by their ids; the others are left out."""
    entries = (
        select(AuditEntry)
        .where(AuditEntry.subject.in_(person_ids), AuditEntry.kind.in_(KINDS))
        .order_by(AuditEntry.seq)
    )
    found: dict[str, dict[RoleAt, Given]] = defaultdict(dict)
    for entry in session.scalars(entries):
        found[entry.subject] |= dict.fromkeys(_roles(entry), Given(entry.actor_name, entry.at, _how(entry)))
    return found


def _roles(entry: AuditEntry) -> list[RoleAt]:
    """What the entry gave: the portal one role, the console what is there after it and was not before."""
    if entry.kind is AuditKind.ROLE_GRANTED:
        return [(entry.organisation_code, Role(entry.after["role"]))]
    new = set(entry.after["roles"] or ()) - set(entry.before["roles"] or ())
    parted = [words.partition(" ") for words in sorted(new)]
    return [(code, Role(role)) for role, _, code in parted]


def _how(entry: AuditEntry) -> str:
    return entry.reason or IN_KEYCLOAK
