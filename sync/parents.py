"""Who stands below whom, and what must not be: codes given twice, loops, a parent of a lower type. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from directory.vocabulary import OrganisationType
from sync.errors import BrokenFiles, Problem
from sync.records import Listing, Record

_RANK = {kind: rank for rank, kind in enumerate(OrganisationType)}


def checked(listings: Sequence[Listing]) -> dict[str, Record]:
    """All records by ODS code.

    Raises BrokenFiles for a code given twice, a parent of a lower type, and a loop of parents.
    """
    records = _by_code(listings)
    check_loops(records, lambda code: named_parent(records[code]) if code in records else "")
    problems = sorted(_upside_down(records))
    if problems:
        raise BrokenFiles(problems)
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


def check_loops(records: Mapping[str, Record], parent: Callable[[str], str]) -> None:
    """Raises BrokenFiles, with a line for each loop that leads through one of these records.

    `parent` gives the code above any code, and the empty string at the top of the tree.
    """
    problems = sorted(_loops(records, parent))
    if problems:
        raise BrokenFiles(problems)


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


def _loops(records: Mapping[str, Record], parent: Callable[[str], str]) -> Iterable[Problem]:
    cleared: set[str] = set()
    for start in records:
        trail: dict[str, None] = {}
        code = start
        while code and code not in cleared and code not in trail:
            trail[code] = None
            code = parent(code)
        if code in trail:
            passed = list(trail)
            yield _loop(records, passed[passed.index(code) :])
        cleared.update(trail)


def _loop(records: Mapping[str, Record], codes: Sequence[str]) -> Problem:
    """Of a loop that leads through what only Keycloak holds too, the line of the first that a file names."""
    named = next(code for code in codes if code in records)
    text = f"parents in a loop: {' > '.join([*codes, codes[0]])}: correct one"
    return _problem(records[named], text)


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
