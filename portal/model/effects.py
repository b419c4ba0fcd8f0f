"""The outbox: what must still happen outside this database because of something decided in it."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.logs import present_trace
from portal.model.base import Base, one_of

QUEUED = "effect_queued"
"""What PostgreSQL notifies of each new effect: its lane, and its id.

The lane is "mail" for a message, "awaited" for what somebody waits for, or else "other".
"""
DONE = "effect_done"
"""What it notifies when one is done, or parked; the payload is its id."""


class EffectKind(StrEnum):
    """What is to be done. Each has one module in portal.effects."""

    REGISTRATION = "registration"
    TELL_APPROVERS = "tell-deciders"
    TELL_REQUESTER = "tell-requester"
    GRANT = "grant"
    WELCOME = "welcome"
    SEND_LINK = "send-link"
    MAIL = "mail"
    APPROVAL_LEVEL = "approval-level"
    STEP_DOWN = "step-down"
    REMOVE_ROLE = "remove-role"
    UNLOCK = "unlock"
    REMOVE_SECOND_FACTORS = "remove-second-factors"
    REROUTE = "reroute"
    PREFERENCES = "preferences"
    NAMES = "names"
    SIGN_OUT_ELSEWHERE = "sign-out-elsewhere"
    DISABLE = "disable"
    ENABLE = "enable"
    REVOKE = "revoke"
    END_SESSIONS = "end-sessions"
    TELL_ELSEWHERE = "tell-elsewhere"
    SEND_INVITATION = "send-invitation"
    RENEW_INVITATION = "renew-invitation"
    APPLY_INVITATION = "apply-invitation"
    END_INVITATION = "end-invitation"
    SEND_REGISTER_LINK = "send-register-link"
    CREATE_CLUSTER = "create-cluster"
    CHANGE_CLUSTER = "change-cluster"
    DELETE_CLUSTER = "delete-cluster"
    MARK_RESTRICTED = "mark-restricted"
    CHANGE_DETAILS = "change-details"
    WRITE_ACCESS = "write-access"
    ORGANISATION_NEWS = "organisation-news"


class Urgency(IntEnum):
    """In which order what is due is done: what somebody waits for at a page comes first."""

    AWAITED = 0
    SOON = 1
    WHENEVER = 2


class Effect(Base):
    """One thing to do, repeated until done. Effects of one `key` are done in the order they were written.

    Who writes one, or finishes it, needs to tell nobody: the database notifies `QUEUED` and `DONE`.
    `parked_at` is set when Keycloak refused it for good: it is shown to the Service Desk, and no longer holds
    up its key. `trace` is the browser's request that it follows from.
    """

    __tablename__ = "effect"
    __table_args__ = (
        Index(
            "ix_effect_waiting",
            "key",
            "id",
            postgresql_where=text("done_at IS NULL AND parked_at IS NULL"),
        ),
        Index(
            "ix_effect_next", "urgency", "id", postgresql_where=text("done_at IS NULL AND parked_at IS NULL")
        ),
        Index("ix_effect_done_at", "done_at"),
        Index("ix_effect_parked", "id", postgresql_where=text("done_at IS NULL AND parked_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[EffectKind] = mapped_column(one_of(EffectKind))
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    urgency: Mapped[Urgency] = mapped_column(SmallInteger, default=Urgency.SOON, server_default="1")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    trace: Mapped[str] = mapped_column(default=present_trace, server_default="")
