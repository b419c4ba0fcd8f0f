"""Where a list may offer to remove a role: by the mirror, so that only the act itself is sure."""

from collections.abc import Collection, Mapping

from directory.vocabulary import Role
from portal.rules.accounts import Account, may_remove_role
from portal.rules.actor import Actor


def removable_roles(
    known: Mapping[str, Account], actor: Actor, shown: Collection[tuple[str, str]]
) -> frozenset[tuple[str, str, Role]]:
    """Which roles the actor might remove from these people at these organisations.

    `known` has their accounts. `shown` is persons' ids with ODS codes; the answer names the role beside both.
    """
    return frozenset(
        (person_id, code, holding.role)
        for person_id, code in shown
        if person_id in known
        for holding in known[person_id].standing.holdings
        if holding.organisation == code and may_remove_role(actor, known[person_id], holding).allowed
    )
