"""Invitations: somebody who may, asks a person without an account to take one role at one organisation."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.vocabulary import Role
from portal.model.base import Base, one_of


class InvitationState(StrEnum):
    """Where an invitation is in its life. Overtaken: the person was given the role by another way."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


# A lapsed one is pending again when the person asks for another link and the inviter could still send it; an
# accepted one is cancelled only where the role couldn't be given, and all that the person has is taken.
TRANSITIONS: Mapping[InvitationState, frozenset[InvitationState]] = {
    InvitationState.PENDING: frozenset(InvitationState) - {InvitationState.PENDING},
    InvitationState.ACCEPTED: frozenset({InvitationState.CANCELLED}),
    InvitationState.CANCELLED: frozenset(),
    InvitationState.LAPSED: frozenset({InvitationState.PENDING}),
    InvitationState.OVERTAKEN: frozenset(),
}


class Invitation(Base):
    """One person's invitation to one role at one organisation. `email` is in lower case.

    `invited_by` is Keycloak's id of who sent it last, and answers for it, in the role `invited_as` at the
    organisation `invited_from` (empty for everywhere). `round` counts the links that were sent: only the
    newest works, of which `token_hash` is kept. `person_id` is the account, once there is one.
    An accepted one has `applied_at` once Keycloak holds the role, or a `request_id` if it became a request.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_pending",
            "email",
            "organisation_code",
            "role",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_invitation_pending_organisation",
            "organisation_code",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_invitation_pending_lapses", "lapses_at", postgresql_where=text("state = 'pending'")),
        Index("ix_invitation_email", "email"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    organisation_code: Mapped[str]
    organisation_name: Mapped[str]
    role: Mapped[Role] = mapped_column(one_of(Role))
    state: Mapped[InvitationState] = mapped_column(one_of(InvitationState), default=InvitationState.PENDING)
    invited_by: Mapped[str]
    invited_by_name: Mapped[str]
    invited_as: Mapped[Role] = mapped_column(one_of(Role))
    invited_from: Mapped[str]
    sent_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    token_hash: Mapped[str]
    person_id: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    accepted_from: Mapped[str] = mapped_column(default="", server_default="")
    applied_at: Mapped[datetime | None]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("access_request.id"))

    @property
    def name(self) -> str:
        """The invited person's first and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_pending(self) -> bool:
        return self.state is InvitationState.PENDING

    @property
    def is_being_applied(self) -> bool:
        """Accepted, and neither has Keycloak the role yet nor is there a request."""
        accepted = self.state is InvitationState.ACCEPTED
        return accepted and self.applied_at is None and self.request_id is None

    @property
    def gave_access(self) -> bool:
        """Accepted, and not turned into a request."""
        return self.state is InvitationState.ACCEPTED and self.request_id is None

    def has_lapsed(self, at: datetime) -> bool:
        """Whether its time is over, whatever has been noted of that yet."""
        return self.state is InvitationState.LAPSED or (self.is_pending and self.lapses_at <= at)
