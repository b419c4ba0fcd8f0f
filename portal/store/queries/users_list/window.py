"""Finds a page of the whole country's users list without making the list: only what it is sorted by is read.

The field sorted by is counted or read from an index, which says between which two of its values the page
lies. Only the rows between them are then made and put into their full order.
"""

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

from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.queries import invitations
from portal.store.queries.organisations import plain_order
from portal.store.queries.users_list.options import Sort
from portal.store.queries.users_list.rows import WORKS, is_only_invited

Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Span:
    """The rows from `offset` on, `size` of them, of a list sorted by this field.

    `working`: only people who hold a role and are neither disabled nor locked; otherwise everybody.
    """

    sort: Sort
    descending: bool
    offset: int
    size: int
    working: bool

    def directed(self, key: ColumnElement[Any]) -> ColumnElement[Any]:
        return key.desc() if self.descending else key


@dataclass(frozen=True, slots=True)
class Window:
    """`total`: rows in the whole list. The span's have `low` to `high` in the field sorted by.

    `before`: rows that come before the first with such a value. An empty span has "" for both. `roleless`:
    somebody without a role may be among those rows.
    """

    total: int
    low: str
    high: str
    before: int
    roleless: bool = True


def window(session: Session, span: Span) -> Window:
    """Where in the Service Desk's list a span lies."""
    found = _by_place(span) if span.sort is Sort.ORGANISATION else _by_name(span)
    low, high, before, total, roleless = session.execute(found).one()
    return Window(int(total or 0), low or "", high or "", int(before or 0), bool(roleless))


def _by_place(span: Span) -> Statement:
    """By the number of rows at each organisation's name."""
    without_role = select(_without_role().label("number")).cte("without_role")
    counted = union_all(*_numbers(span, without_role)).subquery()
    key, number = counted.c.key, func.sum(counted.c.number)
    up_to = func.sum(number).over(order_by=span.directed(key))
    sums = select(key, number.label("number"), up_to.label("up_to")).group_by(key).cte("sums")
    begins = sums.c.up_to - sums.c.number
    total = select(func.sum(sums.c.number)).scalar_subquery()
    roleless = literal(False) if span.working else select(without_role.c.number > 0).scalar_subquery()
    return select(func.min(sums.c.key), func.max(sums.c.key), func.min(begins), total, roleless).where(
        sums.c.up_to > span.offset, begins < span.offset + span.size
    )


def _numbers(span: Span, without_role: CTE) -> list[Statement]:
    held = _people_by_place(span).subquery()
    at = MirroredOrganisation.code == held.c.organisation_code
    name = func.coalesce(MirroredOrganisation.name, "")
    numbers = [
        select(plain_order(name).label("key"), held.c.number)
        .select_from(held)
        .join(MirroredOrganisation, at, isouter=True)
    ]
    if not span.working:
        numbers.append(_asked(AccessRequest.organisation_name).add_columns(literal(1)))
        numbers.append(_invited(Invitation.organisation_name).add_columns(literal(1)))
        numbers.append(select(literal(""), without_role.c.number))
    return numbers


def _people_by_place(span: Span) -> Statement:
    person_id = MirroredHolding.person_id
    held = select(MirroredHolding.organisation_code, func.count(person_id.distinct()).label("number"))
    held = held.group_by(MirroredHolding.organisation_code)
    stopped = select(MirroredPerson.id).where(not_(WORKS))
    return held.where(person_id.not_in(stopped)) if span.working else held


def _without_role() -> ColumnElement[int]:
    """How many hold no role: whoever holds one is a person of the mirror, the database sees to it."""
    held = exists().where(MirroredHolding.person_id == MirroredPerson.id)
    people = select(func.count()).select_from(MirroredPerson).scalar_subquery()
    invited = select(func.count()).where(is_only_invited(), ~held).scalar_subquery()
    return people - invited - select(func.count(MirroredHolding.person_id.distinct())).scalar_subquery()


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
    return select(func.min(on_it.key), func.max(on_it.key), func.min(on_it.before), total, literal(True))


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


def _asked(column: Any) -> Statement:
    return select(plain_order(column).label("key")).where(AccessRequest.state == RequestState.OPEN)
