"""Requests for access: somebody asks for one role at one organisation, and it is decided once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.vocabulary import Person, Role
from portal.model.base import Base, one_of


class RequestState(StrEnum):
    """Where a request is in its life. Only an open one is anybody's work."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SET_ASIDE = "set-aside"

    @property
    def label(self) -> str:
        """As people read it, such as "Approved"."""
        return self.value.replace("-", " ").capitalize()


# What was approved lapses only when the role can't be given any more, and the Service Desk gives it up. What
# is set aside, as the applicant is disabled, comes back with the account; it lapses if the same is open.
TRANSITIONS: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.OPEN: frozenset(
        {
            RequestState.APPROVED,
            RequestState.REJECTED,
            RequestState.WITHDRAWN,
            RequestState.LAPSED,
            RequestState.SET_ASIDE,
        }
    ),
    RequestState.APPROVED: frozenset({RequestState.LAPSED}),
    RequestState.REJECTED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.LAPSED: frozenset(),
    RequestState.SET_ASIDE: frozenset({RequestState.OPEN, RequestState.LAPSED}),
}


class RequestKind(StrEnum):
    """Whether the person had an account when asking."""

    NEW_ACCOUNT = "new-account"
    ADDITIONAL_ROLE = "additional-role"


class AccessRequest(Base):
    """One person's request for one role at one organisation.

    `person_id` is Keycloak's id of whom it is for, once there is an account; until then `email` says so. That
    is the address it was asked from, in lower case; until it is over, it follows the account's own.
    `set_aside_at` is since when it is set aside; `paused` how long it was before, which no deadline counts.
    `applied_at` is when Keycloak held the granted role: an approved request without it is being applied.
    `held_by_role` and `held_by_organisation` (empty for the Service Desk) say whom it was last passed to, at
    `held_since`; `routing` counts how often that changed. Both are what people were told: who may decide is
    always worked out anew.
    """

    __tablename__ = "access_request"
    __table_args__ = (
        Index(
            "uq_access_request_open",
            "email",
            "organisation_code",
            "role",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "uq_access_request_open_person",
            "person_id",
            "organisation_code",
            "role",
            unique=True,
            postgresql_where=text("state = 'open' AND person_id IS NOT NULL"),
        ),
        Index(
            "ix_access_request_open_organisation",
            "organisation_code",
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_access_request_email", "email"),
        Index("ix_access_request_person_id", "person_id"),
        Index(
            "ix_access_request_unapplied",
            "decided_at",
            postgresql_where=text("state = 'approved' AND applied_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[RequestKind] = mapped_column(one_of(RequestKind))
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    person_id: Mapped[str | None]
    organisation_code: Mapped[str]
    organisation_name: Mapped[str]
    role: Mapped[Role] = mapped_column(one_of(Role))
    reason: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[RequestState] = mapped_column(one_of(RequestState), default=RequestState.OPEN)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_by_name: Mapped[str | None]
    decided_as: Mapped[Role | None] = mapped_column(one_of(Role))
    decision_reason: Mapped[str] = mapped_column(default="", server_default="")
    applied_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="", server_default="")
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    held_by_role: Mapped[Role | None] = mapped_column(one_of(Role))
    held_by_organisation: Mapped[str | None]
    held_since: Mapped[datetime | None]
    routing: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    set_aside_at: Mapped[datetime | None]
    paused: Mapped[timedelta] = mapped_column(default=timedelta(0), server_default=text("'0'"))

    @property
    def name(self) -> str:
        """The applicant's first and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def is_of(self, person: Person) -> bool:
        """Whether it is this person's own: by account, and only where it names none by e-mail address."""
        if self.person_id:
            return self.person_id == person.id
        return self.email == person.email.lower()

    @property
    def is_open(self) -> bool:
        return self.state is RequestState.OPEN

    @property
    def is_being_applied(self) -> bool:
        """Approved, and Keycloak doesn't hold the role yet."""
        return self.state is RequestState.APPROVED and self.applied_at is None and not self.problem

    @property
    def could_not_be_applied(self) -> bool:
        """Approved, but the role couldn't be granted any more: `problem` says why."""
        return self.state is RequestState.APPROVED and self.applied_at is None and bool(self.problem)
