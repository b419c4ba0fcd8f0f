"""Finds a page of a long users list without making the list: only what it is sorted by is read.

The field sorted by is counted or read from an index, which says between which two of its values the page
lies. Only the rows between them are then made and put into their full order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from directory.vocabulary import Holding
from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.queries import invitations
from portal.store.queries.organisations import plain_order
from portal.store.queries.reach import is_everywhere
from portal.store.queries.users_list.options import Sort
from portal.store.queries.users_list.people import accounts as accounts_counted
from portal.store.queries.users_list.people import codes_within
from portal.store.queries.users_list.rows import WORKS, is_only_invited

Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Span:
    """The rows from `offset` on, `size` of them, of what the holding stands over, sorted by this field.

    `working`: only people who hold a role and are neither disabled nor locked; otherwise everybody.
    """

    holding: Holding
    sort: Sort
    descending: bool
    offset: int
    size: int
    working: bool

    @property
    def everywhere(self) -> bool:
        return is_everywhere(self.holding)

    def directed(self, key: ColumnElement[Any]) -> ColumnElement[Any]:
        return key.desc() if self.descending else key


@dataclass(frozen=True, slots=True)
class Window:
    """`total`: rows in the whole list. The span's have `low` to `high` in the field sorted by.

    `before`: rows that come before the first with such a value. An empty span has "" for both. `roleless`:
    somebody without a role may be among those rows. `accounts`: how many there are, where that was counted.
    """

    total: int
    low: str
    high: str
    before: int
    roleless: bool = True
    accounts: int = 0


def window(session: Session, span: Span) -> Window:
    """Where in the list a span lies; by another field than the organisation in the Service Desk's only."""
    found = _by_place(span) if span.sort is Sort.ORGANISATION else _by_name(span)
    low, high, before, total, roleless, accounts = session.execute(found).one()
    return Window(int(total or 0), low or "", high or "", int(before or 0), bool(roleless), accounts)


def _by_place(span: Span) -> Statement:
    """By the number of rows at each organisation's name."""
    accounts = _accounts(span).cte("accounts")
    counted = union_all(*_numbers(span, accounts)).subquery()
    key, number = counted.c.key, func.sum(counted.c.number)
    up_to = func.sum(number).over(order_by=span.directed(key))
    sums = select(key, number.label("number"), up_to.label("up_to")).group_by(key).cte("sums")
    begins = sums.c.up_to - sums.c.number
    total = select(func.sum(sums.c.number)).scalar_subquery()
    roleless = select(accounts.c.number > accounts.c.held).scalar_subquery()
    number_of_accounts = select(accounts.c.number).scalar_subquery()
    page = select(func.min(sums.c.key), func.max(sums.c.key), func.min(begins))
    return page.add_columns(total, roleless, number_of_accounts).where(
        sums.c.up_to > span.offset, begins < span.offset + span.size
    )


def _numbers(span: Span, accounts: CTE) -> list[Statement]:
    held = _people_by_place(span).subquery()
    at = MirroredOrganisation.code == held.c.organisation_code
    name = func.coalesce(MirroredOrganisation.name, "")
    numbers = [
        select(plain_order(name).label("key"), held.c.number)
        .select_from(held)
        .join(MirroredOrganisation, at, isouter=span.everywhere)
    ]
    if not span.working:
        numbers.append(_within(span, _asked, AccessRequest).add_columns(literal(1)))
        numbers.append(_within(span, _invited, Invitation).add_columns(literal(1)))
        numbers.append(select(literal(""), accounts.c.number - accounts.c.held))
    return numbers


def _people_by_place(span: Span) -> Statement:
    person_id = MirroredHolding.person_id
    held = select(MirroredHolding.organisation_code, func.count(person_id.distinct()).label("number"))
    held = held.group_by(MirroredHolding.organisation_code)
    if not span.everywhere:
        held = held.where(MirroredHolding.organisation_code.in_(codes_within(span.holding)))
    stopped = select(MirroredPerson.id).where(not_(WORKS))
    return held.where(person_id.not_in(stopped)) if span.working else held


def _accounts(span: Span) -> Statement:
    """How many there are, and how many hold a role, where those without one are in the list."""
    if span.working or not span.everywhere:
        return select(literal(0).label("number"), literal(0).label("held"))
    return accounts_counted()


def _by_name(span: Span) -> Statement:
    """By a name or the e-mail address: once for each person and request, again for each further place."""
    kinds: list[Statement | CTE] = [_people(span), _further(span).cte("further")]
    if not span.working:
        kinds.append(_asked(getattr(AccessRequest, span.sort.column)).cte("asked"))
        kinds.append(_invited(getattr(Invitation, span.sort.column)).cte("invited"))
    keys = union_all(*(_first(kind, span) for kind in kinds)).subquery()
    rank = func.rank().over(order_by=span.directed(keys.c.key)) - 1
    page = select(keys.c.key, rank.label("before")).order_by(span.directed(keys.c.key))
    on_it = page.limit(span.size).offset(span.offset).subquery().c
    numbers = [select(func.count()).select_from(_as_table(kind)).scalar_subquery() for kind in kinds]
    total = sum(numbers[1:], start=numbers[0])
    return select(
        func.min(on_it.key), func.max(on_it.key), func.min(on_it.before), total, literal(True), literal(0)
    )


def _as_table(kind: Statement | CTE) -> Any:
    return kind if isinstance(kind, CTE) else kind.subquery()


def _first(kind: Statement | CTE, span: Span) -> Statement:
    """No more of this kind than the page may need, in order: so each is read from its own index or sort."""
    keys = select(kind.c.key) if isinstance(kind, CTE) else kind
    key = kind.c.key if isinstance(kind, CTE) else kind.selected_columns.key
    return select(keys.order_by(span.directed(key)).limit(span.offset + span.size).subquery())


def _people(span: Span) -> Statement:
    people = select(plain_order(getattr(MirroredPerson, span.sort.column)).label("key"))
    held = exists().where(MirroredHolding.person_id == MirroredPerson.id)
    return people.where(WORKS, held) if span.working else people.where(or_(~is_only_invited(), held))


def _further(span: Span) -> Statement:
    """The same for each organisation but the first where somebody holds a role."""
    person_id, places = MirroredHolding.person_id, MirroredHolding.organisation_code
    each = func.generate_series(2, func.count(places.distinct()))
    several = select(person_id, each).group_by(person_id).having(func.count() > 1).subquery()
    people = select(plain_order(getattr(MirroredPerson, span.sort.column)).label("key"))
    people = people.join(several, several.c.person_id == MirroredPerson.id)
    return people.where(WORKS) if span.working else people


def _invited(column: Any) -> Statement:
    return select(plain_order(column).label("key")).where(invitations.PENDING)


def _within(span: Span, kind: Callable[[Any], Statement], table: type[Any]) -> Statement:
    """Requests or invitations by their organisation's name, at those that the holding stands over."""
    found = kind(table.organisation_name)
    if span.everywhere:
        return found
    return found.where(table.organisation_code.in_(codes_within(span.holding)))


def _asked(column: Any) -> Statement:
    return select(plain_order(column).label("key")).where(AccessRequest.state == RequestState.OPEN)
