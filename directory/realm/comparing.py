"""Compares what we want with what there is, looking only at the keys that we name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SECRET_KEYS = frozenset({"secret", "password", "cqrsMailPassword"})
_NOT_SHOWN = "**********"
"""What Keycloak gives in place of a password that it has: whether it is ours can't be told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the realm file has it.

    `part` is its kind, such as "client"; `subject` which one; `key` what of it, empty for the whole of it.
    `present` and `wanted` are for people to read; secrets show in neither.
    """

    part: str
    subject: str
    key: str
    present: str
    wanted: str

    def __str__(self) -> str:
        what = " ".join(word for word in (self.part, self.subject, self.key) if word)
        return f"{what}: {self.present} -> {self.wanted}"


ABSENT = "absent"
PRESENT = "present"


def compare(
    part: str, subject: str, wanted: Mapping[str, Any], present: Mapping[str, Any]
) -> list[Difference]:
    """How `present` differs from `wanted` at the keys of `wanted`; the order of lists says nothing."""
    return list(_compare(part, subject, "", wanted, present))


def absent(part: str, subject: str) -> Difference:
    """The whole of it is missing."""
    return Difference(part, subject, "", ABSENT, PRESENT)


def unwanted(part: str, subject: str) -> Difference:
    """It is there, on something of ours, and must not be."""
    return Difference(part, subject, "", PRESENT, ABSENT)


def overlay(wanted: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """`present` with ours on top: at every level, the keys that we do not name stay as they are."""
    merged = dict(present)
    for key, value in wanted.items():
        below = present.get(key)
        merged[key] = overlay(value, below) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def _compare(
    part: str, subject: str, prefix: str, wanted: Mapping[str, Any], present: Mapping[str, Any]
) -> Iterator[Difference]:
    for key, value in wanted.items():
        found = present.get(key)
        if isinstance(value, dict) and isinstance(found, dict):
            yield from _compare(part, subject, f"{prefix}{key}.", value, found)
        elif _plain(value) != _plain(found) and not (found == _NOT_SHOWN and value):
            yield Difference(part, subject, prefix + key, _shown(key, found), _shown(key, value))


def _plain(value: Any) -> Any:
    return sorted(map(repr, value)) if isinstance(value, list) else value


def _shown(key: str, value: Any) -> str:
    if value is None:
        return ABSENT
    if key in _SECRET_KEYS:
        return "a secret, not shown"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
