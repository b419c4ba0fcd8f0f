"""The users page: everybody that a role stands over, one row for each person and organisation."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy.orm import Session

from directory.vocabulary import Holding
from portal.store.queries.page import bounds
from portal.store.queries.reach import is_everywhere
from portal.store.queries.users_list import rows as user_rows
from portal.store.queries.users_list.options import ListOptions, Sort, UserRow, UsersPage, UserStatus
from portal.store.queries.users_list.people import newcomers, people_within
from portal.store.queries.users_list.rows import EVERY_STATUS, Between, Rows, Wanted
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
    total, people, found = _page(session, _wanted(holding, options), options, offset, size)
    return UsersPage(found, number, size, total, people)


def _page(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """The `size` rows from `offset` on, with the numbers of the whole list."""
    everywhere = is_everywhere(wanted.holding)
    if wanted.text.strip() or not (everywhere or options.sort is Sort.ORGANISATION):
        return _picked(session, wanted, options, offset, size)
    if wanted.statuses == WORKING or (wanted.statuses == EVERY_STATUS and options.sort is not Sort.STATUS):
        return _found(session, wanted, options, offset, size)
    if wanted.statuses == EVERY_STATUS:
        return _by_status(session, wanted, options, offset, size)
    return _picked(session, wanted, options, offset, size)


def _picked(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """From few rows, which are all made: those of a search, or of one status."""
    page = user_rows.counted_rows(wanted, options).limit(size).offset(offset)
    found = session.execute(page).mappings().all()
    if found or (size and not offset):
        counts = found[0] if found else {"total": 0, "people": 0}
        return counts["total"], counts["people"], [_row(one) for one in found]
    total, people = session.execute(user_rows.count(wanted)).one()
    return total, people, []


def _found(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """From many rows, of which only those around the page are made."""
    if options.sort is Sort.STATUS:
        options = replace(options, sort=Sort.ORGANISATION, descending=False)
    working = wanted.statuses == WORKING
    around = window(session, Span(wanted.holding, options.sort, options.descending, offset, size, working))
    people = _people(session, wanted.holding, around.accounts, working=working)
    if offset >= around.total or not size:
        return around.total, people, []
    between = Between(options.sort, around.low, around.high)
    near, skipped = replace(wanted, between=between, roleless=around.roleless), offset - around.before
    by_place = options.sort is Sort.ORGANISATION
    found = user_rows.rows(near, options) if by_place else user_rows.first_rows(near, options, skipped + size)
    return around.total, people, _read(session, found.limit(size).offset(skipped))


def _people(session: Session, holding: Holding, accounts: int, *, working: bool) -> int:
    """How many are in the whole list: newcomers beside `accounts`, where there is a number of these."""
    rest = newcomers() if accounts else people_within(holding, working=working)
    return accounts + (session.scalar(rest) or 0)


def _by_status(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """Those with the first status of the alphabet, who are nearly all, are a list of their own."""
    total, found = 0, list[UserRow]()
    parts = [WORKING, EVERY_STATUS - WORKING]
    for statuses in reversed(parts) if options.descending else parts:
        part = replace(wanted, statuses=statuses)
        number, _of_people, rows = _page(session, part, options, max(0, offset - total), size - len(found))
        total, found = total + number, found + rows
    return total, _people(session, wanted.holding, 0, working=False), found


def download(session: Session, holding: Holding, options: ListOptions | None = None) -> Iterator[UserRow]:
    """The whole list in its order, read bit by bit."""
    options = options or ListOptions()
    statement = user_rows.rows(_wanted(holding, options), options)
    found = session.execute(statement.execution_options(yield_per=500))
    return (_row(one) for one in found.mappings())


def _wanted(holding: Holding, options: ListOptions) -> Wanted:
    statuses = frozenset({options.status}) if options.status else EVERY_STATUS
    return Wanted(holding, options.text, statuses)


def _read(session: Session, statement: Rows) -> list[UserRow]:
    return [_row(found) for found in session.execute(statement).mappings()]


def _row(found: Mapping[Any, Any]) -> UserRow:
    values = {name: found[name] for name in COLUMNS}
    return UserRow(**values | {"status": UserStatus(values["status"])})
