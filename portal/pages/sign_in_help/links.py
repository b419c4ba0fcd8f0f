"""Whom a list may offer help to sign in: by the mirror, so that only the act itself is sure."""

from collections.abc import Mapping

from portal.rules.accounts import Account, may_act_on
from portal.rules.actor import Actor
from portal.rules.rights import Action


def helpable(known: Mapping[str, Account], actor: Actor) -> frozenset[str]:
    """The ids of those among these people whom the actor might unlock, or rid of a lost second factor.

    Who may do the one may do the other (AUT-8).
    """
    return frozenset(
        person_id for person_id, account in known.items() if may_act_on(Action.UNLOCK, actor, account).allowed
    )
