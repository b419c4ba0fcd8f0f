"""Reads requests: an approver's queue, a person's own, one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Person, Role
from portal.model.effects import EffectKind
from portal.model.mirror import MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.folding import APOSTROPHES, fold, words_query
from portal.store.mailboxes import is_same_mailbox
from portal.store.queries.effects import waiting_ids
from portal.store.queries.organisations import matches
from portal.store.queries.page import KEPT, OFFSET, SIZE, Page, bounds
from portal.store.queries.reach import Shape, decidable, is_everywhere, shape_of, stands_over, values_of

Chosen = TypeVar("Chosen", bound=Select[*tuple[Any, ...]])
Words = tuple[str, ...]
VIEWER = bindparam("viewer_id", type_=Text)
ACCENTS = "[\u0300-\u036f]"
"""The marks that are left of accented letters taken apart."""


def queue(
    session: Session, holding: Holding, viewer_id: str, number: int = 1, size: int = 10, text: str = ""
) -> Page[AccessRequest]:
    """The open requests that this holding may decide, the oldest first, without the viewer's own."""
    number, size = bounds(number, size)
    words, values = tuple(fold(text)[:10]), values_of(holding) | {"viewer_id": viewer_id}
    part = {"size": size, "offset": (number - 1) * size}
    found = session.execute(_page(shape_of(holding), words), values | part).all()
    total = found[0].total if found else 0
    if number > 1 and not found:
        total = session.scalar(_count(shape_of(holding), words), values) or 0
    return Page([one.AccessRequest for one in found], number, size, total)


def open_count(session: Session, holding: Holding, viewer_id: str) -> int:
    """How many open requests this holding may decide."""
    return session.scalar(_count(shape_of(holding)), values_of(holding) | {"viewer_id": viewer_id}) or 0


@lru_cache(KEPT)
def _page(shape: Shape, words: Words) -> Select[*tuple[Any, ...]]:
    """Each request with how many there are in all."""
    total = func.count().over().label("total")
    found = _queue(select(AccessRequest, total), shape, words)
    return found.order_by(AccessRequest.asked_at, AccessRequest.id).limit(SIZE).offset(OFFSET)


@lru_cache(KEPT)
def _count(shape: Shape, words: Words = ()) -> Select[int]:
    return _queue(select(func.count()).select_from(AccessRequest), shape, words)


def stood_over(session: Session, holding: Holding, ids: Sequence[UUID]) -> dict[UUID, AccessRequest]:
    """Those of these requests, by id, whose organisation the holding stands over, so that it may see them."""
    at = MirroredOrganisation.code == AccessRequest.organisation_code
    found = select(AccessRequest).join(MirroredOrganisation, at, isouter=is_everywhere(holding))
    return {
        one.id: one for one in session.scalars(found.where(AccessRequest.id.in_(ids), stands_over(holding)))
    }


def _queue(statement: Chosen, shape: Shape, words: Words) -> Chosen:
    """Each word typed begins a name, the e-mail address, or a word of the organisation's."""
    at = MirroredOrganisation.code == AccessRequest.organisation_code
    return statement.join(MirroredOrganisation, at, isouter=shape.everywhere).where(
        AccessRequest.state == RequestState.OPEN,
        decidable(shape),
        ~_is_viewers(),
        *(word_matches(word) for word in words),
    )


def _is_viewers() -> ColumnElement[bool]:
    """Whether the request is for whoever looks, by account or by mailbox."""
    address = select(MirroredPerson.email).where(MirroredPerson.id == VIEWER).scalar_subquery()
    by_account = AccessRequest.person_id.is_not_distinct_from(VIEWER)
    return or_(by_account, is_same_mailbox(AccessRequest.email, func.coalesce(address, "")))


def word_matches(word: str) -> ColumnElement[bool]:
    """Whether the word begins one of the applicant's names or address, or of the organisation's words."""
    begins = _folded_names().regexp_match(f"(^|[^[:alnum:]]){word}")
    return or_(begins, matches(words_query([word])))


def _folded_names() -> ColumnElement[str]:
    """What `folding.fold` makes of the applicant's names and address, short of taking it apart."""
    names = func.concat_ws(" ", AccessRequest.first_name, AccessRequest.last_name, AccessRequest.email)
    bare = func.translate(func.lower(names), APOSTROPHES, "")
    return func.regexp_replace(func.normalize(bare, literal_column("NFKD")), ACCENTS, "", "g")


