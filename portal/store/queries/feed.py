"""Reads the feed of who gained or lost what: all there is now, and what changed after a place in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.vocabulary import Role
from portal.model.feed import EVERYWHERE, FeedPosition, Reach, ScopeChange, Touched
from portal.model.mirror import MirroredOrganisation


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes, in order; `read_to` is the last one that was looked at, whether or not it was of interest.

    `more`: there are more to read at this moment.
    """

    changes: tuple[ScopeChange, ...]
    read_to: int
    more: bool


@dataclass(frozen=True, slots=True)
class Ends:
    """Which feed this is, the last change let go, and the newest."""

    feed: UUID
    gone_to: int
    newest: int


def ends(session: Session) -> Ends:
    """Where the feed begins and ends at this moment."""
    position = session.get(FeedPosition, 1) or _new_feed(session)
    newest = session.scalar(select(func.max(ScopeChange.id))) or 0
    return Ends(position.feed, position.gone_to, max(newest, position.gone_to))


def is_behind(session: Session) -> bool:
    """Whether something changed that the feed doesn't tell of yet. Asked before it is read, or it may tell
    of less than is answered here."""
    return session.scalar(select(Touched.id).limit(1)) is not None


def _new_feed(session: Session) -> FeedPosition:
    session.execute(insert(FeedPosition).values(id=1).on_conflict_do_nothing())
    return session.get_one(FeedPosition, 1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader may see: these roles, at the organisations at or below `places`; None for everywhere."""

    roles: frozenset[Role]
    places: frozenset[str] | None = None

    def at(self, code: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        """Whether the column names an organisation at which they may see a role."""
        if self.places is None:
            return true()
        return or_(code == EVERYWHERE, code.in_(_below(self.places)))


def _below(places: Collection[str]) -> Select[str]:
    path = MirroredOrganisation.path
    return select(MirroredOrganisation.code).where(path.overlap(sorted(places)))


def organisations_seen(session: Session, seen: Seen) -> list[str] | None:
    """The ODS codes of the organisations at or below the reader's places now; None for everywhere."""
    return None if seen.places is None else sorted(session.scalars(_below(seen.places)))


def changes_after(session: Session, after: int, seen: Seen, limit: int) -> Changes:
    """At most so many changes of what the reader may see after the one with this id.

    The end is read first: what comes in meanwhile is for the next reading.
    """
    newest = max(after, ends(session).newest)
    statement = (
        select(ScopeChange)
        .where(ScopeChange.id > after, ScopeChange.id <= newest)
        .where(ScopeChange.role.in_(seen.roles), seen.at(ScopeChange.organisation_code))
        .order_by(ScopeChange.id)
        .limit(limit + 1)
    )
    found = session.scalars(statement).all()
    more = len(found) > limit
    changes = tuple(found[:limit])
    return Changes(changes, changes[-1].id if more else newest, more)


def reach_after(session: Session, after: tuple[str, str, str] | None, seen: Seen, limit: int) -> list[Reach]:
    """At most so many of all that is reached and the reader may see, after that person, role and place."""
    key = tuple_(Reach.person_id, Reach.role, Reach.organisation_code)
    statement = select(Reach).where(Reach.role.in_(seen.roles), seen.at(Reach.organisation_code))
    statement = statement.order_by(key).limit(limit)
    return list(session.scalars(statement.where(key > after) if after else statement))


def let_go(session: Session, before: datetime) -> None:
    """Deletes the changes from before that moment; whoever had not read them is told to begin again."""
    last = session.scalar(select(func.max(ScopeChange.id)).where(ScopeChange.at < before))
    if last is not None:
        ends(session)
        session.execute(update(FeedPosition).values(gone_to=func.greatest(FeedPosition.gone_to, last)))
        session.execute(delete(ScopeChange).where(ScopeChange.id <= last))
