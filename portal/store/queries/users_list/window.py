"""Finds a page of a long users list without making the list: only what it is sorted by is read.

The field sorted by is counted or read from an index, which says between which two of its values the page
lies. Only the rows between them are then made and put into their full order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest
from portal.store.queries import invitations
from portal.store.queries.organisations import plain_order
from portal.store.queries.page import OFFSET, SIZE
from portal.store.queries.reach import NONE, ONE, Shape, Values, stands_over
from portal.store.queries.users_list.options import Sort
from portal.store.queries.users_list.people import (
    IS_OPEN,
    entries,
    further_within,
    people_everywhere,
    people_holding,
    people_within,
    roleless,
    several_places,
    who,
)
from portal.store.queries.users_list.rows import WORKS, is_only_invited

Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Span:
    """A list of all that such a holding stands over, sorted by this field: where a part of it lies is asked.

    `working`: only people who hold a role and are neither disabled nor locked; otherwise everybody.
    """

    shape: Shape
    sort: Sort
    descending: bool
    working: bool

    def directed(self, key: ColumnElement[Any]) -> ColumnElement[Any]:
        return key.desc() if self.descending else key


@dataclass(frozen=True, slots=True)
class Window:
    """`total`: rows in the whole list, of so many `people`. The part's have `low` to `high` in the field that
    is sorted by.

    `before`: rows that come before the first with such a value. An empty part has "" for both. `roleless`:
    somebody without a role may be among those rows. `unknown`: the codes that people hold roles at and the
    mirror has no organisation for.
    """

    total: int
    people: int
    low: str
    high: str
    before: int
    roleless: bool = True
    unknown: Sequence[str] = ()


def window(session: Session, values: Values, span: Span, offset: int, size: int) -> Window:
    """Where in the list a part lies; by another field than the organisation in the Service Desk's only."""
    part = {"offset": offset, "size": size}
    low, high, before, total, people, roleless, unknown = session.execute(_asking(span), values | part).one()
    span_of = (int(total or 0), people, low or "", high or "", int(before or 0))
    return Window(*span_of, bool(roleless), unknown or ())


@cache
def _asking(span: Span) -> Statement:
    return _by_place(span) if span.sort is Sort.ORGANISATION else _by_name(span)


def _by_place(span: Span) -> Statement:
    """By the number of rows at each organisation's name."""
    scope = _scope(span).cte("scope")
    held = (_everywhere(span) if span.shape.everywhere else _within(span, scope)).cte("held")
    waiting = [] if span.working else _waiting(span, scope)
    counted = union_all(*_numbers(span, held, waiting)).subquery()
    key, number = counted.c.key, func.sum(counted.c.number)
    up_to = func.sum(number).over(order_by=span.directed(key))
    sums = select(key, number.label("number"), up_to.label("up_to")).group_by(key).cte("sums")
    begins = sums.c.up_to - sums.c.number
    total = select(func.sum(sums.c.number)).scalar_subquery()
    people = _people_of(span, held, waiting)
    page = select(func.min(sums.c.key), func.max(sums.c.key), func.min(begins), total, people)
    found = page.add_columns(roleless() if _has_roleless(span) else false(), _unknown(span, held))
    return found.where(sums.c.up_to > OFFSET, begins < OFFSET + SIZE)


def _has_roleless(span: Span) -> bool:
    return span.shape.everywhere and not span.working


def _everywhere(span: Span) -> Statement:
    """How many people hold a role at each place: read in order by the index."""
    code = MirroredHolding.organisation_code
    return select(code, _number()).where(*_counted(span)).group_by(code)


def _within(span: Span, scope: CTE) -> Statement:
    """The same at each place in scope where anybody does, with those of them who do at several places."""
    here = MirroredHolding.organisation_code == scope.c.code
    several = func.array_agg(MirroredHolding.person_id.distinct()).filter(several_places()).label("several")
    there = select(_number(), several).where(here, *_counted(span)).lateral()
    found = select(scope.c.code, scope.c.key, there.c.number, there.c.several)
    return found.where(there.c.number > NONE)


def _number() -> Any:
    return func.count(MirroredHolding.person_id.distinct()).cast(Integer).label("number")


def _counted(span: Span) -> list[ColumnElement[bool]]:
    stopped = select(MirroredPerson.id).where(not_(WORKS))
    return [MirroredHolding.person_id.not_in(stopped)] if span.working else []


