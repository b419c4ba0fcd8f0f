"""The tree that the files describe: pure, from records (and what Keycloak holds) to organisations.

Where each stands: an ICB under its region, a sub-ICB location under its ICB, a practice under its parent
(column 14 from 0; column 23, the current commissioner, is often the trust that runs a community site, and in
November 2025 never a sub-ICB location that column 14 lacks), a branch under its practice. None is lost: an
open organisation without a parent stands directly under `/organisations`, and a parent that no file names is
made, known by its code only, under the place UNLISTED, until a file names it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from directory.vocabulary import UNLISTED, Organisation, OrganisationStatus, OrganisationType
from sync.parents import check_loops, checked, named_parent
from sync.records import Listing, Record

UNLISTED_NAME = "Not in the lists: known by code only"


@dataclass(frozen=True, slots=True)
class Desired:
    """What should be there, by ODS code, and the types of which the files list every organisation."""

    organisations: Mapping[str, Organisation]
    complete: frozenset[OrganisationType]


TookOver = Callable[[Collection[str]], Mapping[str, str]]
"""Gives the code of who took over, by the code of the closed, as far as it is known."""


def desired(listings: Sequence[Listing], current: Mapping[str, Organisation]) -> Desired:
    """The tree of these files; `current` lends the parents that the files leave out, and keeps what is there.

    Only open organisations are brought in as new. Raises BrokenFiles for a code given twice, a parent of a
    lower type, and a loop of parents, also one that leads through what only Keycloak holds.
    """
    records = checked(listings)
    complete = frozenset(kind for listing in listings for kind in listing.types)
    places = _Places(records, current, complete)
    check_loops(places.wanted, places.parent)
    made = {code: _organisation(record, places.path(code)) for code, record in places.wanted.items()}
    kept = {code: current[code].successor for code in made if code in current}
    made |= {code: replace(made[code], successor=who) for code, who in kept.items() if who}
    return Desired({code: _unlisted(places.path(code)) for code in places.unlisted} | made, complete)


def with_successors(wanted: Desired, current: Mapping[str, Organisation], took_over: TookOver) -> Desired:
    """With who took over from those that close, and from those closed before that a list of changes names.

    Not from all that ever closed: it is asked one by one, and of one that is known nothing is asked.
    """
    closed = [
        code
        for code, want in wanted.organisations.items()
        if not want.is_open
        and not want.successor
        and (current[code].is_open or want.type not in wanted.complete)
    ]
    found = took_over(closed) if closed else {}
    named = {code: replace(wanted.organisations[code], successor=who) for code, who in found.items()}
    return replace(wanted, organisations={**wanted.organisations, **named})


class _Places:
    """Where each organisation stands when the files are carried out: listed, unlisted, or left alone."""

    def __init__(
        self,
        records: Mapping[str, Record],
        current: Mapping[str, Organisation],
        complete: frozenset[OrganisationType],
    ) -> None:
        self.wanted = {code: each for code, each in records.items() if each.is_open or code in current}
        self._records = records
        self._current = current
        self.unlisted = tuple(self._needed(complete))
        self._parents = self._all_parents()
        self._paths: dict[str, tuple[str, ...]] = {"": ()}

    def parent(self, code: str) -> str:
        """The code above it, or the empty string at the top."""
        return self._parents[code]

    def path(self, code: str) -> tuple[str, ...]:
        if code not in self._paths:
            self._paths[code] = (*self.path(self._parents[code]), code)
        return self._paths[code]

    def _needed(self, complete: frozenset[OrganisationType]) -> Iterator[str]:
        """Parents of open organisations that are known by their code only, after the place itself."""
        named = {named_parent(record) for record in self.wanted.values() if record.is_open}
        named |= {each.parent or "" for each in self._left_open(complete)}
        needed = sorted(code for code in named if self._is_unlisted(code))
        if needed or UNLISTED in self._current:
            yield UNLISTED
        yield from needed

    def _left_open(self, complete: frozenset[OrganisationType]) -> Iterable[Organisation]:
        """Those that no file names and that stay as they are."""
        return (
            each
            for code, each in self._current.items()
            if each.is_open and code not in self.wanted and each.type not in complete
        )

    def _is_unlisted(self, code: str) -> bool:
        if not code or code == UNLISTED or code in self._records:
            return False
        return code not in self._current or self._current[code].parent == UNLISTED

    def _all_parents(self) -> dict[str, str]:
        parents = {code: each.parent or "" for code, each in self._current.items()}
        parents |= dict.fromkeys(self.unlisted, UNLISTED)
        parents |= {UNLISTED: "", "": ""}
        there = {*parents, *self.wanted}
        return parents | {code: self._parent(record, there) for code, record in self.wanted.items()}

    def _parent(self, record: Record, there: set[str]) -> str:
        """One that is closed stays where it is when the parent it had isn't there to go to."""
        parent = named_parent(record)
        if record.code in self._current and not record.is_open and (not parent or parent not in there):
            return self._current[record.code].parent or ""
        return parent if parent in there else ""


def _organisation(record: Record, path: tuple[str, ...]) -> Organisation:
    return Organisation(
        code=record.code,
        name=record.name,
        type=record.type,
        path=path,
        postcode=record.postcode,
        status=record.status,
        town=record.town,
    )


def _unlisted(path: tuple[str, ...]) -> Organisation:
    """As a region, which commissions nothing and is offered to nobody: what it is, no file has told."""
    name = UNLISTED_NAME if path == (UNLISTED,) else path[-1]
    return Organisation(path[-1], name, OrganisationType.REGION, path, status=OrganisationStatus.OPEN)