def get(session: Session, request_id: UUID) -> AccessRequest | None:
    """The request, whatever its state."""
    return session.get(AccessRequest, request_id)


def of_person(session: Session, person_id: str, email: str = "") -> list[AccessRequest]:
    """Everything a person has asked for, the newest first: by account, before there was one by e-mail."""
    own: ColumnElement[bool] = AccessRequest.person_id == person_id
    if email:
        own = or_(own, and_(AccessRequest.person_id.is_(None), AccessRequest.email == email.lower()))
    return list(session.scalars(select(AccessRequest).where(own).order_by(AccessRequest.asked_at.desc())))


def open_by_organisation(session: Session) -> dict[str, int]:
    """How many are open at each organisation that has any, by ODS code."""
    code = AccessRequest.organisation_code
    counted = select(code, func.count()).where(AccessRequest.state == RequestState.OPEN).group_by(code)
    return dict(session.execute(counted).all())


def open_beneath(session: Session, code: str) -> list[AccessRequest]:
    """The open requests at an organisation and everywhere below it; for no code, the Service Desk's."""
    if not code:
        return [request for request in all_open(session) if request.held_by_role is Role.SERVICE_DESK]
    at = MirroredOrganisation.code == AccessRequest.organisation_code
    inside = or_(AccessRequest.organisation_code == code, MirroredOrganisation.path.contains([code]))
    statement = (
        select(AccessRequest)
        .join(MirroredOrganisation, at, isouter=True)
        .where(AccessRequest.state == RequestState.OPEN, inside)
        .order_by(AccessRequest.asked_at)
    )
    return list(session.scalars(statement))


def open_for(session: Session, code: str, role: Role) -> list[AccessRequest]:
    """The open requests for one role at exactly one organisation."""
    statement = select(AccessRequest).where(
        AccessRequest.organisation_code == code,
        AccessRequest.role == role,
        AccessRequest.state == RequestState.OPEN,
    )
    return list(session.scalars(statement))


def hold_open(
    session: Session, wanted: Collection[tuple[str, Role]], person: Person | None = None
) -> list[AccessRequest]:
    """The open requests for these roles, each with an ODS code, of everybody or of that person.

    Nobody else decides them until the commit. To be read before anything goes on record: who decides holds
    a request already when they come to that.
    """
    what = tuple_(AccessRequest.organisation_code, AccessRequest.role)
    statement = select(AccessRequest).where(what.in_(wanted), AccessRequest.state == RequestState.OPEN)
    if person:
        theirs = or_(AccessRequest.person_id == person.id, AccessRequest.email == person.email)
        statement = statement.where(theirs)
    return list(session.scalars(statement.order_by(AccessRequest.id).with_for_update()))


def all_open(session: Session) -> list[AccessRequest]:
    """Every open request, the oldest first."""
    statement = select(AccessRequest).where(AccessRequest.state == RequestState.OPEN)
    return list(session.scalars(statement.order_by(AccessRequest.asked_at)))


def applicants_out_of_step(session: Session) -> list[MirroredPerson]:
    """Who is disabled and has open requests, or isn't and has some set aside; as last seen."""
    open_yet = and_(AccessRequest.state == RequestState.OPEN, ~MirroredPerson.enabled)
    aside_yet = and_(AccessRequest.state == RequestState.SET_ASIDE, MirroredPerson.enabled)
    of = MirroredPerson.id == AccessRequest.person_id
    return list(
        session.scalars(
            select(MirroredPerson).join(AccessRequest, of).where(or_(open_yet, aside_yet)).distinct()
        )
    )


def being_applied(session: Session, person_id: str) -> list[AccessRequest]:
    """What was approved for the person and is about to be given."""
    waiting = waiting_ids(EffectKind.GRANT, "request_id")
    statement = select(AccessRequest).where(
        AccessRequest.id.in_(waiting), AccessRequest.person_id == person_id
    )
    return list(session.scalars(statement))


def is_asked_for(session: Session, email: str, code: str, role: Role) -> bool:
    """Whether somebody with this address asks for that role there."""
    return any(one.email == email for one in open_for(session, code, role))


def unapplied(session: Session, before: datetime) -> Sequence[AccessRequest]:
    """Approved before then, and Keycloak still doesn't hold the role: for the Service Desk."""
    statement = select(AccessRequest).where(
        AccessRequest.state == RequestState.APPROVED,
        AccessRequest.applied_at.is_(None),
        AccessRequest.decided_at < before,
    )
    return list(session.scalars(statement.order_by(AccessRequest.decided_at).limit(100)))
