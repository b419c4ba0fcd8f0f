"""The users page: everybody that a role stands over, one row for each person and organisation."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy.orm import Session

from directory.vocabulary import Holding
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import is_everywhere
from portal.store.queries.users_list import rows as user_rows
from portal.store.queries.users_list.options import ListOptions, Sort, UserRow, UserStatus
from portal.store.queries.users_list.rows import EVERY_STATUS, Between, Rows, Wanted
from portal.store.queries.users_list.window import Span, window

Part = tuple[int, list[UserRow]]
WORKING = frozenset({UserStatus.ACTIVE})
COLUMNS = tuple(field.name for field in fields(UserRow))


def listing(
    session: Session, holding: Holding, options: ListOptions | None = None, number: int = 1, size: int = 10
) -> Page[UserRow]:
    """One page of the people that the holding stands over."""
    options = options or ListOptions()
    number, size = bounds(number, size)
    offset = (number - 1) * size
    total, found = _page(session, _wanted(holding, options), options, offset, size)
    return Page(found, number, size, total)


def _page(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """How many rows there are, and the `size` from `offset` on."""
    if wanted.text.strip() or not is_everywhere(wanted.holding):
        return _picked(session, wanted, options, offset, size)
    if wanted.statuses == WORKING or (wanted.statuses == EVERY_STATUS and options.sort is not Sort.STATUS):
        return _found(session, wanted, options, offset, size)
    if wanted.statuses == EVERY_STATUS:
        return _by_status(session, wanted, options, offset, size)
    return _picked(session, wanted, options, offset, size)


def _picked(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """From few rows, which are all made: those of a provider, of a commissioner, of a search."""
    page = user_rows.counted_rows(wanted, options).limit(size).offset(offset)
    found = session.execute(page).mappings().all()
    if found or (size and not offset):
        return next((one["total"] for one in found), 0), [_row(one) for one in found]
    return session.scalar(user_rows.count(wanted)) or 0, []


def _found(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """From the whole country, of which only the rows around the page are made."""
    if options.sort is Sort.STATUS:
        options = replace(options, sort=Sort.ORGANISATION, descending=False)
    working = wanted.statuses == WORKING
    around = window(session, Span(options.sort, options.descending, offset, size, working))
    if offset >= around.total or not size:
        return around.total, []
    between = Between(options.sort, around.low, around.high)
    near, skipped = replace(wanted, between=between, roleless=around.roleless), offset - around.before
    by_place = options.sort is Sort.ORGANISATION
    found = user_rows.rows(near, options) if by_place else user_rows.first_rows(near, options, skipped + size)
    return around.total, _read(session, found.limit(size).offset(skipped))


def _by_status(session: Session, wanted: Wanted, options: ListOptions, offset: int, size: int) -> Part:
    """Those with the first status of the alphabet, who are nearly all, are a list of their own."""
    total, found = 0, list[UserRow]()
    parts = [WORKING, EVERY_STATUS - WORKING]
    for statuses in reversed(parts) if options.descending else parts:
        part = replace(wanted, statuses=statuses)
        number, rows = _page(session, part, options, max(0, offset - total), size - len(found))
        total, found = total + number, found + rows
    return total, found


def download(session: Session, holding: Holding, options: ListOptions | None = None) -> list[UserRow]:
    """The whole list, for a file."""
    options = options or ListOptions()
    return _read(session, user_rows.rows(_wanted(holding, options), options))


def _wanted(holding: Holding, options: ListOptions) -> Wanted:
    statuses = frozenset({options.status}) if options.status else EVERY_STATUS
    return Wanted(holding, options.text, statuses)


def _read(session: Session, statement: Rows) -> list[UserRow]:
    return [_row(found) for found in session.execute(statement).mappings()]


def _row(found: Mapping[Any, Any]) -> UserRow:
    values = {name: found[name] for name in COLUMNS}
    return UserRow(**values | {"status": UserStatus(values["status"])})
