"""The mirror: a copy of Keycloak's organisations, people and holdings, for lists and searches only."""

from datetime import datetime

from sqlalchemy import Computed, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Role,
)
from portal.model.base import Base, one_of

FROM_WORDS = "array_to_tsvector(words)"


def _in_order(column: str, name: str = "") -> Index:
    """For lists sorted by a person's column: in lower case, and answered by it alone.

    The migration orders it by bare letters; that collation can't be read back to be compared with this.
    """
    return Index(
        name or f"ix_mirrored_person_{column}",
        text(f"lower({column})"),
        postgresql_include=[column, "id", "enabled", "locked"],
    )


class MirroredOrganisation(Base):
    """An organisation as last seen. `words` is what a search looks in: folded words."""

    __tablename__ = "mirrored_organisation"
    __table_args__ = (
        Index("ix_mirrored_organisation_path", "path", postgresql_using="gin"),
        Index("ix_mirrored_organisation_search", "search", postgresql_using="gin"),
        Index("ix_mirrored_organisation_group_id", "group_id"),
        Index("ix_mirrored_organisation_parent_code", "parent_code"),
        Index("ix_mirrored_organisation_postcode", "postcode"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[str]
    name: Mapped[str]
    type: Mapped[OrganisationType] = mapped_column(one_of(OrganisationType))
    path: Mapped[list[str]]
    parent_code: Mapped[str | None]
    postcode: Mapped[str] = mapped_column(default="", server_default="")
    town: Mapped[str] = mapped_column(default="", server_default="")
    successor: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[OrganisationStatus] = mapped_column(one_of(OrganisationStatus))
    approval_level: Mapped[ApprovalLevel] = mapped_column(one_of(ApprovalLevel))
    words: Mapped[list[str]]
    seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(FROM_WORDS, persisted=True), deferred=True)

    @property
    def is_closed(self) -> bool:
        return self.status is OrganisationStatus.CLOSED

    def as_organisation(self) -> Organisation:
        """The same facts as the gateway gives them."""
        return Organisation(
            code=self.code,
            name=self.name,
            type=self.type,
            path=tuple(self.path),
            postcode=self.postcode,
            status=self.status,
            approval_level=self.approval_level,
            id=self.group_id,
            town=self.town,
            successor=self.successor,
        )


class MirroredPerson(Base):
    """A person as last seen. `words` is what a search looks in: folded names and e-mail address.

    `places`: at how many organisations they hold a role, which the database counts itself.
    """

    __tablename__ = "mirrored_person"
    __table_args__ = (
        Index("ix_mirrored_person_email", "email"),
        Index("ix_mirrored_person_name", "last_name", "first_name", "id"),
        _in_order("first_name"),
        _in_order("last_name"),
        _in_order("email", "ix_mirrored_person_email_order"),
        Index("ix_mirrored_person_stopped", "id", postgresql_where=text("NOT enabled OR locked")),
        Index("ix_mirrored_person_search", "search", postgresql_using="gin"),
        Index("ix_mirrored_person_roleless", "id", postgresql_where=text("places = 0")),
        Index(
            "ix_mirrored_person_several",
            "id",
            postgresql_include=["places"],
            postgresql_where=text("places > 1"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    enabled: Mapped[bool]
    locked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    wants_email: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    access: Mapped[str] = mapped_column(default="", server_default="")
    payment_types: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    words: Mapped[list[str]]
    places: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(FROM_WORDS, persisted=True), deferred=True)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def as_person(self) -> Person:
        """The same facts as the gateway gives them."""
        return Person(
            id=self.id,
            email=self.email,
            first_name=self.first_name,
            last_name=self.last_name,
            enabled=self.enabled,
            wants_email=self.wants_email,
            access=self.access,
            payment_types=tuple(self.payment_types),
        )


class MirroredHolding(Base):
    """A role that a person was last seen to hold; the empty organisation code is everywhere."""

    __tablename__ = "mirrored_holding"
    __table_args__ = (Index("ix_mirrored_holding_organisation", "organisation_code", "person_id", "role"),)

    person_id: Mapped[str] = mapped_column(
        ForeignKey(MirroredPerson.id, ondelete="CASCADE"), primary_key=True
    )
    organisation_code: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role), primary_key=True)

    def as_holding(self, organisation: MirroredOrganisation | None) -> Holding:
        """The holding with the path of its organisation, or everywhere when that is None."""
        return Holding(self.role, tuple(organisation.path) if organisation else ())


class MirrorPosition(Base):
    """How far the follower has read Keycloak's events, and when everything was last read. One row, id 1.

    `told_to` is up to when people were told what happened to their accounts, `in_step_at` when the mirror was
    last known to hold all that had changed in Keycloak.
    """

    __tablename__ = "mirror_position"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    read_to: Mapped[datetime]
    seen: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    reconciled_at: Mapped[datetime | None]
    reconcile_asked_at: Mapped[datetime | None]
    told_to: Mapped[datetime | None]
    in_step_at: Mapped[datetime | None]
