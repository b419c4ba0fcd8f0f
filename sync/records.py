"""From the text of an ODS classic file to checked records: 27 columns, no header, one organisation a line.

The columns are those of the ODS classic CSV files; the four kinds of file share them. What a file holds is
told from its content, because people rename what they download.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from functools import lru_cache
from io import StringIO
from re import fullmatch

from directory.vocabulary import UNLISTED, OrganisationStatus, OrganisationType
from sync.errors import BrokenFiles, Problem
from sync.files import Source

COLUMNS = 27
LONGEST = 255  # Keycloak answers a longer attribute with a bare fault


class Column(IntEnum):
    """The columns that count here, from 0."""

    CODE = 0
    NAME = 1
    REGION = 2
    ICB = 3
    ADDRESS_2 = 5
    ADDRESS_3 = 6
    ADDRESS_4 = 7
    POSTCODE = 9
    OPENED = 10
    CLOSED = 11
    STATUS = 12
    PARENT = 14
    JOINED_PARENT = 15
    LEFT_PARENT = 16
    PRESCRIBING_SETTING = 25


class FileKind(StrEnum):
    """What a file lists."""

    AUTHORITIES = "regions and ICBs"
    SUB_ICBS = "sub-ICB locations"
    PRACTICES = "practices and prescribing sites"
    BRANCHES = "branches"
    EVERYTHING = "organisations of every type"

    @property
    def types(self) -> frozenset[OrganisationType]:
        """The types of organisation that such a file lists completely."""
        return _TYPES[self]


_TYPES = {
    FileKind.AUTHORITIES: frozenset({OrganisationType.REGION, OrganisationType.ICB}),
    FileKind.SUB_ICBS: frozenset({OrganisationType.SUB_ICB}),
    FileKind.PRACTICES: frozenset({OrganisationType.PROVIDER}),
    FileKind.BRANCHES: frozenset({OrganisationType.BRANCH}),
    FileKind.EVERYTHING: frozenset(OrganisationType),
}
_STATUSES = {
    "A": OrganisationStatus.OPEN,
    "C": OrganisationStatus.CLOSED,
    "D": OrganisationStatus.DORMANT,
    "P": OrganisationStatus.PROPOSED,
}
_DATES = (Column.OPENED, Column.CLOSED, Column.JOINED_PARENT, Column.LEFT_PARENT)
_WRITTEN = (Column.ADDRESS_2, Column.ADDRESS_3, Column.ADDRESS_4, Column.POSTCODE)
CODE = r"[A-Z0-9]{2,12}"
# Where a list has the town, most often first: the lines of an address are filled in loosely.
_TOWN = {
    FileKind.BRANCHES: (Column.ADDRESS_4, Column.ADDRESS_3, Column.ADDRESS_2),
    FileKind.PRACTICES: (Column.ADDRESS_3, Column.ADDRESS_4, Column.ADDRESS_2),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One organisation as a file tells it; `region`, `icb` and `parent` are ODS codes, or empty."""

    code: str
    name: str
    type: OrganisationType
    region: str
    icb: str
    parent: str
    postcode: str
    status: OrganisationStatus
    file: str
    line: int
    town: str = ""

    @property
    def is_open(self) -> bool:
        return self.status is OrganisationStatus.OPEN


@dataclass(frozen=True, slots=True)
class Listing:
    """One source, read and checked; `complete` unless it holds only what changed since some day."""

    name: str
    kind: FileKind
    records: tuple[Record, ...]
    complete: bool = True

    @property
    def types(self) -> frozenset[OrganisationType]:
        """The types of which it lists every organisation."""
        return self.kind.types if self.complete else frozenset()


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]


def parse(source: Source, today: date | None = None) -> Listing:
    """The records of one file, as of `today`. Raises BrokenFiles with every problem of the file."""
    rows, problems = _rows(source)
    kind = _kind(rows)
    if kind is None:
        advice = "isn't an ODS classic list of regions and ICBs, sub-ICB locations, practices or branches"
        raise BrokenFiles(problems or [Problem(source.name, 0, advice)])
    for row in rows:
        problems.extend(Problem(source.name, row.line, text) for text in _faults(row.cells, kind))
    if not problems and not source.text.endswith(("\n", "\r")):
        text = "the last line has no end: the file is cut off, download it again"
        problems.append(Problem(source.name, rows[-1].line, text))
    if problems:
        raise BrokenFiles(sorted(problems))
    day = f"{today or datetime.now(UTC).date():%Y%m%d}"
    return Listing(source.name, kind, tuple(_record(row, kind, source.name, day) for row in rows))


