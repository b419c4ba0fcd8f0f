"""The users page: everybody that a role stands over, one row for each person and organisation."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy.orm import Session

from directory.vocabulary import Holding
from portal.store.queries.page import bounds
from portal.store.queries.reach import Values, shape_of, values_of
from portal.store.queries.users_list import rows as user_rows
from portal.store.queries.users_list.options import ListOptions, Sort, UserRow, UsersPage, UserStatus
from portal.store.queries.users_list.people import entries
from portal.store.queries.users_list.rows import Rows
from portal.store.queries.users_list.wanted import EVERY_STATUS, Between, Wanted
from portal.store.queries.users_list.window import Span, window

Part = tuple[int, int, list[UserRow]]
"""How many rows there are, of how many people, and some of the rows."""
WORKING = frozenset({UserStatus.ACTIVE})
COLUMNS = tuple(field.name for field in fields(UserRow))


def listing(
    session: Session, holding: Holding, options: ListOptions | None = None, number: int = 1, size: int = 10
) -> UsersPage:
    """One page of the people that the holding stands over."""
    options = options or ListOptions()
    number, size = bounds(number, size)
    offset = (number - 1) * size
    values, wanted = values_of(holding), _wanted(holding, options)
    total, people, found = _page(session, values, wanted, options, offset, size)
    return UsersPage(found, number, size, total, people)


def _page(
    session: Session, values: Values, wanted: Wanted, options: ListOptions, offset: int, size: int
) -> Part:
    """The `size` rows from `offset` on, with the numbers of the whole list."""
    if wanted.text.strip() or not (wanted.shape.everywhere or options.sort is Sort.ORGANISATION):
        return _picked(session, values, wanted, options, offset, size)
    if wanted.statuses == EVERY_STATUS and options.sort is Sort.STATUS:
        return _by_status(session, values, wanted, options, offset, size)
    if wanted.statuses in (WORKING, EVERY_STATUS):
        return _found(session, values, wanted, options, offset, size)
    return _picked(session, values, wanted, options, offset, size)


def _picked(
    session: Session, values: Values, wanted: Wanted, options: ListOptions, offset: int, size: int
) -> Part:
    """From few rows, which are all made: those of a search, or of one status."""
    part = {"offset": offset, "size": size}
    found = session.execute(user_rows.counted_rows(wanted, options), values | part).mappings().all()
    if found or not offset:
        counts = found[0] if found else {"total": 0, "people": 0}
        return counts["total"], counts["people"], [_row(one) for one in found]
    total, people = session.execute(user_rows.count(wanted), values).one()
    return total, people, []


def _found(
    session: Session, values: Values, wanted: Wanted, options: ListOptions, offset: int, size: int
) -> Part:
    """From many rows, of which only those around the page are made."""
    if options.sort is Sort.STATUS:
        options = replace(options, sort=Sort.ORGANISATION, descending=False)
    span = Span(wanted.shape, options.sort, options.descending, wanted.statuses == WORKING)
    around = window(session, values, span, offset, size)
    if offset >= around.total:
        return around.total, around.people, []
    between = Between(options.sort, unnamed=not around.low)
    near = replace(wanted, text="", between=between, roleless=around.roleless)
    part: Values = {"low": around.low, "high": around.high, "unknown": list(around.unknown)}
    part |= {"offset": offset - around.before, "size": size}
    rows = user_rows.rows_near(near, replace(options, text="", status=None))
    return around.total, around.people, _read(session, rows, values | part)


def _by_status(
    session: Session, values: Values, wanted: Wanted, options: ListOptions, offset: int, size: int
) -> Part:
    """Those with the first status of the alphabet, who are nearly all, are a list of their own."""
    total, working, people = session.execute(entries()).one()
    parts = [(WORKING, _found, working), (EVERY_STATUS - WORKING, _picked, total - working)]
    found, at = list[UserRow](), offset
    for statuses, read, number in reversed(parts) if options.descending else parts:
        if at < number and len(found) < size:
            part = replace(wanted, statuses=statuses)
            found += read(session, values, part, options, at, size - len(found))[2]
        at = max(0, at - number)
    return total, people, found


def download(session: Session, holding: Holding, options: ListOptions | None = None) -> Iterator[UserRow]:
    """The whole list in its order, read bit by bit."""
    options = options or ListOptions()
    statement = user_rows.rows(_wanted(holding, options), options)
    found = session.execute(statement.execution_options(yield_per=500), values_of(holding))
    return (_row(one) for one in found.mappings())


def _wanted(holding: Holding, options: ListOptions) -> Wanted:
    statuses = frozenset({options.status}) if options.status else EVERY_STATUS
    return Wanted(shape_of(holding), options.text, statuses)


def _read(session: Session, statement: Rows, values: Mapping[str, Any]) -> list[UserRow]:
    return [_row(found) for found in session.execute(statement, values).mappings()]


def _row(found: Mapping[Any, Any]) -> UserRow:
    values = {name: found[name] for name in COLUMNS}
    return UserRow(**values | {"status": UserStatus(values["status"])})
