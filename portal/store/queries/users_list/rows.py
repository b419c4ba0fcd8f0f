"""The rows of the users list in SQL: who holds roles, who asks for one, and who has none."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.folding import found_in, words_query
from portal.store.queries import invitations
from portal.store.queries.organisations import plain_order
from portal.store.queries.page import KEPT, OFFSET, SIZE
from portal.store.queries.reach import NONE, stands_over
from portal.store.queries.requests import word_matches
from portal.store.queries.users_list.options import ListOptions, Sort, UserStatus
from portal.store.queries.users_list.wanted import UNKNOWN, Wanted

Rows = Select[*tuple[Any, ...]]
ORDERED_BY = ("organisation_name", "last_name", "first_name", "email", "status")
WORKS = and_(MirroredPerson.enabled, ~MirroredPerson.locked)
WORKS_NOT = {
    UserStatus.DISABLED: ~MirroredPerson.enabled,
    UserStatus.LOCKED: and_(MirroredPerson.enabled, MirroredPerson.locked),
}


def rows(wanted: Wanted, options: ListOptions) -> Rows:
    """The rows in the order asked for."""
    found = union_all(*_kinds(wanted)).subquery()
    return select(found).order_by(*_order(found.c, options))


@lru_cache(KEPT)
def counted_rows(wanted: Wanted, options: ListOptions) -> Rows:
    """SIZE of the same from OFFSET on; in each how many there are, `total`, of how many people, `people`."""
    found = union_all(*_kinds(wanted)).cte("found")
    counts = (one.scalar_subquery() for one in _counts(found))
    total, people = (each.label(name) for each, name in zip(counts, ("total", "people"), strict=True))
    return select(found, total, people).order_by(*_order(found.c, options)).limit(SIZE).offset(OFFSET)


@lru_cache(KEPT)
def rows_near(wanted: Wanted, options: ListOptions) -> Rows:
    """A page of those between two values, from OFFSET on, SIZE of them.

    By a name, no more is read of each kind than that, in order by its index.
    """
    if options.sort is Sort.ORGANISATION:
        return rows(wanted, options).limit(SIZE).offset(OFFSET)
    first = [kind.order_by(*_order(kind.selected_columns, options)) for kind in _kinds(wanted)]
    found = union_all(*(select(kind.limit(OFFSET + SIZE).subquery()) for kind in first)).subquery()
    return select(found).order_by(*_order(found.c, options)).limit(SIZE).offset(OFFSET)


@lru_cache(KEPT)
def count(wanted: Wanted) -> Rows:
    """How many rows there are, and of how many people."""
    found = union_all(*_kinds(wanted)).cte("found")
    return select(*(one.scalar_subquery() for one in _counts(found)))


def _counts(found: CTE) -> tuple[Rows, Rows]:
    """Of rows, and of people: a newcomer has no account, so goes by the address."""
    people = func.count(func.coalesce(found.c.person_id, found.c.email).distinct())
    return select(func.count()).select_from(found), select(people).select_from(found)


def _order(row: Any, options: ListOptions) -> list[ColumnElement[Any]]:
    chief = plain_order(row[options.sort.column])
    rest = [plain_order(row[name]) for name in ORDERED_BY if name != options.sort.column]
    last = [row.organisation_code, row.person_id, row.request_id]
    return [chief.desc() if options.descending else chief, *rest, *last]


def _kinds(wanted: Wanted) -> list[Rows]:
    """Rows of each kind that may have one of the statuses; those without a role are for the Service Desk."""
    kinds = {
        _holders: {UserStatus.ACTIVE, *WORKS_NOT},
        _applicants: {UserStatus.PENDING},
        _invited: {UserStatus.INVITED},
        _without_role: {UserStatus.REVOKED, *WORKS_NOT} if _has_roleless(wanted) else set(),
    }
    found = [kind(wanted) for kind, statuses in kinds.items() if statuses & wanted.statuses]
    return found or [_applicants(wanted).where(false())]


def _has_roleless(wanted: Wanted) -> bool:
    return wanted.roleless and wanted.shape.everywhere


def _holders(wanted: Wanted) -> Rows:
    """Who holds a role where; the Service Desk also sees whose organisation the mirror doesn't know."""
    held = _held(wanted).subquery()
    at = MirroredOrganisation.code == held.c.organisation_code
    return (
        select(
            held.c.organisation_code,
            func.coalesce(MirroredOrganisation.name, "").label("organisation_name"),
            *_person(UserStatus.ACTIVE),
        )
        .select_from(held)
        .join(MirroredPerson, MirroredPerson.id == held.c.person_id)
        .join(MirroredOrganisation, at, isouter=wanted.shape.everywhere)
        .where(*wanted.named, *(_matches(word) for word in wanted.words if len(wanted.words) > 1))
    )


def _held(wanted: Wanted) -> Any:
    """Who is where, once each, narrow: two roles at one organisation are one row of the list."""
    pairs = select(MirroredHolding.person_id, MirroredHolding.organisation_code)
    pairs = pairs.where(*_held_at(wanted), *_held_by(wanted))
    return _that_may_match(pairs, wanted.words) if wanted.words else pairs.distinct()


