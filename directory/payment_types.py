"""The payment types that somebody has at organisations: an attribute of the account that only we may edit.

Each value is an ODS code and a payment type, with a colon between.
"""

from collections.abc import Collection, Mapping
from typing import Any

ATTRIBUTE = "payment_types"
_BETWEEN = ":"
Attributes = Mapping[str, Any]


def of(user: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """By ODS code; what isn't written so, as after a slip in the console, is left out."""
    found: dict[str, set[str]] = {}
    for value in (user.get("attributes") or {}).get(ATTRIBUTE) or ():
        code, between, kind = str(value).partition(_BETWEEN)
        if between and code.strip() and kind.strip():
            found.setdefault(code.strip(), set()).add(kind.strip())
    return {code: frozenset(kinds) for code, kinds in found.items()}


def with_those_at(user: Mapping[str, Any], organisation: str, kinds: Collection[str]) -> dict[str, Any]:
    """The account's attributes with exactly these at that organisation, and the others' as they were."""
    kept = dict(user.get("attributes") or {})
    others = [one for one in kept.get(ATTRIBUTE) or () if one.partition(_BETWEEN)[0].strip() != organisation]
    return kept | {ATTRIBUTE: sorted([*others, *(f"{organisation}{_BETWEEN}{kind}" for kind in kinds)])}
