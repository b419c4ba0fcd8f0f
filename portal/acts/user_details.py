"""A User Administrator sets what a person has at several organisations: roles, payment types, clusters."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from directory.concurrently import concurrently
from directory.vocabulary import Cluster, Holding, Organisation, Person, Role
from portal.acts.account_change import Handover, PlacedRole, hold_queues
from portal.acts.on_their_way import on_their_way
from portal.acts.succession import Leaving, successor_of
from portal.casework.account_now import account_of
from portal.casework.current_state import actor_now, organisation_now
from portal.effects import change_details, remove_role, revoke, step_down
from portal.effects.details_wanted import Wanted
from portal.rules.accounts import Account, may_open_details
from portal.rules.actor import ActingAs, Actor
from portal.rules.details import (
    Change,
    Details,
    details_of,
    is_shown,
    offered_to,
    refused,
    standing_after,
    tidy,
)
from portal.rules.errors import NotAllowed, OutOfDate
from portal.rules.roles import APPROVER_ROLES
from portal.rules.verdict import Verdict
from portal.services import Services
from portal.store.queries.reached import reached


@dataclass(frozen=True, slots=True)
class At:
    """One organisation on User details: what the person has there, and what the actor may set."""

    organisation: Organisation
    now: Details
    roles: tuple[Role, ...]
    clusters: tuple[Cluster, ...]

    def facts(self, details: Details) -> dict[str, Any]:
        """What the audit says of that; `clusters` by their short names, None for somebody not restricted."""
        names = sorted(one.short_name for one in self.clusters if one.id in details.clusters)
        return {
            "roles": sorted(details.roles),
            "payment_types": sorted(details.payment_types),
            "clusters": names if details.restricted else None,
        }


@dataclass(frozen=True, slots=True)
class Scene:
    """A person's User details as Keycloak has them now, with who looks: by name of the organisation."""

    actor: Actor
    account: Account
    places: tuple[At, ...]

    @property
    def person(self) -> Person:
        return self.account.standing.person

    def at(self, code: str) -> At | None:
        """That organisation, if it is on the page."""
        return next((one for one in self.places if one.organisation.code == code), None)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a submission will do: what changes where, who decides from then on, and what is seen then.

    `sees` and `no_longer_sees` are names by ODS code; `applied` whether Keycloak has it already.
    """

    scene: Scene
    changes: tuple[tuple[At, Change], ...]
    handovers: tuple[Handover, ...]
    sees: dict[str, str]
    no_longer_sees: dict[str, str]
    applied: bool = False

    @property
    def decides(self) -> str:
        """The warning, as the audit keeps it; empty when there is nothing to warn of."""
        return " ".join(f"{one.place.organisation.code}:{one.decides.key}" for one in self.handovers)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The changes, as they are to be made."""
        return tuple(_wanted(place, one) for place, one in self.changes)

    @property
    def shown(self) -> str:
        """What the confirmation has to say again: it changes with anything that the page named."""
        prints = (f"{one.before.fingerprint} {one.after.fingerprint}" for _, one in self.changes)
        return "; ".join([*prints, self.decides])


def look(services: Services, asked_by: ActingAs, person_id: str, added: Collection[str] = ()) -> Scene:
    """The person's organisations that the actor may set, and those that are to be `added`, by ODS code.

    One that can't be added is left out. Raises NotAllowed, NothingFound, PersonNotFound.
    """
    actor, standing, kinds, places = concurrently(
        lambda: actor_now(services, asked_by),
        lambda: services.reader.standing(person_id),
        lambda: services.reader.payment_types(person_id),
        lambda: [organisation_now(services, code) for code in added],
    )
    account = account_of(services, standing, *places)
    _demand(may_open_details(actor, account))
    codes = {held.organisation for held in standing.holdings} | {one.code for one in places}
    shown = [one for code, one in account.organisations.items() if code in codes and is_shown(actor, one)]
    listed = concurrently(*(partial(_clusters, services, one) for one in shown)) if shown else ()
    found = [
        _at(actor, account, one, kinds.get(one.code, frozenset()), clusters)
        for one, clusters in zip(shown, listed, strict=True)
    ]
    by_name = sorted(found, key=lambda one: (one.organisation.name.casefold(), one.organisation.code))
    return Scene(actor, account, tuple(one for one in by_name if one.roles))


def preview(
    services: Services, asked_by: ActingAs, person_id: str, seen: Sequence[Details], wanted: Sequence[Details]
) -> Preview:
    """What submitting would do. Raises as `submit` does."""
    with services.sessions() as session:
        return judge(services, session, asked_by, person_id, seen, wanted)


