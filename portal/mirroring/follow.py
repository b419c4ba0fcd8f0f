"""Reads what changed in Keycloak since last time, whoever changed it, and reads those things again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, update

from directory.contract import Change, ChangeKind
from directory.vocabulary import Organisation
from portal.mirroring.clusters import mark_restricted, refresh_group
from portal.mirroring.external_changes import Changer, Changers
from portal.mirroring.reconcile import OVERLAP, reconcile
from portal.mirroring.refresh import refresh_person
from portal.mirroring.sweep import sweep
from portal.model.mirror import MirrorPosition
from portal.services import Services, now
from portal.store.engine import soon_on_disk

MANY = 500
"""With more changes than this, reading everything is quicker than one by one."""
QUIET = timedelta(seconds=30)
BURST = 3
"""More wholesale changes than this, or than MANY others, are a sync at work: it is let work first."""
OVER_AFTER, OVER_AT_LAST = timedelta(seconds=4), timedelta(minutes=1)
"""A burst is over when its last change is so old, or its first."""
LATE = timedelta(seconds=2)
"""How much earlier than the last change heard of a burst it is asked for the next ones."""
OF_GROUPS = (ChangeKind.NEW_ORGANISATION, ChangeKind.ORGANISATION)
log = structlog.get_logger()


@dataclass(slots=True)
class Burst:
    """When the first and the last change heard of a burst were made."""

    first: datetime
    last: datetime

    def is_over(self, asked_at: datetime) -> bool:
        return asked_at - self.last > OVER_AFTER or asked_at - self.first > OVER_AT_LAST


def follow(services: Services) -> int:
    """Brings the mirror up to date; how many changes there were. Raises DirectoryUnavailable."""
    return Follower().follow(services)


class Follower:
    """Who follows Keycloak again and again, and remembers the burst that is under way.

    So it hears each change of a burst once or twice, not each second all that came so far: a country's ten
    thousand cost Keycloak and us more than the sync has time for. What it forgets by ending is read again.
    """

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._burst: Burst | None = None

    def follow(self, services: Services) -> int:
        """Brings the mirror up to date; how many changes there were. Raises DirectoryUnavailable."""
        asked_at = self._clock()
        changes, in_step = self._follow(services, asked_at)
        if in_step:
            note_in_step(services, self._clock() - asked_at)
        return changes

    def _follow(self, services: Services, asked_at: datetime) -> tuple[int, bool]:
        """The same, and whether the mirror is in step then: none are left for later."""
        position = _position(services)
        if position is None or _is_asked_for(position):
            self._burst = None
            return _everything(services, "All was read again"), True
        if self._burst and not self._burst.is_over(asked_at):
            return self._hear(services, position, self._burst), False
        found = services.reader.changes(position.read_to - OVERLAP)
        fresh = _not_seen(found, position)
        self._burst = _burst(fresh, asked_at)
        if self._burst:
            return _people_meanwhile(services, fresh), False
        return _read(services, position, found, fresh, asked_at), True

    def _hear(self, services: Services, position: MirrorPosition, burst: Burst) -> int:
        found = services.reader.changes(burst.last - LATE)
        burst.last = max([burst.last, *(change.at for change in found)])
        return _people_meanwhile(services, _not_seen(found, position))


def _read(
    services: Services,
    position: MirrorPosition,
    found: Sequence[Change],
    fresh: Sequence[Change],
    asked_at: datetime,
) -> int:
    if len(fresh) > MANY or any(change.kind is ChangeKind.EVERYTHING for change in fresh):
        return _everything_changed(services, found, fresh)
    _read_again(services, fresh)
    if fresh and _is_asked_for(_position(services)):
        return _everything_changed(services, found, fresh)
    if fresh or position.read_to < asked_at - 2 * QUIET:
        _advance(services, found, max([position.read_to, asked_at - QUIET, *(change.at for change in fresh)]))
    return len(fresh)


def _not_seen(found: Sequence[Change], position: MirrorPosition) -> list[Change]:
    seen = set(position.seen)
    return [change for change in found if change.id not in seen]


def _position(services: Services) -> MirrorPosition | None:
    with services.sessions() as session:
        return session.get(MirrorPosition, 1)


def _is_asked_for(position: MirrorPosition | None) -> bool:
    if position is None:
        return True
    asked, done = position.reconcile_asked_at, position.reconciled_at
    return asked is not None and (done is None or done < asked)


def _burst(fresh: Sequence[Change], asked_at: datetime) -> Burst | None:
    """The one that these changes are of, unless it is over."""
    wholesale = sum(change.kind is ChangeKind.EVERYTHING for change in fresh)
    if len(fresh) <= MANY and wholesale <= BURST:
        return None
    burst = Burst(fresh[0].at, fresh[-1].at)
    return None if burst.is_over(asked_at) else burst


def _people_meanwhile(services: Services, fresh: Sequence[Change]) -> int:
    """Reading the whole tree now, and again for what comes, would slow what makes it. People don't wait."""
    people = [change for change in fresh if change.kind in (ChangeKind.PERSON, ChangeKind.MEMBERSHIP)]
    _read_again(services, people)
    with services.sessions.begin() as session:
        position = session.get(MirrorPosition, 1, with_for_update=True)
        if position is not None and people:
            position.seen = [*position.seen, *(change.id for change in people)]
    return len(people)


