"""The part of a list that an address asks for, and the addresses of the others."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from flask import Flask, abort, redirect, request

from portal.pages.same_query import this_page
from portal.store.queries.page import SIZES, Page

Item = TypeVar("Item")
AROUND = 1
BEYOND = 999_999


def install(app: Flask) -> None:
    """Gives templates what the links of a list need."""
    app.jinja_env.globals.update(
        address_of_page=address_of_page,
        address_with_size=address_with_size,
        numbers_near=numbers_near,
        page_sizes=SIZES,
    )


def asked_page() -> int:
    """The page number in the address; 1 when there is none or nonsense, at most BEYOND, which no list has."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit()):
        return 1
    return max(1, int(text)) if len(text) <= len(str(BEYOND)) else BEYOND


def asked_size(default: int = 10) -> int:
    """The page size in the address, when it is one of those offered."""
    text = request.args.get("size", "")
    return int(text) if text in {str(size) for size in SIZES} else default


def existing(page: Page[Item]) -> Page[Item]:
    """The page itself; one past the end leads on to the last page."""
    if page.number > page.pages:
        abort(redirect(address_of_page(page.pages), code=303))
    return page


def part_of(everything: Sequence[Item], default_size: int) -> Page[Item]:
    """The page asked for of a list that is read already; past the end it is the last."""
    size = asked_size(default_size)
    number = min(asked_page(), max(1, -(-len(everything) // size)))
    return Page(everything[(number - 1) * size : number * size], number, size, len(everything))


def address_of_page(number: int) -> str:
    """The present address with another page number."""
    return this_page(page=number)


def address_with_size(size: int) -> str:
    """The present address from its first page on, with that many on each."""
    return this_page(but={"page"}, size=size)


def numbers_near(page: Page[Any]) -> Iterator[int | None]:
    """The page numbers to link to: the first, the last and those around this one; None for a gap."""
    near = range(max(1, page.number - AROUND), min(page.pages, page.number + AROUND) + 1)
    before = 0
    for number in sorted({1, *near, page.pages}):
        if number - before > 1:
            yield None
        yield number
        before = number
