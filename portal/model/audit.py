"""The audit: who did what to whom, in which role, when, from where; chained so that tampering shows.

Each kind of event declares exactly what it records before and after; an event with a field missing or one too
many is refused, so that the same act never leaves two shapes of record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnClause, Index, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from portal.model.base import Base, one_of


class AuditKind(StrEnum):
    """What happened. The label is how the Service Desk reads it."""

    REQUEST_MADE = "request-made"
    REQUEST_APPROVED = "request-approved"
    REQUEST_REJECTED = "request-rejected"
    REQUEST_WITHDRAWN = "request-withdrawn"
    REQUEST_LAPSED = "request-lapsed"
    REQUEST_PASSED = "request-passed"
    ROLE_GRANTED = "role-granted"
    ROLE_REMOVAL_ASKED = "role-removal-asked"
    ROLE_REMOVED = "role-removed"
    UNLOCK_ASKED = "unlock-asked"
    ACCOUNT_UNLOCKED = "account-unlocked"
    SECOND_FACTORS_REMOVAL_ASKED = "second-factors-removal-asked"
    SECOND_FACTORS_REMOVED = "second-factors-removed"
    GRANT_IMPOSSIBLE = "grant-impossible"
    LEVEL_CHANGE_ASKED = "level-change-asked"
    LEVEL_CHANGED = "level-changed"
    LINK_SENT = "link-sent"
    MAIL_RESENT = "mail-resent"
    GRANT_TRIED_AGAIN = "grant-tried-again"
    CHANGE_TRIED_AGAIN = "change-tried-again"
    ACCOUNT_CHANGED = "account-changed"
    ORGANISATION_CHANGED = "organisation-changed"
    RECONCILED = "reconciled"
    AUDIT_RETIRED = "audit-retired"
    NAMES_CHANGED = "names-changed"
    SIGNED_OUT_ELSEWHERE = "signed-out-elsewhere"
    DATE_MOVED = "date-moved"
    DISABLE_ASKED = "disable-asked"
    ACCOUNT_DISABLED = "account-disabled"
    ENABLE_ASKED = "enable-asked"
    ACCOUNT_ENABLED = "account-enabled"
    REVOKE_ASKED = "revoke-asked"
    ACCOUNT_REVOKED = "account-revoked"
    REQUEST_SET_ASIDE = "request-set-aside"
    REQUEST_BROUGHT_BACK = "request-brought-back"
    INVITATION_REFUSED = "invitation-refused"
    INVITATION_SENT = "invitation-sent"
    INVITATION_RESENT = "invitation-resent"
    INVITATION_CANCELLED = "invitation-cancelled"
    INVITATION_LAPSED = "invitation-lapsed"
    INVITATION_ACCEPTED = "invitation-accepted"
    INVITATION_TURNED = "invitation-turned"
    INVITATION_OVERTAKEN = "invitation-overtaken"
    UNUSED_ACCOUNT_REMOVED = "unused-account-removed"
    REGISTER_LINK_SENT = "register-link-sent"
    AUDIT_READ = "audit-read"
    AUDIT_DOWNLOADED = "audit-downloaded"
    CLUSTER_CHANGE_ASKED = "cluster-change-asked"
    CLUSTER_CHANGED = "cluster-changed"
    DETAILS_CHANGE_ASKED = "details-change-asked"
    DETAILS_CHANGED = "details-changed"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Shape:
    """The exact names of what an event records from before it and from after it."""

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


def _shape(before: str, after: str) -> Shape:
    return Shape(frozenset(before.split()), frozenset(after.split()))


ACCOUNT = "name email enabled locked roles clusters payment_types"
DETAILS = "roles payment_types clusters"
CLUSTER = "short_name name description organisations"
INVITATION = "state role name email round"
ORGANISATION = "name type place postcode status level"
SHAPES: Mapping[AuditKind, Shape] = {
    AuditKind.REQUEST_MADE: _shape("", "state role kind name"),
    AuditKind.REQUEST_APPROVED: _shape("state", "state role name"),
    AuditKind.REQUEST_REJECTED: _shape("state", "state role name"),
    AuditKind.REQUEST_WITHDRAWN: _shape("state", "state role name"),
    AuditKind.REQUEST_LAPSED: _shape("state", "state role name"),
    AuditKind.REQUEST_PASSED: _shape("held_by held_at", "held_by held_at people"),
    AuditKind.ROLE_GRANTED: _shape("held", "held role"),
    AuditKind.ROLE_REMOVAL_ASKED: _shape("roles", "roles role name decides"),
    AuditKind.ROLE_REMOVED: _shape("held", "held role"),
    AuditKind.UNLOCK_ASKED: _shape("locked", "locked name"),
    AuditKind.ACCOUNT_UNLOCKED: _shape("locked", "locked"),
    AuditKind.SECOND_FACTORS_REMOVAL_ASKED: _shape("factors", "factors name"),
    AuditKind.SECOND_FACTORS_REMOVED: _shape("factors", "factors"),
    AuditKind.GRANT_IMPOSSIBLE: _shape("state", "problem role"),
    AuditKind.LEVEL_CHANGE_ASKED: _shape("level", "level people"),
    AuditKind.LEVEL_CHANGED: _shape("level", "level"),
    AuditKind.LINK_SENT: _shape("", "address"),
    AuditKind.MAIL_RESENT: _shape("state", "state address kind"),
    AuditKind.GRANT_TRIED_AGAIN: _shape("problem", "role name"),
    AuditKind.CHANGE_TRIED_AGAIN: _shape("error", "change key"),
    AuditKind.ACCOUNT_CHANGED: _shape(ACCOUNT, ACCOUNT),
    AuditKind.ORGANISATION_CHANGED: _shape(ORGANISATION, ORGANISATION),
    AuditKind.RECONCILED: _shape("", "written deleted"),
    AuditKind.AUDIT_RETIRED: _shape("", "entries until hash"),
    AuditKind.NAMES_CHANGED: _shape("name", "name"),
    AuditKind.SIGNED_OUT_ELSEWHERE: _shape("", "sessions"),
    AuditKind.DATE_MOVED: _shape("days", "days"),
    AuditKind.DISABLE_ASKED: _shape("enabled roles", "enabled roles name decides"),
    AuditKind.ACCOUNT_DISABLED: _shape("enabled", "enabled"),
    AuditKind.ENABLE_ASKED: _shape("enabled roles", "enabled roles name"),
    AuditKind.ACCOUNT_ENABLED: _shape("enabled", "enabled"),
    AuditKind.REVOKE_ASKED: _shape("roles", "roles name decides"),
    AuditKind.ACCOUNT_REVOKED: _shape("roles", "roles"),
    AuditKind.REQUEST_SET_ASIDE: _shape("state", "state role name"),
    AuditKind.REQUEST_BROUGHT_BACK: _shape("state", "state role name"),
    AuditKind.INVITATION_REFUSED: _shape("", "email"),
    AuditKind.INVITATION_SENT: _shape("", INVITATION),
    AuditKind.INVITATION_RESENT: _shape("round", INVITATION),
    AuditKind.INVITATION_CANCELLED: _shape("state", INVITATION),
    AuditKind.INVITATION_LAPSED: _shape("state", INVITATION),
    AuditKind.INVITATION_ACCEPTED: _shape("state", INVITATION),
    AuditKind.INVITATION_TURNED: _shape("state", INVITATION),
    AuditKind.INVITATION_OVERTAKEN: _shape("state", INVITATION),
    AuditKind.UNUSED_ACCOUNT_REMOVED: _shape("account", "account email"),
    AuditKind.REGISTER_LINK_SENT: _shape("", "addresses"),
    AuditKind.AUDIT_READ: _shape("", "sought page"),
    AuditKind.AUDIT_DOWNLOADED: _shape("", "sought"),
    AuditKind.CLUSTER_CHANGE_ASKED: _shape(CLUSTER, f"{CLUSTER} lifted"),
    AuditKind.CLUSTER_CHANGED: _shape(CLUSTER, CLUSTER),
    AuditKind.DETAILS_CHANGE_ASKED: _shape(DETAILS, f"{DETAILS} name decides"),
    AuditKind.DETAILS_CHANGED: _shape(DETAILS, DETAILS),
}


class WrongShape(ValueError):
    """An audit event was given fields other than those its kind declares."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something to put on record. Raises WrongShape when `before` or `after` isn't what `kind` declares.

    `subject` is a person's id, or e-mail address while there is no account. `origin` is a network address.
    An actor without an id is the portal itself.
    """

    kind: AuditKind
    subject: str
    actor_id: str = ""
    actor_name: str = "The portal"
    actor_role: str = ""
    actor_organisation: str = ""
    organisation_code: str = ""
    request_id: UUID | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        shape = SHAPES[self.kind]
        self._check("before", self.before, shape.before)
        self._check("after", self.after, shape.after)

    def _check(self, side: str, given: Mapping[str, Any], declared: frozenset[str]) -> None:
        if given.keys() != declared:
            raise WrongShape(f"{self.kind} records {side} {sorted(declared)}, not {sorted(given)}")


WORDS: ColumnClause[Any] = literal_column("audit_words(actor_name, subject, before, after)")
"""What an entry is found by: the folded words of each name and address in it."""


class AuditEntry(Base):
    """One event on record. `hash` covers all the rest and `previous_hash`, which makes a chain."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_subject", "subject", "at"),
        Index("ix_audit_entry_actor_id", "actor_id", "at"),
        Index("ix_audit_entry_organisation_code", "organisation_code", "at"),
        Index("ix_audit_entry_request_id", "request_id"),
        Index("ix_audit_entry_words", WORDS, postgresql_using="gin"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[AuditKind] = mapped_column(one_of(AuditKind))
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    actor_role: Mapped[str]
    actor_organisation: Mapped[str]
    subject: Mapped[str]
    organisation_code: Mapped[str]
    request_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str]
    origin: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]