def _at(
    actor: Actor, account: Account, place: Organisation, kinds: Collection[str], clusters: Sequence[Cluster]
) -> At:
    now = details_of(account.standing, kinds, place.code)
    return At(place, now, offered_to(actor, place, now.roles), tuple(clusters))


def _clusters(services: Services, place: Organisation) -> list[Cluster]:
    return services.reader.clusters(place.code) if place.is_commissioner else []


def judge(
    services: Services,
    session: Session,
    asked_by: ActingAs,
    person_id: str,
    seen: Sequence[Details],
    wanted: Sequence[Details],
    *,
    holding_queues: bool = False,
) -> Preview:
    """What it would do, as far as the actor may and nobody else has changed anything. Raises as `submit`."""
    # First what is under way and then Keycloak: what is done in between is seen in one of the two.
    codes = [one.organisation for one in wanted]
    busy = _is_changing(session, person_id, codes)
    scene = look(services, asked_by, person_id, codes)
    changes = tuple(_changes(scene, seen, wanted))
    if busy or not changes:
        raise OutOfDate(person_id)
    for place, one in changes:
        kinds = services.settings.payment_types
        refusal = refused(scene.actor, scene.account, place.organisation, one, place.clusters, kinds)
        _demand(Verdict(refusal))
    if holding_queues:
        hold_queues(session, list(_taken(changes)))
    over = tuple(_handovers(services, session, scene, changes))
    return Preview(scene, changes, over, *_reach(session, scene, changes))


def _is_changing(session: Session, person_id: str, codes: Collection[str]) -> bool:
    """Whether a change of the person's access there is asked for and not yet made."""
    removals = frozenset[tuple[str, str, Role]]().union(
        *(removed.under_way(session, code) for code in codes for removed in (remove_role, step_down))
    )
    going = {who for who, _, _ in removals | revoke.under_way(session)}
    coming = on_their_way(session, person_id)
    return bool(person_id in going or coming or change_details.under_way(session, person_id))


def asked(scene: Scene, seen: Sequence[Details], wanted: Sequence[Details]) -> Iterator[tuple[At, Change]]:
    """What was seen at each place, and what is wanted there. Raises OutOfDate where a place has gone."""
    opened = {one.organisation: one for one in seen}
    for one in wanted:
        place = scene.at(one.organisation)
        if place is None or one.organisation not in opened:
            raise OutOfDate(one.organisation)
        yield place, Change(opened[one.organisation], tidy(one))


def _changes(scene: Scene, seen: Sequence[Details], wanted: Sequence[Details]) -> Iterator[tuple[At, Change]]:
    """What is wanted other than it is. Raises OutOfDate when it isn't as it was seen."""
    for place, change in asked(scene, seen, wanted):
        if change.before != place.now:
            raise OutOfDate(change.organisation)
        if change.is_one:
            yield place, change


def _taken(changes: Sequence[tuple[At, Change]]) -> Iterator[PlacedRole]:
    for place, one in changes:
        yield from (PlacedRole(place.organisation, role) for role in one.taken)


def _handovers(
    services: Services, session: Session, scene: Scene, changes: Sequence[tuple[At, Change]]
) -> Iterator[Handover]:
    """Where the person is the last active approver and will be no more, all changes made at once."""
    taken = list(_taken(changes))
    leaving = Leaving.now(session, {one.organisation.code for one in taken})
    gone = {(scene.person.id, Holding(one.role, one.organisation.path)) for one in taken}
    for one in taken:
        if one.role in APPROVER_ROLES:
            decides = successor_of(services, one.organisation, one.role, gone, leaving)
            if decides is not None:
                yield Handover(one, decides)


def _reach(
    session: Session, scene: Scene, changes: Sequence[tuple[At, Change]]
) -> tuple[dict[str, str], dict[str, str]]:
    """What the person will see and doesn't, and the reverse; as the mirror has the tree."""
    places = [place for place, _ in changes]
    after = standing_after(
        scene.account,
        [one for _, one in changes],
        [place.organisation for place in places],
        [cluster for place in places for cluster in place.clusters],
    )
    then, now = reached(session, after.holdings), reached(session, scene.account.standing.holdings)
    gained = {code: name for code, name in then.items() if code not in now}
    return gained, {code: name for code, name in now.items() if code not in then}


def _wanted(place: At, one: Change) -> Wanted:
    kinds = one.after.payment_types != one.before.payment_types
    return Wanted(
        place.organisation.code,
        place.facts(one.before),
        place.facts(one.after),
        one.given,
        one.taken,
        tuple(sorted(one.after.payment_types)) if kinds else None,
        tuple(sorted(one.after.clusters)) if one.restricts and one.after.restricted else None,
        one.restricts and not one.after.restricted,
    )


def _demand(verdict: Verdict) -> None:
    if not verdict.allowed:
        raise NotAllowed(verdict)