def _everything_changed(services: Services, found: Sequence[Change], fresh: Sequence[Change]) -> int:
    changers = Changers(services.reader)
    of_groups = [change for change in fresh if change.kind in OF_GROUPS]
    wholesale = [change for change in fresh if change.kind is ChangeKind.EVERYTHING]
    by_group = _by_subject(of_groups)

    def changer_of(organisation: Organisation) -> Changer | None:
        return changers.last(by_group.get(organisation.id) or wholesale or of_groups or fresh)

    why = f"Keycloak told of changes ({len(fresh):,}) by: {changers.all(fresh)}"
    reconcile(services, why, changer_of, [change.id for change in found])
    mark_restricted(services)
    sweep(services)
    return 1


def _everything(services: Services, why: str) -> int:
    reconcile(services, why)
    mark_restricted(services)
    sweep(services)
    return 1


def _read_again(services: Services, fresh: Sequence[Change]) -> None:
    changers = Changers(services.reader)
    groups = _by_subject(change for change in fresh if change.kind in OF_GROUPS)
    people = _by_subject(change for change in fresh if change.kind not in OF_GROUPS)
    for group_id, changes in sorted(groups.items()):
        is_new = any(change.kind is ChangeKind.NEW_ORGANISATION for change in changes)
        refresh_group(services, group_id, changers.last(changes), is_new=is_new)
    for person_id, changes in sorted(people.items()):
        refresh_person(services, person_id, changers.last(changes))
    if fresh:
        mark_restricted(services)
        log.info("followed", organisations=len(groups), people=len(people))


def _by_subject(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found = defaultdict(list)
    for change in changes:
        found[change.subject].append(change)
    return found


def _advance(services: Services, found: Sequence[Change], read_to: datetime) -> None:
    with services.sessions.begin() as session:
        position = session.get(MirrorPosition, 1, with_for_update=True)
        if position is not None:
            position.read_to = read_to
            position.seen = [change.id for change in found if change.at >= read_to - OVERLAP]


def note_in_step(services: Services, ago: timedelta) -> None:
    """All that had changed in Keycloak so long ago is in the mirror, unless a reconcile is asked for.

    By the database's clock, as it is read. Nobody waits for the disk: with the power a moment's knowledge is
    lost.
    """
    moment, position = func.clock_timestamp() - ago, MirrorPosition
    nobody_asks = or_(
        position.reconcile_asked_at.is_(None), position.reconcile_asked_at <= position.reconciled_at
    )
    with services.sessions.begin() as session:
        soon_on_disk(session)
        session.execute(update(position).where(nobody_asks).values(in_step_at=moment))
