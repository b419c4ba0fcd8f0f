"""What each run of the sync says of itself: a group below `/sync`, where Keycloak's console shows it too.

The newest one that hasn't ended is the run whose turn it is. Runs are numbered in their groups' names, and
siblings' names are unique: so of two that begin at the same moment Keycloak lets one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from directory.admin_session import AdminSession
from directory.connection import Connection
from directory.errors import AlreadyThere, NotThere

TOP = "sync"
KEPT = 100
"""How many runs are kept at least: twice as many are cut down to it, all at once.

A group that goes has the portal read everything anew, as Keycloak doesn't say what was in it.
"""
LONGEST = 255  # Keycloak answers a longer attribute with a bare fault
SHOWN_CHANGES = 50
SILENT = timedelta(minutes=5)


class RunState(StrEnum):
    """How a run is, or how it ended."""

    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "nothing to do"
    WAITING = "waiting for a yes"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def is_over(self) -> bool:
        return self is not RunState.RUNNING


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One run. `counts` are its plan's changes by kind, `changes` some of them in words.

    Those are in order of the words, and so are the `sources`: Keycloak keeps no order among an attribute's
    values. `told_at` is when it last said anything, `done` how many organisations it had changed by then;
    `wrote` is said before the first, so also by one that is killed right after.
    `id` is its Keycloak group's, empty for one that Keycloak doesn't have yet.
    """

    host: str
    process: int
    sources: tuple[str, ...]
    began_at: datetime
    told_at: datetime
    state: RunState = RunState.RUNNING
    counts: Mapping[str, int] = field(default_factory=dict)
    done: int = 0
    problem: str = ""
    changes: tuple[str, ...] = ()
    wrote: bool = False
    number: int = 0
    id: str = ""

    @property
    def planned(self) -> int:
        """How many changes its plan has."""
        return sum(self.counts.values())

    def is_silent(self, at: datetime) -> bool:
        """Whether it has said nothing for so long by then that it must be over, whatever became of it.

        Nor has a run spoken in time to come: a clock is wrong, or somebody changed it by hand.
        """
        return abs(at - self.told_at) > SILENT

    @classmethod
    def of(cls, group: Mapping[str, Any]) -> Self | None:
        """The run of a group's full representation; None for what isn't one."""
        facts = group.get("attributes") or {}
        try:
            return cls(
                host=_one(facts, "host"),
                process=int(_one(facts, "process")),
                sources=tuple(sorted(facts.get("sources", ()))),
                began_at=_moment(_one(facts, "began_at")),
                told_at=_moment(_one(facts, "told_at")),
                state=RunState(_one(facts, "state")),
                counts={
                    kind: int(n) for kind, _, n in (each.partition("=") for each in facts.get("counts", ()))
                },
                done=int(_one(facts, "done")),
                wrote=bool(_one(facts, "wrote")),
                problem=_one(facts, "problem"),
                changes=tuple(sorted(facts.get("changes", ()))),
                number=int(group["name"]),
                id=str(group["id"]),
            )
        except (ValueError, IndexError):  # somebody changed it in the console
            return None

    def as_group(self) -> dict[str, Any]:
        """What Keycloak is sent."""
        facts = {
            "host": [self.host],
            "process": [str(self.process)],
            "sources": self.sources,
            "began_at": [self.began_at.isoformat()],
            "told_at": [self.told_at.isoformat()],
            "state": [self.state.value],
            "counts": [f"{kind}={count}" for kind, count in self.counts.items() if count],
            "done": [str(self.done)],
            "wrote": ["yes"] if self.wrote else [],
            "problem": [self.problem] if self.problem else [],
            "changes": self.changes[:SHOWN_CHANGES],
        }
        attributes = {name: [value[:LONGEST] for value in values] for name, values in facts.items() if values}
        return {"name": f"{self.number:06}", "attributes": attributes}


@dataclass(frozen=True, slots=True)
class Recorded:
    """The runs at one moment, the newest first.

    `last_number` is the highest that any group has, 0 for none: also one that nobody can read as a run any
    more, as somebody changed it in the console. Its number is taken all the same.
    """

    runs: tuple[SyncRun, ...] = ()
    last_number: int = 0


class RunLog:
    """The runs, as the service account of the sync keeps them. Every call may raise DirectoryError."""

    def __init__(self, connection: Connection, kept: int = KEPT) -> None:
        self._kept = kept
        self._session = AdminSession(connection, connection.realm)

    def recorded(self) -> Recorded:
        """What Keycloak has now."""
        return _recorded(self._session)

    def begin(self, run: SyncRun, after: Recorded) -> SyncRun:
        """Notes a run as the next after those. Raises AlreadyThere when another was quicker."""
        begun = replace(run, number=after.last_number + 1)
        group_id = self._session.create("groups", self._top(), "children", body=begun.as_group())
        return replace(begun, id=group_id)

    def tell(self, run: SyncRun) -> None:
        """What it says now takes the place of what it said before."""
        self._session.put("groups", run.id, body=run.as_group())

    def cut(self, runs: Iterable[SyncRun]) -> None:
        """Removes the oldest of these, all that are too many, when there are far too many."""
        newest_first = sorted(runs, key=lambda run: -run.number)
        if len(newest_first) >= 2 * self._kept:
            for run in newest_first[self._kept :]:
                self._session.delete_if_there("groups", run.id)

    def _top(self) -> str:
        try:
            return str(self._session.get("group-by-path", TOP)["id"])
        except NotThere:
            pass
        try:
            return self._session.create("groups", body={"name": TOP})
        except AlreadyThere:
            return str(self._session.get("group-by-path", TOP)["id"])


def read_runs(session: AdminSession) -> list[SyncRun]:
    """Those that Keycloak has, the newest first; none where no sync ever ran."""
    return list(_recorded(session).runs)


def _recorded(session: AdminSession) -> Recorded:
    try:
        top = session.get("group-by-path", TOP)["id"]
    except NotThere:
        return Recorded()
    found = session.get(
        "groups", top, "children", max=-1, briefRepresentation="false", subGroupsCount="false"
    )
    numbered = [group for group in found if str(group["name"]).isdecimal()]
    runs = [run for group in numbered if (run := SyncRun.of(group))]
    last_number = max((int(group["name"]) for group in numbered), default=0)
    return Recorded(tuple(sorted(runs, key=lambda run: -run.number)), last_number)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:  # it can't be compared with ours
        raise ValueError(text)
    return at


def _one(facts: Mapping[str, Any], name: str) -> str:
    values = facts.get(name) or [""]
    return str(values[0])
