"""What an application reads in a token's claim, as `docs/integrate.md` says to read it."""

from typing import Any

from directory.vocabulary import Role
from portal.rules.roles import COMMISSIONER_STAFF


def claimed(claim: Any, role: Role, code: str) -> bool | None:
    """What the claim says to the question; None where it says to ask, as for all below a commissioner."""
    held = claim.get("roles", {}).get(role.value, [])
    if held == "ask" or "*" in held:
        return None
    if role not in COMMISSIONER_STAFF or not held:
        return code in held
    return True if code in set(held) - set(claim.get("restricted", [])) else None