def _scope(span: Span) -> Statement:
    """The organisations that the holding stands over, and what they are sorted by."""
    key = plain_order(MirroredOrganisation.name).label("key")
    return select(MirroredOrganisation.code, key).where(stands_over(span.shape))


def _waiting(span: Span, scope: CTE) -> list[CTE]:
    """Who asks for access or is invited there: read once, for their places and for how many they are."""
    asked, invited = _asked(AccessRequest.organisation_name), _invited(Invitation.organisation_name)
    return [
        _who_waits(span, scope, asked, AccessRequest).cte("asked"),
        _who_waits(span, scope, invited, Invitation).cte("invited"),
    ]


def _who_waits(span: Span, scope: CTE, found: Statement, table: Any) -> Statement:
    """With the account, if any, and who they are; only what is in scope."""
    people = found.add_columns(table.person_id, who(table))
    return (
        people if span.shape.everywhere else people.where(table.organisation_code.in_(select(scope.c.code)))
    )


def _numbers(span: Span, held: CTE, waiting: Sequence[CTE]) -> list[Statement]:
    numbers = [_named(held) if span.shape.everywhere else select(held.c.key, held.c.number)]
    numbers += [select(each.c.key, ONE) for each in waiting]
    if _has_roleless(span):
        without = func.count().label("number")
        numbers.append(select(literal(""), without).where(MirroredPerson.places == NONE, ~is_only_invited()))
    return numbers


def _named(held: CTE) -> Statement:
    at = MirroredOrganisation.code == held.c.organisation_code
    name = plain_order(func.coalesce(MirroredOrganisation.name, "")).label("key")
    return select(name, held.c.number).select_from(held).join(MirroredOrganisation, at, isouter=True)


def _people_of(span: Span, held: CTE, waiting: Sequence[CTE]) -> ScalarSelect[Any]:
    rows = select(func.sum(held.c.number)).scalar_subquery()
    if span.shape.everywhere:
        return people_holding(rows, working=span.working).scalar_subquery()
    return people_within(span.shape, rows, further_within(held), waiting).scalar_subquery()


def _unknown(span: Span, held: CTE) -> ColumnElement[Any]:
    if not span.shape.everywhere:
        return null()
    known = exists().where(MirroredOrganisation.code == held.c.organisation_code)
    return select(func.array_agg(held.c.organisation_code)).where(~known).scalar_subquery()


def _by_name(span: Span) -> Statement:
    """By a name or the e-mail address: once for each person and request, again for each further place."""
    kinds = [_people(span), _further(span)]
    if not span.working:
        kinds.append(_asked(getattr(AccessRequest, span.sort.column)))
        kinds.append(_invited(getattr(Invitation, span.sort.column)))
    keys = union_all(*(_first(kind, span) for kind in kinds)).subquery()
    rank = func.rank().over(order_by=span.directed(keys.c.key)) - 1
    page = select(keys.c.key, rank.label("before")).order_by(span.directed(keys.c.key))
    on_it = page.limit(SIZE).offset(OFFSET).subquery().c
    every, working, _people_in_all = entries().subquery().c
    total = select(working if span.working else every).scalar_subquery()
    people = people_everywhere(working=span.working).scalar_subquery()
    part = (func.min(on_it.key), func.max(on_it.key), func.min(on_it.before))
    return select(*part, total, people, literal(True), null())


def _first(kind: Statement, span: Span) -> Statement:
    """No more of this kind than the page may need, in order: so each is read from its own index or sort."""
    in_order = kind.order_by(span.directed(kind.selected_columns.key))
    return select(in_order.limit(OFFSET + SIZE).subquery())


def _people(span: Span) -> Statement:
    people = select(plain_order(getattr(MirroredPerson, span.sort.column)).label("key"))
    held = MirroredPerson.places > NONE
    return people.where(WORKS, held) if span.working else people.where(or_(held, ~is_only_invited()))


def _further(span: Span) -> Statement:
    """The same for each organisation but the first where somebody holds a role."""
    each = func.generate_series(2, MirroredPerson.places).table_valued(joins_implicitly=True)
    people = select(plain_order(getattr(MirroredPerson, span.sort.column)).label("key"))
    people = people.select_from(MirroredPerson, each).where(MirroredPerson.places > ONE)
    return people.where(WORKS) if span.working else people


def _invited(column: Any) -> Statement:
    return select(plain_order(column).label("key")).where(invitations.PENDING)


def _asked(column: Any) -> Statement:
    return select(plain_order(column).label("key")).where(IS_OPEN)
