"""Notices: what a person is told inside the portal."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.model.base import Base, one_of


class NoticeKind(StrEnum):
    """What a notice is about; its label is what the notifications page shows as its type."""

    REQUEST_NEW_ACCOUNT = "request-new-account"
    REQUEST_ADDITIONAL_ROLE = "request-additional-role"
    REQUEST_SUBMITTED = "request-submitted"
    REQUEST_APPROVED = "request-approved"
    REQUEST_REJECTED = "request-rejected"
    REMINDER = "reminder"
    ESCALATED = "escalated"
    LAPSED = "lapsed"
    LEVEL_CHANGED = "level-changed"
    ROLE_REMOVED = "role-removed"
    ACCOUNT_UNLOCKED = "account-unlocked"
    SECOND_FACTORS_REMOVED = "second-factors-removed"
    NOT_APPLIED = "not-applied"
    ADDRESS_CHANGED = "address-changed"
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ENABLED = "account-enabled"
    ACCOUNT_REVOKED = "account-revoked"
    INVITATION_ACCEPTED = "invitation-accepted"
    INVITATION_TURNED = "invitation-turned"
    INVITATION_UNANSWERED = "invitation-unanswered"
    ACCESS_CHANGED = "access-changed"
    ORGANISATIONS_CHANGED = "organisations-changed"
    CLUSTERS_CHANGED = "clusters-changed"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    NoticeKind.REQUEST_NEW_ACCOUNT: "Request for New User Account",
    NoticeKind.REQUEST_ADDITIONAL_ROLE: "Request for Additional Role",
    NoticeKind.REQUEST_SUBMITTED: "Request submitted",
    NoticeKind.REQUEST_APPROVED: "Request approved",
    NoticeKind.REQUEST_REJECTED: "Request rejected",
    NoticeKind.REMINDER: "Reminder: request waiting",
    NoticeKind.ESCALATED: "Request passed up to you",
    NoticeKind.LAPSED: "Request lapsed",
    NoticeKind.LEVEL_CHANGED: "Approval level changed",
    NoticeKind.ROLE_REMOVED: "Role removed",
    NoticeKind.ACCOUNT_UNLOCKED: "Account unlocked",
    NoticeKind.SECOND_FACTORS_REMOVED: "Second factor removed",
    NoticeKind.NOT_APPLIED: "Approved request could not be applied",
    NoticeKind.ADDRESS_CHANGED: "Email address changed",
    NoticeKind.ACCOUNT_DISABLED: "Account disabled",
    NoticeKind.ACCOUNT_ENABLED: "Account enabled",
    NoticeKind.ACCOUNT_REVOKED: "All roles removed",
    NoticeKind.INVITATION_ACCEPTED: "Invitation accepted",
    NoticeKind.INVITATION_TURNED: "Invitation became a request",
    NoticeKind.INVITATION_UNANSWERED: "Invitation lapsed",
    NoticeKind.ACCESS_CHANGED: "Access changed",
    NoticeKind.ORGANISATIONS_CHANGED: "Your organisations changed",
    NoticeKind.CLUSTERS_CHANGED: "Clusters changed",
}


class Notice(Base):
    """One line of one person's notifications. `name` is whom or what it is about.

    `sequence` tells apart what may be said more than once about one request, such as that it came back.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "request_id", "sequence", name="uq_notice_once"),
        Index("ix_notice_person", "person_id", "created_at"),
        Index("ix_notice_unread", "person_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[str]
    kind: Mapped[NoticeKind] = mapped_column(one_of(NoticeKind))
    name: Mapped[str]
    text: Mapped[str] = mapped_column(default="", server_default="")
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("access_request.id"))
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
