"""What differs between the tree that should be and the tree that Keycloak holds: pure.

The changes are in an order in which a run may stop after any of them and leave a tree that holds together:
what is new comes first, parents before children, so that whatever moves finds its place there; moves go from
the top down, so that nothing is ever put below itself; and closures come last, when what was to leave has
left.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import StringIO
from typing import Any

from directory.tree_read import CurrentTree
from directory.vocabulary import UNLISTED, Organisation, OrganisationStatus
from sync.desired import Desired


class Operation(StrEnum):
    CREATE = "create"
    FINISH = "finish"
    UPDATE = "update"
    MOVE = "move"
    CLOSE = "close"
    REOPEN = "reopen"


DESCRIPTIONS = {
    Operation.CREATE: "new",
    Operation.FINISH: "left half-done by a stopped run, to finish",
    Operation.UPDATE: "changed name, town, postcode, type, status or successor",
    Operation.MOVE: "under another parent",
    Operation.CLOSE: "closed or no longer listed",
    Operation.REOPEN: "open again",
}
PLACING = frozenset({Operation.FINISH, Operation.MOVE})
_ORDER = {
    Operation.CREATE: 0,
    Operation.FINISH: 1,
    Operation.MOVE: 1,
    Operation.REOPEN: 2,
    Operation.UPDATE: 3,
    Operation.CLOSE: 4,
}
COLUMNS = ("kind", "code", "name", "type", "path", "path_before", "facts", "facts_before")
NOTICED_COLUMNS = ("people", "multi_level", "clusters", "requests")
Noticed = Mapping[str, Mapping[str, Any]]
"""What hangs on organisations, by ODS code and then by the names in NOTICED_COLUMNS."""


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

    def told(self) -> dict[str, Any]:
        """By the names in COLUMNS: kind (the operation), code, name, place and facts, before and after."""
        return {
            "kind": self.operation.value,
            "code": self.code,
            "name": self.organisation.name,
            "type": self.organisation.type.value,
            "path": "/".join(self.organisation.path),
            "path_before": "/".join(self.before.path) if self.before else None,
            "facts": dict(self.facts),
            "facts_before": self._facts_before(),
        }

    def as_json(self, **more: Any) -> str:
        """One line of JSON, with `more` that is known about its organisation."""
        return json.dumps(self.told() | more)

    def _facts_before(self) -> dict[str, str]:
        if self.before is None:
            return {}
        before = facts(self.before)
        return {name: before.get(name, "") for name in self.facts}


@dataclass(frozen=True, slots=True)
class Plan:
    """Every change, in order. `unplaced` are half-done leftovers that no given file lists."""

    changes: tuple[PlannedChange, ...]
    unplaced: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Operation, int]:
        """How many of each operation, every one named."""
        found = Counter(change.operation for change in self.changes)
        return {operation: found[operation] for operation in Operation}

    def of(self, *operations: Operation) -> list[PlannedChange]:
        return [change for change in self.changes if change.operation in operations]

    def as_lines(self, noticed: Noticed | None = None) -> str:
        """In full, a line of JSON for each change, with what hangs on its organisation if that is given."""
        found = noticed or {}
        return "".join(f"{each.as_json(**found.get(each.code, {}))}\n" for each in self.changes)

    def as_csv(self, noticed: Noticed | None = None) -> str:
        """In full, a row for each change under a row of headings; facts as name=value."""
        more = NOTICED_COLUMNS if noticed is not None else ()
        target = StringIO(newline="")
        writer = csv.writer(target)
        writer.writerow((*COLUMNS, *more))
        for change in self.changes:
            hangs = (noticed or {}).get(change.code, {})
            values = [*change.told().values(), *(hangs.get(name) for name in more)]
            writer.writerow([_cell(value) for value in values])
        return target.getvalue()


def _cell(value: Any) -> str:
    """A name that begins like a formula is text for the spreadsheet, too."""
    if isinstance(value, dict):
        text = "; ".join(f"{k}={v}" for k, v in value.items())
    elif isinstance(value, list):
        text = "; ".join(value)
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in tuple("=+-@\t") else text


def facts(organisation: Organisation) -> dict[str, str]:
    """The attributes that the sync writes; the approval level is the portal's and isn't among them.

    A successor is written where a source names one, and never taken away.
    """
    successor = {"successor": organisation.successor} if organisation.successor else {}
    return {
        "name": organisation.name,
        "type": organisation.type.value,
        "postcode": organisation.postcode,
        "town": organisation.town,
        "status": organisation.status.value,
        **successor,
    }


def plan(wanted: Desired, current: CurrentTree) -> Plan:
    """What to do to make Keycloak's tree the wanted one; what it holds and no file names stays, or closes."""
    changes = [
        change for organisation in wanted.organisations.values() for change in _changes(organisation, current)
    ]
    changes.extend(_no_longer_listed(wanted, current))
    changes.sort(key=_order)
    unplaced = sorted(code for code in current.unfinished if code not in wanted.organisations)
    return Plan(tuple(changes), tuple(unplaced))


def _order(change: PlannedChange) -> tuple[int, int]:
    depth = len(change.organisation.path)
    return _ORDER[change.operation], -depth if change.operation is Operation.CLOSE else depth


def _changes(want: Organisation, current: CurrentTree) -> Iterator[PlannedChange]:
    have = current.organisations.get(want.code)
    if have is None:
        yield PlannedChange(Operation.CREATE, want, facts=facts(want))
        return
    if want.code in current.unfinished:
        yield PlannedChange(Operation.FINISH, want, have)
    elif want.parent != have.parent:
        yield PlannedChange(Operation.MOVE, want, have)
    differing = _differing(want, have)
    if want.is_open != have.is_open:
        ending: dict[str, str] = {
            name: differing.pop(name) for name in ("status", "successor") if name in differing
        }
        yield PlannedChange(Operation.REOPEN if want.is_open else Operation.CLOSE, want, have, ending)
    if differing or current.descriptions.get(want.code, want.name) != want.name:
        yield PlannedChange(Operation.UPDATE, want, have, differing)


def _differing(want: Organisation, have: Organisation) -> dict[str, str]:
    before = facts(have)
    return {name: value for name, value in facts(want).items() if value != before.get(name, "")}


def _no_longer_listed(wanted: Desired, current: CurrentTree) -> Iterator[PlannedChange]:
    """The open ones of a type whose list was given, and that the list doesn't name."""
    for code, have in current.organisations.items():
        if code in wanted.organisations or code in current.unfinished or not have.is_open:
            continue
        if have.type in wanted.complete or have.parent == UNLISTED:
            yield PlannedChange(Operation.CLOSE, have, have, {"status": OrganisationStatus.CLOSED.value})
