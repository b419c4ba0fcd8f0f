"""Reads invitations: those that wait at the organisations somebody may invite to, and those of an address."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Organisation, Role
from portal.model.effects import EffectKind
from portal.model.invitations import Invitation, InvitationState
from portal.model.mirror import MirroredOrganisation, MirroredPerson
from portal.store.folding import APOSTROPHES, fold, prefix_query, words_query
from portal.store.queries.effects import waiting_ids
from portal.store.queries.organisations import matches, plain_order
from portal.store.queries.page import Page, bounds
from portal.store.queries.reach import invitable, is_everywhere, may_have_invited
from portal.store.queries.requests import ACCENTS

AT = MirroredOrganisation.code == Invitation.organisation_code
PENDING = Invitation.state == literal_column(f"'{InvitationState.PENDING.value}'")


def pending(
    session: Session, holding: Holding, number: int = 1, size: int = 10, text: str = ""
) -> Page[Invitation]:
    """What waits of the invitations that this holding may send, the newest first."""
    number, size = bounds(number, size)
    conditions = [PENDING, may_have_invited(holding), *(word_matches(word) for word in fold(text)[:10])]
    found = (
        select(Invitation).join(MirroredOrganisation, AT, isouter=is_everywhere(holding)).where(*conditions)
    )
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    paged = found.order_by(Invitation.sent_at.desc(), Invitation.id).limit(size).offset((number - 1) * size)
    return Page(list(session.scalars(paged)), number, size, total)


def looked_after(session: Session, holding: Holding, emails: Collection[str]) -> set[tuple[str, str]]:
    """Of what waits for these addresses, what this holding may send again or cancel: address and ODS code."""
    statement = (
        select(Invitation.email, Invitation.organisation_code)
        .join(MirroredOrganisation, AT, isouter=is_everywhere(holding))
        .where(PENDING, Invitation.email.in_(email.lower() for email in emails), may_have_invited(holding))
    )
    return {(email, code) for email, code in session.execute(statement)}


def word_matches(word: str) -> ColumnElement[bool]:
    """Whether the word begins one of the invited person's names or address, or a word of the place's."""
    names = func.concat_ws(" ", Invitation.first_name, Invitation.last_name, Invitation.email)
    bare = func.translate(func.lower(names), APOSTROPHES, "")
    folded = func.regexp_replace(func.normalize(bare, literal_column("NFKD")), ACCENTS, "", "g")
    return folded.regexp_match(f"(^|[^[:alnum:]]){word}") | matches(words_query([word]))


def of_address(session: Session, email: str) -> list[Invitation]:
    """Every invitation that was sent to this address, the newest first."""
    statement = select(Invitation).where(Invitation.email == email.lower())
    return list(session.scalars(statement.order_by(Invitation.sent_at.desc())))


def being_applied(session: Session, person_id: str) -> list[Invitation]:
    """What the person has accepted and is about to be given: of that account, or of its address."""
    waiting = waiting_ids(EffectKind.APPLY_INVITATION, "invitation_id")
    address = select(MirroredPerson.email).where(MirroredPerson.id == person_id)
    theirs = or_(Invitation.person_id == person_id, Invitation.email == address.scalar_subquery())
    return list(session.scalars(select(Invitation).where(Invitation.id.in_(waiting), theirs)))


def due_to_lapse(session: Session, at: datetime) -> Sequence[Invitation]:
    """Those that wait and whose time is over."""
    return list(session.scalars(select(Invitation).where(PENDING, Invitation.lapses_at <= at)))


def waiting_for(session: Session, email: str, code: str, role: Role) -> Invitation | None:
    """What waits of the invitations of this address to exactly this."""
    same = (Invitation.email == email, Invitation.organisation_code == code, Invitation.role == role)
    return session.scalars(select(Invitation).where(PENDING, *same)).one_or_none()


def places(session: Session, holding: Holding, text: str, limit: int) -> tuple[list[Organisation], int]:
    """Open organisations that the holding may invite to, by name, at most so many, and how many there are.

    `text` is searched in names, codes and postcodes; none finds all.
    """
    conditions = [invitable(holding)]
    if query := prefix_query(text):
        conditions.append(matches(query))
    table = MirroredOrganisation
    total = session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
    by_name = select(table).where(*conditions).order_by(plain_order(table.name), table.code).limit(limit)
    return [row.as_organisation() for row in session.scalars(by_name)], total
