"""Pages of a list: which part is shown, and the links to the others."""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request

from portal.pages import same_query
from portal.store.queries.page import SIZES, Page

AROUND = 1
BEYOND = 999_999


@dataclass(frozen=True)
class Numbers:
    """The page `number` (from 1) of `size` items, of `total`."""

    number: int
    size: int
    total: int

    @classmethod
    def of_request(cls, total: int, default_size: int = 10) -> "Numbers":
        """From the address of the present request; what is impossible becomes the nearest possible."""
        size = asked_size(default_size)
        last = max(1, -(-total // size))
        return cls(min(asked_page(), last), size, total)

    @classmethod
    def of_page(cls, page: Page[Any]) -> "Numbers":
        """The same for a page that was read from the database; one past the end leads on to the last page."""
        if page.number > page.pages:
            abort(redirect(to_page(page.pages), code=303))
        return cls(page.number, page.size, page.total)

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def end(self) -> int:
        return min(self.start + self.size, self.total)

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def links(self) -> dict[str, Any]:
        """The parameters of the NHS pagination component."""
        near = range(max(1, self.number - AROUND), min(self.last, self.number + AROUND) + 1)
        items: list[dict[str, Any]] = []
        for number in sorted({1, *near, self.last}):
            if items and number - int(items[-1]["number"]) > 1:
                items.append({"ellipsis": True, "number": number - 1})
            items.append({"number": number, "href": to_page(number), "current": number == self.number})
        links: dict[str, Any] = {"items": items}
        if self.number > 1:
            links["previous"] = {"href": to_page(self.number - 1)}
        if self.number < self.last:
            links["next"] = {"href": to_page(self.number + 1)}
        return links

    def with_size(self, size: int) -> str:
        """The present address from its first page on, with that many on each."""
        return same_query.this_page(but={"page"}, size=size)


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


def to_page(number: int) -> str:
    """The present address with another page number."""
    return same_query.this_page(page=number)
