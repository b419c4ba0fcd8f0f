"""The tree that the files describe: pure, from records (and what Keycloak holds) to organisations.

Where each stands: an ICB under its region, a sub-ICB location under its ICB, a practice under its parent
(column 14 from 0; column 23, the current commissioner, is often the trust that runs a community site, and in
November 2025 never a sub-ICB location that column 14 lacks), a branch under its practice. An organisation
whose parent is blank, unknown or not brought in stands directly under `/organisations`: none is lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType
from sync.errors import BrokenFiles, Problem
from sync.records import Listing, Record

_RANK = {kind: rank for rank, kind in enumerate(OrganisationType)}


@dataclass(frozen=True, slots=True)
class Desired:
    """What should be there, by ODS code, and the types of which the files list every organisation."""

    organisations: Mapping[str, Organisation]
    complete: frozenset[OrganisationType]


def desired(listings: Sequence[Listing], current: Mapping[str, Organisation]) -> Desired:
    """The tree of these files; `current` lends the parents that the files leave out, and keeps what is there.

    Only open organisations are brought in as new. Raises BrokenFiles for a code given twice, a parent of a
    lower type, and a loop of parents.
    """
    records = checked(listings)
    wanted = {
        code: record
        for code, record in records.items()
        if record.status is OrganisationStatus.OPEN or code in current
    }
    paths = _Paths(wanted, current)
    complete = frozenset(kind for listing in listings for kind in listing.kind.types)
    return Desired({code: _organisation(record, paths) for code, record in wanted.items()}, complete)


def checked(listings: Sequence[Listing]) -> dict[str, Record]:
    """All records by ODS code. Raises BrokenFiles as `desired` does."""
    records = _by_code(listings)
    _check_parents(records)
    return records


def named_parent(record: Record) -> str:
    """The ODS code that the record names as its parent, or the empty string."""
    if record.type is OrganisationType.REGION:
        return ""
    if record.type is OrganisationType.ICB:
        return record.parent or record.region
    if record.type is OrganisationType.SUB_ICB:
        return record.parent or record.icb
    return record.parent


def _by_code(listings: Sequence[Listing]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    problems: list[Problem] = []
    for record in (record for listing in listings for record in listing.records):
        first = records.setdefault(record.code, record)
        if first is not record:
            text = f"{record.code} was already given in {first.file}, line {first.line}: remove one of them"
            problems.append(Problem(record.file, record.line, text))
    if problems:
        raise BrokenFiles(problems)
    return records


def _check_parents(records: Mapping[str, Record]) -> None:
    problems = list(_loops(records)) or list(_upside_down(records))
    if problems:
        raise BrokenFiles(sorted(problems))


def _loops(records: Mapping[str, Record]) -> Iterable[Problem]:
    cleared: set[str] = set()
    for code in records:
        trail: list[str] = []
        while code in records and code not in cleared and code not in trail:
            trail.append(code)
            code = named_parent(records[code])  # noqa: PLW2901 - walking up is the point
        if code in trail:
            loop = trail[trail.index(code) :]
            yield _problem(
                records[loop[0]], f"parents in a loop: {' > '.join([*loop, loop[0]])}: correct one"
            )
        cleared.update(trail)


def _upside_down(records: Mapping[str, Record]) -> Iterable[Problem]:
    for record in records.values():
        parent = records.get(named_parent(record))
        if parent and _RANK[parent.type] >= _RANK[record.type]:
            text = (
                f"{record.code} ({record.type}) can't stand below {parent.code} ({parent.type}): correct it"
            )
            yield _problem(record, text)


def _problem(record: Record, text: str) -> Problem:
    return Problem(record.file, record.line, text)


class _Paths:
    """The paths of organisations in the tree, each worked out once."""

    def __init__(self, wanted: Mapping[str, Record], current: Mapping[str, Organisation]) -> None:
        self._wanted = wanted
        self._current = current
        self._known: dict[str, tuple[str, ...]] = {}

    def path(self, code: str) -> tuple[str, ...]:
        if code not in self._known:
            self._known[code] = self._work_out(code)
        return self._known[code]

    def _work_out(self, code: str) -> tuple[str, ...]:
        record = self._wanted.get(code)
        if record is None:
            return self._current[code].path
        parent = named_parent(record)
        above = self.path(parent) if parent in self._wanted or parent in self._current else ()
        return (*above, code)


def _organisation(record: Record, paths: _Paths) -> Organisation:
    return Organisation(
        code=record.code,
        name=record.name,
        type=record.type,
        path=paths.path(record.code),
        postcode=record.postcode,
        status=record.status,
    )
