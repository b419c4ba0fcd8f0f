"""Tells a commissioner which of its organisations moved away, came, closed or opened again.

A list of the country changes thousands at once: what happens within a minute is told together, once to each.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType, Role
from portal.casework.current_state import organisation_now
from portal.casework.eligible_approvers import people_on
from portal.effects.effect import PAYLOADS, Concern, effect, payload_of
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import News, tell
from portal.mail.theirs import quoted
from portal.model.effects import Effect, EffectKind
from portal.model.mail import MailKind
from portal.model.mirror import MirroredOrganisation
from portal.model.mirrored_clusters import MirroredCluster
from portal.model.notices import NoticeKind
from portal.rules.errors import NothingFound
from portal.rules.routing import Rung
from portal.rules.scope import nearest_commissioner
from portal.services import WorkerServices
from portal.store.queries import organisations

GATHERED = timedelta(minutes=1)
SHOWN = 10
"""How many organisations are named of each kind."""
KINDS = {
    "moved_away": "moved to another commissioner",
    "arrived": "came from another commissioner",
    "closed": "closed",
    "reopened": "opened again",
}
LISTED = {"listed": "of their organisations moved, closed or opened again"}
Changes = Iterable[tuple[Organisation | None, Organisation | None]]
"""Organisations as they were and as they are; None where there was or is none."""


@effect(EffectKind.ORGANISATION_NEWS)
@dataclass(frozen=True, slots=True)
class OrganisationNews:
    """What became of organisations of the commissioner with this ODS code; theirs, by what became of them.

    `listed` are those of any commissioner that its clusters list.
    """

    commissioner: str
    moved_away: tuple[str, ...] = ()
    arrived: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Tells its approvers, and of the clusters that list them its administrators, each once."""
        try:
            place = organisation_now(services, self.commissioner)
        except NothingFound:
            return None
        if said := self._said(session, KINDS):
            news = _news(NoticeKind.ORGANISATIONS_CHANGED, MailKind.ORGANISATIONS_CHANGED, place, said)
            _tell_holders(services, session, Role.COMMISSIONER_APPROVER, place, news)
        if clusters := _listing(session, self.commissioner, self.listed):
            said = [f"Clusters: {'; '.join(clusters)}.", *self._said(session, LISTED)]
            news = _news(NoticeKind.CLUSTERS_CHANGED, MailKind.CLUSTERS_CHANGED, place, said)
            _tell_holders(services, session, Role.ORGANISATION_ADMINISTRATOR, place, news)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.commissioner, self.commissioner)

    def with_more(self, other: "OrganisationNews") -> "OrganisationNews":
        """Both together, each organisation once of a kind."""
        theirs = other.by_kind
        both = {kind: (*codes, *theirs[kind]) for kind, codes in self.by_kind.items()}
        once = {kind: tuple(dict.fromkeys(codes)) for kind, codes in both.items()}
        return OrganisationNews(self.commissioner, **once)

    @property
    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """The ODS codes by what became of them."""
        return {
            "moved_away": self.moved_away,
            "arrived": self.arrived,
            "closed": self.closed,
            "reopened": self.reopened,
            "listed": self.listed,
        }

    def _said(self, session: Session, kinds: Mapping[str, str]) -> list[str]:
        """A line for each of these kinds of change that there was."""
        theirs = {what: codes for kind, what in kinds.items() if (codes := self.by_kind[kind])}
        known = organisations.by_codes(session, [code for codes in theirs.values() for code in codes])
        names = {code: f"{one.name} ({code})" for code, one in known.items()}
        return [_line(what, [names.get(code, code) for code in codes]) for what, codes in theirs.items()]


def queue(session: Session, changes: Changes, at: datetime) -> None:
    """Has each commissioner told of theirs among these, together with what it is told of soon anyway."""
    for code, kinds in sorted(_by_commissioner(session, changes).items()):
        news = OrganisationNews(code, **{kind: tuple(codes) for kind, codes in kinds.items()})
        key = f"organisation-news:{code}"
        waiting = select(Effect).where(
            Effect.key == key, Effect.done_at.is_(None), Effect.parked_at.is_(None)
        )
        row = session.scalars(waiting.limit(1).with_for_update(skip_locked=True)).first()
        if row is None:
            queue_effect(session, news, key, at).due_at = at + GATHERED
        else:
            known = payload_of(row)
            assert isinstance(known, OrganisationNews)  # noqa: S101 - nothing else has this key
            row.payload = PAYLOADS[row.kind].dump_python(known.with_more(news), mode="json")


def _by_commissioner(session: Session, changes: Changes) -> Mapping[str, Mapping[str, Sequence[str]]]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    changed: set[str] = set()
    moved: list[_MovedAlong] = []
    for before, after in changes:
        if before is None or after is None or after.type is OrganisationType.REGION:
            continue
        for commissioner, kind in _what_became(before, after):
            found[commissioner][kind].append(after.code)
            changed.add(after.code)
        if after.is_commissioner and before.path != after.path:
            moved.append(_moved_along(session, before, after))
    for cluster in session.scalars(select(MirroredCluster)) if changed or moved else ():
        along = (one.below for one in moved if cluster.commissioner_code in one.commissioners)
        if listed := changed.union(*along).intersection(cluster.organisations):
            found[cluster.commissioner_code]["listed"].extend(sorted(listed))
    found.pop("", None)
    return found


@dataclass(frozen=True, slots=True)
class _MovedAlong:
    """The organisations `below` one that moved: these `commissioners` have them no more, or have them now."""

    commissioners: frozenset[str]
    below: frozenset[str]


def _moved_along(session: Session, before: Organisation, after: Organisation) -> _MovedAlong:
    below = select(MirroredOrganisation.code).where(MirroredOrganisation.path.contains([after.code]))
    return _MovedAlong(
        frozenset(before.path) ^ frozenset(after.path), frozenset(session.scalars(below)) - {after.code}
    )


def _what_became(before: Organisation, after: Organisation) -> Iterable[tuple[str, str]]:
    was, now = nearest_commissioner(before), nearest_commissioner(after)
    if was != now:
        yield was, "moved_away"
        yield now, "arrived"
    if _is_closed(before) != _is_closed(after):
        yield now, "closed" if _is_closed(after) else "reopened"


def _is_closed(organisation: Organisation) -> bool:
    return organisation.status is OrganisationStatus.CLOSED


def _listing(session: Session, commissioner: str, codes: Sequence[str]) -> list[str]:
    """The commissioner's clusters that list any of these, in words."""
    statement = select(MirroredCluster).where(
        MirroredCluster.commissioner_code == commissioner,
        MirroredCluster.organisations.overlap(list(codes)),
    )
    found = session.scalars(statement.order_by(MirroredCluster.short_name))
    return [f"{quoted(cluster.name)} ({cluster.short_name})" for cluster in found]


def _tell_holders(
    services: WorkerServices, session: Session, role: Role, place: Organisation, news: News
) -> None:
    for holder in people_on(services, Rung(role, place.path)):
        tell(services, session, holder.person, news)


def _line(what: str, names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    shown = "; ".join(names[:SHOWN])
    return f"{len(names):,} {what}: {shown}" + (f"; and {more:,} more." if more > 0 else ".")


def _news(kind: NoticeKind, mail: MailKind, place: Organisation, said: Sequence[str]) -> News:
    context = {"organisation": place.name, "code": place.code, "said": list(said)}
    return News(kind, f"{place.name} ({place.code})", mail, context, text=" ".join(said))