def _rows(source: Source) -> tuple[list[_Row], list[Problem]]:
    """The rows that have all their columns, and what is wrong with the others."""
    rows: list[_Row] = []
    problems: list[Problem] = []
    for line, cells in _cells(source, problems):
        if len(cells) == COLUMNS:
            rows.append(_Row(line, [cell.strip() for cell in cells]))
        else:
            text = f"has {len(cells)} columns, not {COLUMNS}: download the file again"
            problems.append(Problem(source.name, line, text))
    return rows, problems


def _cells(source: Source, problems: list[Problem]) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(StringIO(source.text.rstrip("\r\n"), newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        text = f"can't be read as CSV ({error}): the file is cut off or damaged, download it again"
        problems.append(Problem(source.name, line, text))


def _kind(rows: Sequence[_Row]) -> FileKind | None:
    """What most rows look like: one odd row must not change what the file is taken for."""
    votes = Counter(kind for row in rows if (kind := _looks_like(row.cells)))
    return votes.most_common(1)[0][0] if votes else None


def _looks_like(cells: Sequence[str]) -> FileKind | None:
    code, parent = cells[Column.CODE], cells[Column.PARENT]
    if cells[Column.PRESCRIBING_SETTING]:
        return FileKind.PRACTICES
    if code and code in (cells[Column.REGION], cells[Column.ICB]):
        return FileKind.AUTHORITIES
    if parent and parent == cells[Column.ICB]:
        return FileKind.SUB_ICBS
    if len(code) > len(parent) > 0 and code.startswith(parent):
        return FileKind.BRANCHES
    return None


def _faults(cells: Sequence[str], kind: FileKind) -> Iterator[str]:
    code, name, status = cells[Column.CODE], cells[Column.NAME], cells[Column.STATUS]
    if not _is_code(code):
        yield f"{code!r} isn't an ODS code"
    if code == UNLISTED:
        yield f"{UNLISTED} is kept for parents that no list names"
    if not name:
        yield "the name is missing"
    if len(name) > LONGEST:
        yield f"the name is longer than {LONGEST} characters"
    for column in _WRITTEN:
        if len(cells[column]) > LONGEST:
            yield f"column {column + 1} is longer than {LONGEST} characters"
    if status not in _STATUSES and not (status == "" and kind is FileKind.BRANCHES):
        yield f"the status {status!r} isn't one of {', '.join(_STATUSES)}"
    for column in _DATES:
        if cells[column] and not _is_date(cells[column]):
            yield f"{cells[column]!r} in column {column + 1} isn't a date as YYYYMMDD"
    for column in (Column.REGION, Column.ICB, Column.PARENT):
        if cells[column] and not _is_code(cells[column]):
            yield f"{cells[column]!r} in column {column + 1} isn't an ODS code"


@lru_cache(maxsize=2**16)  # parents are named many times
def _is_code(text: str) -> bool:
    return fullmatch(CODE, text) is not None


@lru_cache(maxsize=2**16)  # a country has few thousand dates, each many times
def _is_date(text: str) -> bool:
    if not fullmatch(r"[0-9]{8}", text):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _record(row: _Row, kind: FileKind, file: str, today: str) -> Record:
    cells = row.cells
    return Record(
        code=cells[Column.CODE],
        name=cells[Column.NAME],
        type=_type(cells, kind),
        region=cells[Column.REGION],
        icb=cells[Column.ICB],
        parent=cells[Column.PARENT],
        postcode=cells[Column.POSTCODE],
        status=_status(cells, today),
        file=file,
        line=row.line,
        town=next((cells[column] for column in _TOWN.get(kind, ()) if cells[column]), ""),
    )


def _type(cells: Sequence[str], kind: FileKind) -> OrganisationType:
    if kind is FileKind.AUTHORITIES:
        is_region = cells[Column.CODE] == cells[Column.REGION]
        return OrganisationType.REGION if is_region else OrganisationType.ICB
    (only,) = kind.types
    return only


def _status(cells: Sequence[str], today: str) -> OrganisationStatus:
    """The letter, unless the dates know better: one that closes later is open still, and so on.

    The older branch lists leave the status empty: there, the dates alone tell.
    """
    status = _STATUSES.get(cells[Column.STATUS], OrganisationStatus.OPEN)
    return dated(status, cells[Column.OPENED], cells[Column.CLOSED], today)


def dated(status: OrganisationStatus, opened: str, closed: str, today: str) -> OrganisationStatus:
    """What it is on the day `today`. The days, the last one that it works included, sort as they read."""
    if status is OrganisationStatus.OPEN and closed and closed <= today:
        return OrganisationStatus.CLOSED
    if status is OrganisationStatus.OPEN and opened > today:
        return OrganisationStatus.PROPOSED
    if status is OrganisationStatus.CLOSED and closed > today:
        return OrganisationStatus.OPEN
    return status
