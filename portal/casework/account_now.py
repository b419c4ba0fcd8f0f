"""Somebody's account as an approver's act on it is judged: who acts, and what the person holds, as of now."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from directory.concurrently import concurrently
from directory.vocabulary import Holding, Organisation, Role, Standing
from portal.casework.current_state import actor_now, organisation_now
from portal.rules.accounts import Account, may_act_on
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import NotAllowed, NothingFound
from portal.rules.rights import Action
from portal.services import Services


def judged_account(
    services: Services,
    asked_by: ActingAs,
    action: Action,
    person_id: str,
    coming: Collection[tuple[str, Role]] = (),
) -> tuple[Actor, Account]:
    """The actor, and the account that they may do this to. Raises NotAllowed, PersonNotFound.

    `coming` are ODS codes and roles that count as held: they are on their way to the person.
    """
    actor, standing = concurrently(
        lambda: actor_now(services, asked_by), lambda: services.reader.standing(person_id)
    )
    account = account_of(services, _with(services, standing, coming))
    verdict = may_act_on(action, actor, account)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    return actor, account


def _with(services: Services, standing: Standing, coming: Collection[tuple[str, Role]]) -> Standing:
    places = [(role, _place(services, code)) for code, role in coming]
    more = {Holding(role, place.path) for role, place in places if place is not None}
    return replace(standing, holdings=standing.holdings | more)


def account_of(services: Services, standing: Standing, *known: Organisation) -> Account:
    """The person with the organisations that they hold roles at; `known` needn't be asked for.

    Organisations that are gone are left out.
    """
    codes = {held.organisation for held in standing.holdings} - {"", *(place.code for place in known)}
    found = concurrently(*(partial(_place, services, code) for code in sorted(codes))) if codes else ()
    return Account(standing, {place.code: place for place in (*known, *found) if place is not None})


def _place(services: Services, code: str) -> Organisation | None:
    try:
        return organisation_now(services, code)
    except NothingFound:
        return None
