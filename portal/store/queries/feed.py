"""Reads the feed of who gained or lost what: all there is now, and what changed after a place in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.model.feed import FeedPosition, Reach, ScopeChange


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
    session.execute(insert(FeedPosition).values(id=1).on_conflict_do_nothing())
    position = session.get_one(FeedPosition, 1)
    newest = session.scalar(select(func.max(ScopeChange.id))) or 0
    return Ends(position.feed, position.gone_to, max(newest, position.gone_to))


def changes_after(session: Session, after: int, roles: Collection[Role], limit: int) -> Changes:
    """At most so many changes of these roles after the one with this id.

    The end is read first: what comes in meanwhile is for the next reading.
    """
    newest = max(after, ends(session).newest)
    statement = (
        select(ScopeChange)
        .where(ScopeChange.id > after, ScopeChange.id <= newest, ScopeChange.role.in_(roles))
        .order_by(ScopeChange.id)
        .limit(limit + 1)
    )
    found = session.scalars(statement).all()
    more = len(found) > limit
    changes = tuple(found[:limit])
    return Changes(changes, changes[-1].id if more else newest, more)


def reach_after(
    session: Session, after: tuple[str, str, str] | None, roles: Collection[Role], limit: int
) -> list[Reach]:
    """At most so many of all that these roles reach, by person, role and organisation, after that one."""
    key = tuple_(Reach.person_id, Reach.role, Reach.organisation_code)
    statement = select(Reach).where(Reach.role.in_(roles)).order_by(key).limit(limit)
    return list(session.scalars(statement.where(key > after) if after else statement))


def let_go(session: Session, before: datetime) -> None:
    """Deletes the changes from before that moment; whoever had not read them is told to begin again."""
    last = session.scalar(select(func.max(ScopeChange.id)).where(ScopeChange.at < before))
    if last is not None:
        ends(session)
        session.execute(update(FeedPosition).values(gone_to=func.greatest(FeedPosition.gone_to, last)))
        session.execute(delete(ScopeChange).where(ScopeChange.id <= last))
