"""What a token says of somebody's roles: which, and at which organisations.

Keycloak's mapper puts the text into tokens as it is, so it is short: tokens travel in headers. Applications
read it as `docs/integrate.md` says.
"""

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

from directory.vocabulary import Holding
from portal.model.feed import EVERYWHERE as EVERY_ORGANISATION
from portal.rules.accounts import Account
from portal.rules.use import EVERYWHERE, counts, uses

MOST = 1500
"""Bytes. With all else that is in it, a token stays under 4 KB."""
ASK = "ask"
"""Instead of the organisations: there are too many, ask the API."""


def token_claim(account: Account) -> str:
    """The claim as JSON; empty for somebody who holds no role that counts.

    `roles` has the ODS codes of the organisations that each role is held at, `restricted` those of the
    commissioners at which clusters restrict the person, to what only the API says.
    """
    held = [one for one in account.standing.holdings if _says_something(account, one)]
    roles: dict[str, Any] = defaultdict(list)
    for one in sorted(held, key=lambda one: (one.role, one.organisation)):
        roles[one.role.value].append(EVERY_ORGANISATION if one == EVERYWHERE else one.organisation)
    restricted = sorted({one.organisation for one in held if one.only is not None})
    return _short_enough(dict(roles), restricted) if roles else ""


def _says_something(account: Account, held: Holding) -> bool:
    """Whether the role can be used where it is held, clusters apart: not so where it was put by a slip."""
    if held == EVERYWHERE or not counts(account, held):
        return counts(account, held)
    return uses(account, replace(held, only=None), account.organisations[held.organisation])


def _short_enough(roles: dict[str, Any], restricted: list[str]) -> str:
    """The longest lists give way first; last of all the commissioners, with the roles held there."""
    while len(text := _text(roles, restricted)) > MOST:
        longest = max(roles, key=lambda role: len(_text(roles[role], [])))
        if roles[longest] == ASK:
            return _text(dict.fromkeys(roles, ASK), [])
        roles[longest] = ASK
    return text


def _text(roles: Any, restricted: list[str]) -> str:
    claim = {"roles": roles, **({"restricted": restricted} if restricted else {})}
    return json.dumps(claim, separators=(",", ":"), sort_keys=True)
