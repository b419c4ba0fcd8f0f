"""The users page: everybody that a role stands over, one row for each person and organisation."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.vocabulary import Holding
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.folding import fold
from portal.store.queries.organisations import plain_order
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import stands_over
from portal.store.queries.requests import word_matches


class UserStatus(StrEnum):
    """How somebody stands in the users list."""

    ACTIVE = "active"
    PENDING = "pending"
    LOCKED = "locked"
    DISABLED = "disabled"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return "Pending Access Request" if self is UserStatus.PENDING else self.value.capitalize()


class Sort(StrEnum):
    """What the list is sorted by; equal ones by name."""

    ORGANISATION = "organisation"
    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    EMAIL = "email"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class UserRow:
    """One person at one organisation, or one request for access to it.

    `person_id` is None for somebody without an account, `request_id` for anything but a pending request.
    """

    organisation_code: str
    organisation_name: str
    first_name: str
    last_name: str
    email: str
    status: UserStatus
    person_id: str | None
    request_id: UUID | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the list to show, and how. `text` is searched in names, e-mail addresses and organisations."""

    text: str = ""
    status: UserStatus | None = None
    sort: Sort = Sort.ORGANISATION
    descending: bool = False


def listing(
    session: Session, holding: Holding, shown: Shown | None = None, number: int = 1, size: int = 10
) -> Page[UserRow]:
    """One page of the people that the holding stands over."""
    shown = shown or Shown()
    number, size = bounds(number, size)
    rows = _everybody(holding, shown).subquery()
    chosen = select(rows)
    if shown.status is not None:
        chosen = chosen.where(rows.c.status == shown.status.value)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    ordered = chosen.order_by(*_order(rows, shown)).limit(size).offset((number - 1) * size)
    return Page([_row(found) for found in session.execute(ordered).mappings()], number, size, total)


def download(session: Session, holding: Holding, shown: Shown | None = None) -> list[UserRow]:
    """The whole list, for a file."""
    shown = shown or Shown()
    rows = _everybody(holding, shown).subquery()
    chosen = select(rows).order_by(*_order(rows, shown))
    if shown.status is not None:
        chosen = chosen.where(rows.c.status == shown.status.value)
    return [_row(found) for found in session.execute(chosen).mappings()]


def _row(found: object) -> UserRow:
    values = dict(found)  # type: ignore[call-overload]
    return UserRow(**values | {"status": UserStatus(values["status"])})


def _everybody(holding: Holding, shown: Shown) -> Select:  # type: ignore[type-arg]
    parts = [_holders(holding, shown.text), _applicants(holding, shown.text)]
    if not holding.path:
        parts.append(_without_role(shown.text))
    return union_all(*parts)  # type: ignore[return-value]


def _holders(holding: Holding, text: str) -> Select:  # type: ignore[type-arg]
    everywhere = not holding.path
    held = _held(holding).subquery()
    at = MirroredOrganisation.code == held.c.organisation_code
    return (
        select(
            held.c.organisation_code,
            func.coalesce(MirroredOrganisation.name, "").label("organisation_name"),
            *_person(_account_status(UserStatus.ACTIVE)),
        )
        .select_from(held)
        .join(MirroredPerson, MirroredPerson.id == held.c.person_id)
        .join(MirroredOrganisation, at, isouter=everywhere)
        .where(*_words(text, everywhere))
    )


def _held(holding: Holding) -> Select:  # type: ignore[type-arg]
    """Who is where, once each, narrow: two roles at one organisation are one row of the list."""
    pairs = select(MirroredHolding.person_id, MirroredHolding.organisation_code).distinct()
    if not holding.path:
        return pairs
    below = select(MirroredOrganisation.code).where(stands_over(holding))
    return pairs.where(MirroredHolding.organisation_code.in_(below))


def _without_role(text: str) -> Select:  # type: ignore[type-arg]
    held = exists().where(MirroredHolding.person_id == MirroredPerson.id)
    matching = [_in(MirroredPerson.search, word) for word in fold(text)[:10]]
    return select(
        literal("").label("organisation_code"),
        literal("").label("organisation_name"),
        *_person(_account_status(UserStatus.REVOKED)),
    ).where(~held, *matching)


def _person(status: ColumnElement[str]) -> tuple[Any, ...]:
    return (
        MirroredPerson.first_name,
        MirroredPerson.last_name,
        MirroredPerson.email,
        status.label("status"),
        MirroredPerson.id.label("person_id"),
        null().cast(AccessRequest.id.type).label("request_id"),
    )


def _account_status(otherwise: UserStatus) -> ColumnElement[str]:
    return case(
        (~MirroredPerson.enabled, UserStatus.DISABLED.value),
        (MirroredPerson.locked, UserStatus.LOCKED.value),
        else_=otherwise.value,
    )


def _applicants(holding: Holding, text: str) -> Select:  # type: ignore[type-arg]
    at = MirroredOrganisation.code == AccessRequest.organisation_code
    return (
        select(
            AccessRequest.organisation_code,
            AccessRequest.organisation_name,
            AccessRequest.first_name,
            AccessRequest.last_name,
            AccessRequest.email,
            literal(UserStatus.PENDING.value).label("status"),
            AccessRequest.person_id,
            AccessRequest.id.label("request_id"),
        )
        .join(MirroredOrganisation, at, isouter=not holding.path)
        .where(AccessRequest.state == RequestState.OPEN, stands_over(holding))
        .where(*(word_matches(word) for word in fold(text)[:10]))
    )


def _words(text: str, everywhere: bool) -> list[ColumnElement[bool]]:
    return [
        or_(_in(MirroredPerson.search, word), func.coalesce(_in(MirroredOrganisation.search, word), False))
        if everywhere
        else or_(_in(MirroredPerson.search, word), _in(MirroredOrganisation.search, word))
        for word in fold(text)[:10]
    ]


def _in(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return column.op("@@")(func.to_tsquery("simple", f"{word}:*"))


def _order(rows: Subquery, shown: Shown) -> list[ColumnElement[object]]:
    names = ["organisation_name", "last_name", "first_name", "email", "status"]
    first = {
        Sort.ORGANISATION: "organisation_name",
        Sort.FIRST_NAME: "first_name",
        Sort.LAST_NAME: "last_name",
        Sort.EMAIL: "email",
        Sort.STATUS: "status",
    }[shown.sort]
    chief = plain_order(rows.c[first])
    rest = [plain_order(rows.c[name]) for name in names if name != first]
    return [chief.desc() if shown.descending else chief, *rest, rows.c.organisation_code, rows.c.request_id]
