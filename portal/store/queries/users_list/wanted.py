"""Which rows of the users list somebody wants, before they are put into SQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from portal.model.mirror import MirroredPerson
from portal.store.folding import fold
from portal.store.queries.organisations import plain_order
from portal.store.queries.reach import Shape
from portal.store.queries.users_list.options import Sort, UserStatus

LOW, HIGH = bindparam("low", type_=Text), bindparam("high", type_=Text)
UNKNOWN = bindparam("unknown", type_=ARRAY(Text))
"""The organisations without a name, because the mirror doesn't know them; among them everywhere."""
EVERY_STATUS = frozenset(UserStatus)


@dataclass(frozen=True, slots=True)
class Between:
    """Only rows in which the field sorted by lies from LOW to HIGH, both included, by `plain_order`.

    `unnamed`: rows without anything in that field may be among them.
    """

    sort: Sort
    unnamed: bool

    def holds(self, column: Any) -> ColumnElement[bool]:
        return plain_order(column).between(LOW, HIGH)

    def holds_for(self, names: Any, organisation_name: Any) -> ColumnElement[bool]:
        """The same for rows with the names of a person or an applicant, and of an organisation."""
        by_place = self.sort is Sort.ORGANISATION
        return self.holds(organisation_name if by_place else getattr(names, self.sort.column))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: those such a holding stands over, with these words, one of these statuses, and so placed.

    `roleless`: False when it is known that nobody without a role is among them, which is slow to find out.
    """

    shape: Shape
    text: str = ""
    statuses: frozenset[UserStatus] = EVERY_STATUS
    between: Between | None = None
    roleless: bool = True

    @property
    def words(self) -> list[str]:
        return fold(self.text)[:10]

    @property
    def named(self) -> list[ColumnElement[bool]]:
        """What `between` asks of a person, when it is about their names."""
        if self.between is None or self.between.sort is Sort.ORGANISATION:
            return []
        return [self.between.holds(getattr(MirroredPerson, self.between.sort.column))]