def _that_may_match(pairs: Rows, words: list[str]) -> Any:
    """Everything in which each word begins one of the person's or the organisation's, found by their indexes.

    Such a row has all words in the one, all in the other, or some in each; of the last some are too many.
    """
    person = MirroredPerson.id == MirroredHolding.person_id
    place = MirroredOrganisation.code == MirroredHolding.organisation_code
    of_people, at_places = pairs.join(MirroredPerson, person), pairs.join(MirroredOrganisation, place)
    found = [
        of_people.where(_begin(MirroredPerson.search, words)),
        at_places.where(_begin(MirroredOrganisation.search, words)),
    ]
    if len(words) > 1:
        some = (_begin(table.search, words, " | ") for table in (MirroredPerson, MirroredOrganisation))
        found.append(of_people.join(MirroredOrganisation, place).where(*some))
    return union(*found)


def _matches(word: str) -> ColumnElement[bool]:
    person, place = (_begin(table.search, [word]) for table in (MirroredPerson, MirroredOrganisation))
    return or_(person, func.coalesce(place, False))


def _held_at(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    code, places = MirroredHolding.organisation_code, select(MirroredOrganisation.code).correlate(None)
    if not wanted.shape.everywhere:
        yield code.in_(places.where(stands_over(wanted.shape)))
    if wanted.between and wanted.between.sort is Sort.ORGANISATION:
        named = places.where(wanted.between.holds(MirroredOrganisation.name))
        nameless = select(func.unnest(UNKNOWN))
        yield code.in_(union_all(named, nameless) if wanted.between.unnamed else named)


def _held_by(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    person_id, people = MirroredHolding.person_id, select(MirroredPerson.id).correlate(None)
    if not wanted.statuses >= {UserStatus.ACTIVE, *WORKS_NOT}:
        yield person_id.in_(people.where(_is_one_of(wanted.statuses, UserStatus.ACTIVE)))
    if wanted.named:
        yield person_id.in_(people.where(*wanted.named))


def _without_role(wanted: Wanted) -> Rows:
    none = literal("")
    statement = select(
        none.label("organisation_code"), none.label("organisation_name"), *_person(UserStatus.REVOKED)
    )
    listed = MirroredPerson.places == NONE, ~is_only_invited()
    statement = statement.where(*listed, _is_one_of(wanted.statuses, UserStatus.REVOKED))
    if wanted.between:
        statement = statement.where(wanted.between.holds_for(MirroredPerson, none))
    return statement.where(_begin(MirroredPerson.search, wanted.words)) if wanted.words else statement


def _applicants(wanted: Wanted) -> Rows:
    at = MirroredOrganisation.code == AccessRequest.organisation_code
    statement = (
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
        .join(MirroredOrganisation, at, isouter=wanted.shape.everywhere)
        .where(AccessRequest.state == RequestState.OPEN, stands_over(wanted.shape))
    )
    if wanted.between:
        statement = statement.where(wanted.between.holds_for(AccessRequest, AccessRequest.organisation_name))
    return statement.where(*(word_matches(word) for word in wanted.words))


def _invited(wanted: Wanted) -> Rows:
    """Whose invitation waits: until they accept it, it alone says where they belong."""
    at = MirroredOrganisation.code == Invitation.organisation_code
    statement = (
        select(
            Invitation.organisation_code,
            Invitation.organisation_name,
            Invitation.first_name,
            Invitation.last_name,
            Invitation.email,
            literal(UserStatus.INVITED.value).label("status"),
            Invitation.person_id,
            null().cast(AccessRequest.id.type).label("request_id"),
        )
        .join(MirroredOrganisation, at, isouter=wanted.shape.everywhere)
        .where(invitations.PENDING, stands_over(wanted.shape))
    )
    if wanted.between:
        statement = statement.where(wanted.between.holds_for(Invitation, Invitation.organisation_name))
    return statement.where(*(invitations.word_matches(word) for word in wanted.words))


def is_only_invited() -> ColumnElement[bool]:
    """Whether an invitation waits for the person, who then is no user without a role yet."""
    waiting = select(Invitation.person_id).where(invitations.PENDING, Invitation.person_id.is_not(None))
    return MirroredPerson.id.in_(waiting)


def has_only_an_invitation() -> ColumnElement[bool]:
    """Whether the person is in the list by an invitation alone."""
    return and_(MirroredPerson.places == NONE, is_only_invited())


def _person(working: UserStatus) -> tuple[Any, ...]:
    """A person's columns; `working`: the status of somebody neither disabled nor locked."""
    statuses = [(condition, status.value) for status, condition in WORKS_NOT.items()]
    return (
        MirroredPerson.first_name,
        MirroredPerson.last_name,
        MirroredPerson.email,
        case(*statuses, else_=working.value).label("status"),
        MirroredPerson.id.label("person_id"),
        null().cast(AccessRequest.id.type).label("request_id"),
    )


def _is_one_of(statuses: frozenset[UserStatus], working: UserStatus) -> ColumnElement[bool]:
    """Whether the account has one of these statuses; `working` is that of one that works."""
    meant = {**WORKS_NOT, working: WORKS}
    if statuses >= meant.keys():
        return true()
    return or_(*(condition for status, condition in meant.items() if status in statuses))


def _begin(column: InstrumentedAttribute[str], words: list[str], joined: str = " & ") -> ColumnElement[bool]:
    """Whether all of the words, or with " | " any, begin words in the column."""
    return found_in(column, words_query(words, joined))
