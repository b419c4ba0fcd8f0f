"""What differs between the tree that should be and the tree that Keycloak holds: pure.

This version applies CREATE, FINISH and UPDATE. It finds MOVE, CLOSE and REOPEN too, counts them and writes
them out, and leaves them alone: what they mean for people, clusters and open requests is not built yet, and a
plan that kept quiet about them would look finished when it is not.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from directory.vocabulary import Organisation, OrganisationStatus
from sync.desired import Desired


class Operation(StrEnum):
    CREATE = "create"
    FINISH = "finish"
    UPDATE = "update"
    MOVE = "move"
    CLOSE = "close"
    REOPEN = "reopen"


APPLIED = frozenset({Operation.CREATE, Operation.FINISH, Operation.UPDATE})
DESCRIPTIONS = {
    Operation.CREATE: "new",
    Operation.FINISH: "left half-done by a stopped run, to finish",
    Operation.UPDATE: "changed name, postcode, type or status",
    Operation.MOVE: "under another parent",
    Operation.CLOSE: "closed or no longer listed",
    Operation.REOPEN: "open again",
}


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One thing to do to one organisation.

    `organisation` is as it should be; for a CLOSE of one that is no longer listed, as it is. `before` is as
    Keycloak holds it, None for a new one. `facts` are the attributes that differ, as they should be.
    """

    operation: Operation
    organisation: Organisation
    before: Organisation | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.organisation.code

    @property
    def is_applied(self) -> bool:
        """Whether this version carries it out."""
        return self.operation in APPLIED

    def as_json(self) -> str:
        """One line of JSON: kind (the operation), code, name, place and facts, before and after."""
        return json.dumps(
            {
                "kind": self.operation,
                "code": self.code,
                "name": self.organisation.name,
                "type": self.organisation.type,
                "path": "/".join(self.organisation.path),
                "path_before": "/".join(self.before.path) if self.before else None,
                "facts": dict(self.facts),
                "facts_before": self._facts_before(),
                "applied_by_this_version": self.is_applied,
            }
        )

    def _facts_before(self) -> dict[str, str]:
        return {name: facts(self.before)[name] for name in self.facts} if self.before else {}


@dataclass(frozen=True, slots=True)
class Plan:
    """Every change, parents before children. `unplaced` are half-done leftovers that no given file lists."""

    changes: tuple[PlannedChange, ...]
    unplaced: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Operation, int]:
        """How many of each operation, every one named."""
        found = Counter(change.operation for change in self.changes)
        return {operation: found[operation] for operation in Operation}

    def of(self, operation: Operation) -> list[PlannedChange]:
        return [change for change in self.changes if change.operation is operation]

    @property
    def to_apply(self) -> int:
        """How many changes this version will make."""
        return sum(change.is_applied for change in self.changes)


def facts(organisation: Organisation) -> dict[str, str]:
    """The attributes that the sync writes; the approval level is the portal's and isn't among them."""
    return {
        "name": organisation.name,
        "type": organisation.type.value,
        "postcode": organisation.postcode,
        "status": organisation.status.value,
    }


def plan(wanted: Desired, current: Mapping[str, Organisation], unfinished: frozenset[str]) -> Plan:
    """What to do. `unfinished` are the current organisations that still stand outside `/organisations`."""
    changes = [
        change
        for code, organisation in wanted.organisations.items()
        for change in _changes(organisation, current.get(code), code in unfinished)
    ]
    changes.extend(_no_longer_listed(wanted, current, unfinished))
    changes.sort(key=lambda change: len(change.organisation.path))
    unplaced = sorted(code for code in unfinished if code not in wanted.organisations)
    return Plan(tuple(changes), tuple(unplaced))


def _changes(want: Organisation, have: Organisation | None, unfinished: bool) -> Iterator[PlannedChange]:
    if have is None:
        yield PlannedChange(Operation.CREATE, want, facts=facts(want))
        return
    if unfinished:
        yield PlannedChange(Operation.FINISH, want, have)
    elif want.parent != have.parent:
        yield PlannedChange(Operation.MOVE, want, have)
    if want.is_open != have.is_open:
        status = {"status": want.status.value}
        yield PlannedChange(Operation.REOPEN if want.is_open else Operation.CLOSE, want, have, status)
    differing = _differing(want, have)
    if differing:
        yield PlannedChange(Operation.UPDATE, want, have, differing)


def _differing(want: Organisation, have: Organisation) -> dict[str, str]:
    """Opening and closing are changes of their own, so their status isn't an update."""
    before = facts(have)
    return {
        name: value
        for name, value in facts(want).items()
        if value != before[name] and (name != "status" or want.is_open == have.is_open)
    }


def _no_longer_listed(
    wanted: Desired, current: Mapping[str, Organisation], unfinished: frozenset[str]
) -> Iterator[PlannedChange]:
    """The open ones of a type whose list was given, and that the list doesn't name."""
    for code, have in current.items():
        if code in wanted.organisations or code in unfinished or not have.is_open:
            continue
        if have.type in wanted.complete:
            yield PlannedChange(Operation.CLOSE, have, have, {"status": OrganisationStatus.CLOSED.value})
