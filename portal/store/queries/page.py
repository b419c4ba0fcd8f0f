"""One page of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Integer, bindparam

Item = TypeVar("Item")
SIZES = (10, 20, 50, 100)
SIZE, OFFSET = bindparam("size", type_=Integer), bindparam("offset", type_=Integer)
"""What part of a list a statement is run for."""
KEPT = 64
"""How many statements of one kind are kept: to put one together takes longer than to ask it."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`items` of page `number` (from 1) with at most `size` on each, out of `total` in the whole list."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The place in the whole list of this page's first item, from 1; 0 for an empty page."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The place in the whole list of this page's last item."""
        return self.first + len(self.items) - 1 if self.items else 0


def bounds(number: int, size: int) -> tuple[int, int]:
    """A page's number and size, put right: page 1 or later, one of the known sizes."""
    return max(1, min(number, 1_000_000)), size if size in SIZES else SIZES[0]
