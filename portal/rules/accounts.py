"""Who may act on another person's account: unlock, disable, enable, revoke, and so on."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from directory.vocabulary import Holding, Organisation, OrganisationStatus, Standing
from portal.rules.actor import Actor, powerless
from portal.rules.conditions import Place
from portal.rules.decisions import approval_barred, decision_on
from portal.rules.rights import ON_ACCOUNTS, Action, refused_by_table
from portal.rules.routing import SERVICE_DESK
from portal.rules.verdict import Refusal, Verdict


@dataclass(frozen=True, slots=True)
class Account:
    """Another person's account: their standing, and the organisations they hold roles at, by ODS code.

    A holding whose organisation is missing from `organisations` counts as one that nobody but the Service
    Desk could grant.
    """

    standing: Standing
    organisations: Mapping[str, Organisation] = field(default_factory=dict)

    def places(self) -> Iterator[tuple[Holding, Organisation | None]]:
        """Each holding with its organisation; those at closed organisations left out: they give nothing."""
        for holding in self.standing.holdings:
            organisation = self.organisations.get(holding.organisation)
            if organisation is None or organisation.status is not OrganisationStatus.CLOSED:
                yield holding, organisation


def could_grant(actor: Actor, holding: Holding, organisation: Organisation | None) -> bool:
    """Whether the actor's active role could ever give that role there, by a decision or on User Details.

    That a provider has an active approver at this moment does not count: it decides who answers a request
    first, and does not make its people stand above the commissioner.
    """
    if actor.holding is None or holding.path == ():
        return False
    if organisation is None:
        return _could_anywhere(actor.holding)
    place = Place(organisation, holding.role)
    action = decision_on(organisation, holding.role)
    ways = [Action.ASSIGN] if action is None else [action, Action.ASSIGN]
    return any(refused_by_table(way, actor.holding, place) is None for way in ways)


def may_see(actor: Actor, account: Account) -> Verdict:
    """Whether the actor's role reaches the person through one of the roles they hold. Oneself too."""
    return Verdict(powerless(actor) or _out_of_reach(Action.SEE_PEOPLE, actor, account))


def sees_role(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may know of a role that somebody holds at the organisation."""
    refused = refused_by_table(Action.SEE_PEOPLE, actor.holding, Place(organisation))
    return refused is None or _reaches_everybody(actor)


def may_act_on(action: Action, actor: Actor, account: Account) -> Verdict:
    """Whether the actor may do one of the acts on an account to this one. Raises ValueError for other acts.

    The actor's role has to reach the person through at least one of their roles, and to be able to grant
    every one of them. A person's own disabling of their account is not judged here: it needs no right.
    """
    if action is Action.PASSWORD:
        return Verdict(powerless(actor) or Refusal.SELF_SERVICE)
    if action not in ON_ACCOUNTS:
        raise ValueError(f"{action!r} is not an act on an account")
    refusal = _refused_on(actor, account) or _out_of_reach(action, actor, account)
    return Verdict(refusal or _stands_above(actor, account))


def may_remove_role(actor: Actor, account: Account, holding: Holding) -> Verdict:
    """Whether the actor may take this one role from the person, or could if they held it.

    The actor's role has to reach the organisation it is held at, and to be able to grant it and all else that
    the person holds.
    """
    refusal = _refused_on(actor, account) or _refused_at(actor, account, holding)
    return Verdict(refusal or _stands_above(actor, account))


def may_disable_themselves(actor: Actor, service_desk: Collection[str]) -> Verdict:
    """Whether the actor may disable their own account: everybody who isn't disabled, in whatever role.

    But not the last of the `service_desk`, its active people by id: nobody could undo it.
    """
    if not actor.standing.person.enabled:
        return Verdict(Refusal.DISABLED)
    return Verdict(Refusal.LAST_OF_SERVICE_DESK if set(service_desk) == {actor.id} else None)


def may_assign(actor: Actor, account: Account, place: Place) -> Verdict:
    """Whether the actor may set the person's roles at `place` on User Details; `place.role` is one to give.

    Without a `place.role` it answers for opening the page: payment types and clusters.
    """
    refusal = (
        _refused_on(actor, account)
        or refused_by_table(Action.ASSIGN, actor.holding, place)
        or _out_of_reach(Action.ASSIGN, actor, account)
        or _stands_above(actor, account)
    )
    barred = approval_barred(place.organisation, place.role, applicant_works=True) if place.role else None
    return Verdict(refusal or barred)


def may_open_details(actor: Actor, account: Account) -> Verdict:
    """Whether the actor may open the person's User details at all; each change is judged by itself."""
    return Verdict(
        _refused_on(actor, account)
        or _out_of_reach(Action.ASSIGN, actor, account)
        or _stands_above(actor, account)
    )


def may_unassign(actor: Actor, account: Account, place: Place) -> Verdict:
    """Whether the actor may take `place.role` from the person there on User details, offered today or not."""
    refused = refused_by_table(Action.ASSIGN, actor.holding, place)
    return Verdict(may_open_details(actor, account).refusal or refused)


def _refused_on(actor: Actor, account: Account) -> Refusal | None:
    person = account.standing.person
    return powerless(actor) or (Refusal.YOURSELF if actor.is_person(person.id, person.email) else None)


def _out_of_reach(action: Action, actor: Actor, account: Account) -> Refusal | None:
    """None when the actor's role reaches the person through one of the roles they hold."""
    refusals = [
        refused_by_table(action, actor.holding, Place(organisation))
        for _holding, organisation in account.places()
        if organisation is not None
    ]
    if None in refusals or _reaches_everybody(actor):
        return None
    return refusals[0] if refusals else Refusal.NOT_YOUR_ORGANISATION


def _refused_at(actor: Actor, account: Account, holding: Holding) -> Refusal | None:
    """Why the actor's role doesn't reach that one holding, or couldn't have granted it."""
    organisation = account.organisations.get(holding.organisation)
    if organisation is None:
        refusal = None if _reaches_everybody(actor) else Refusal.NOT_YOUR_ORGANISATION
    else:
        refusal = refused_by_table(Action.REMOVE_ROLE, actor.holding, Place(organisation, holding.role))
    given = could_grant(actor, holding, organisation)
    return refusal or (None if given else Refusal.ROLE_ABOVE_YOURS)


def _stands_above(actor: Actor, account: Account) -> Refusal | None:
    granted = all(could_grant(actor, holding, organisation) for holding, organisation in account.places())
    return None if granted else Refusal.ROLE_ABOVE_YOURS


def _reaches_everybody(actor: Actor) -> bool:
    return actor.holding is not None and _could_anywhere(actor.holding)


def _could_anywhere(holding: Holding) -> bool:
    """Whether a holder may act for any organisation at all: what only the Service Desk may."""
    return holding == SERVICE_DESK.holding
