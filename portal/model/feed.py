"""What other applications read in order: who gained or lost which role over which organisation.

`touched` is what the database itself notes of every change to the mirror, whoever made it; `reach` is what
every role reached when those were last looked at; `scope_change` says how the one became the other.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.vocabulary import Role
from portal.model.base import Base, one_of

TOUCHED = "scope_touched"
"""What PostgreSQL notifies when something that may change somebody's scope was changed in the mirror."""
EVERYWHERE = "*"
"""The organisation of a role that reaches every one there is."""
PERSON, ORGANISATION = "person", "organisation"


class Touched(Base):
    """A person's id or an organisation's ODS code, as `what` says, whose scope is to be looked at again.

    Written by triggers on the mirror's tables, in the transaction that changes them.
    """

    __tablename__ = "scope_touched"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    what: Mapped[str]
    key: Mapped[str]


class Reach(Base):
    """The person may use the role at the organisation: its ODS code, or EVERYWHERE."""

    __tablename__ = "reach"
    __table_args__ = (Index("ix_reach_organisation_code", "organisation_code"),)

    person_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role), primary_key=True)
    organisation_code: Mapped[str] = mapped_column(primary_key=True)


class ScopeChange(Base):
    """The person gained the role at the organisation, or lost it. The ids rise in the order of commits."""

    __tablename__ = "scope_change"
    __table_args__ = (Index("ix_scope_change_at", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[str]
    role: Mapped[Role] = mapped_column(one_of(Role))
    organisation_code: Mapped[str]
    gained: Mapped[bool]


class FeedPosition(Base):
    """One row, id 1: which feed this is, so that a cursor of another is known, and the last change let go."""

    __tablename__ = "feed_position"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    feed: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    gone_to: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
