"""Mail: one row for each message to one address, with what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.model.base import Base, one_of


class MailState(StrEnum):
    """Queued until the mail server takes it (sent), refuses it for good, or the retries run out (failed)."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class MailKind(StrEnum):
    """What a message says. Its words are in portal.mail.words."""

    REQUEST_TO_DECIDE = "request-to-decide"
    REQUEST_REMINDER = "request-reminder"
    REQUEST_ESCALATED = "request-escalated"
    ROLE_ADDED = "role-added"
    REQUEST_REJECTED = "request-rejected"
    REQUEST_LAPSED = "request-lapsed"
    ALREADY_KNOWN = "already-known"
    ALREADY_ASKED = "already-asked"
    ORGANISATION_CLOSED = "organisation-closed"
    NO_ACCOUNT = "no-account"
    HAS_PASSWORD = "has-password"  # noqa: S105 - the name of a message
    ROLE_CHANGED = "role-changed"
    ROLE_REMOVED = "role-removed"
    ACCOUNT_UNLOCKED = "account-unlocked"
    SECOND_FACTORS_REMOVED = "second-factors-removed"
    NOT_APPLIED = "not-applied"
    ADDRESS_CHANGED = "address-changed"
    WELCOME_LINK = "welcome-link"
    PASSWORD_LINK = "password-link"  # noqa: S105 - likewise
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ENABLED = "account-enabled"
    ACCOUNT_REVOKED = "account-revoked"
    ACCOUNT_CHANGED_ELSEWHERE = "account-changed-elsewhere"
    INVITATION = "invitation"
    INVITATION_LAPSED = "invitation-lapsed"
    INVITATION_UNANSWERED = "invitation-unanswered"
    INVITATION_ENDED = "invitation-ended"
    INVITATION_TURNED = "invitation-turned"
    REGISTER_LINK = "register-link"
    AUDIT_HEAD = "audit-head"
    CREDENTIAL_SET = "credential-set"
    CREDENTIAL_REMOVED = "credential-removed"
    ACCOUNT_LOCKED = "account-locked"
    ACCOUNT_LOCKED_FOR_GOOD = "account-locked-for-good"
    ACCESS_CHANGED = "access-changed"
    ORGANISATIONS_CHANGED = "organisations-changed"
    CLUSTERS_CHANGED = "clusters-changed"
    NO_LINK_WHILE_DISABLED = "no-link-while-disabled"


SENT_BY_KEYCLOAK = frozenset({MailKind.WELCOME_LINK, MailKind.PASSWORD_LINK})
"""Links to set a first password, or another: only Keycloak can make them, so it mails them."""


class Mail(Base):
    """One message to one address. `context` holds the facts that its words are made of.

    Of what Keycloak is to send it holds the `person_id`, and the moment `since` which one sent counts.

    `message_id` follows from `id`, so that a message sent twice after a crash can be known as one.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_state", "state", "created_at"),
        Index("ix_mail_to_address", "to_address"),
        Index("ix_mail_request_id", "request_id"),
        Index("ix_mail_register_link", "created_at", postgresql_where=text("kind = 'register-link'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    to_address: Mapped[str]
    kind: Mapped[MailKind] = mapped_column(one_of(MailKind))
    context: Mapped[dict[str, Any]]
    state: Mapped[MailState] = mapped_column(one_of(MailState), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    retry_until: Mapped[datetime]
    last_attempt_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="", server_default="")
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("access_request.id"))
    message_id: Mapped[str]
