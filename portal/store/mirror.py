"""Keeps single rows of the mirror in step with what Keycloak was just found to hold.

Who reads Keycloak only to refresh a row holds it first. Otherwise somebody may change Keycloak and the
row between that reading and the writing, and the row go back to what it was.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Organisation, Person, Standing
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.store.cluster_mirror import refresh_restrictions
from portal.store.folding import organisation_words, person_words
from portal.store.locks import Lock, hold


def refresh_person(session: Session, standing: Standing) -> None:
    """The person, their roles and what restricts them become so. Twice at once is as good as once."""
    hold(session, Lock.MIRROR, standing.person.id)
    _upsert(session, MirroredPerson, person_row(standing), "id")
    held = sorted((h.organisation, h.role) for h in standing.holdings)
    gone = delete(MirroredHolding).where(MirroredHolding.person_id == standing.person.id)
    for code, role in held:
        gone = gone.where(~((MirroredHolding.organisation_code == code) & (MirroredHolding.role == role)))
    session.execute(gone)
    rows = [holding_row(standing.person.id, holding) for holding in standing.holdings]
    if rows:
        session.execute(insert(MirroredHolding).values(rows).on_conflict_do_nothing())
    refresh_restrictions(session, standing)


def note_holding(session: Session, person: Person, holding: Holding) -> bool:
    """The person's details become so, and they hold one role more; whether the mirror hadn't seen it yet.

    Nothing else is touched: neither what else they hold nor whether they are locked, nor when all of that was
    last seen, by which a reconcile under way goes.
    """
    hold(session, Lock.MIRROR, person.id)
    details = {name: value for name, value in person_row(Standing(person)).items() if name != "locked"}
    _upsert(session, MirroredPerson, details, "id", seen_whole=False)
    row = insert(MirroredHolding).values(holding_row(person.id, holding)).on_conflict_do_nothing()
    return session.execute(row.returning(MirroredHolding.person_id)).first() is not None


def forget_person(session: Session, person_id: str) -> None:
    """Somebody without an account any more."""
    session.execute(delete(MirroredHolding).where(MirroredHolding.person_id == person_id))
    session.execute(delete(MirroredPerson).where(MirroredPerson.id == person_id))


def code_of(session: Session, group_id: str) -> str | None:
    """What the mirror calls the organisation whose group this is; None when it knows none."""
    known = select(MirroredOrganisation.code).where(MirroredOrganisation.group_id == group_id)
    return session.scalars(known).first()


def refresh_organisation(session: Session, organisation: Organisation) -> None:
    """The organisation becomes as Keycloak has it; everything below it moves along."""
    hold(session, Lock.MIRROR, organisation.id)
    old = session.get(MirroredOrganisation, organisation.code, with_for_update=True)
    old_path = tuple(old.path) if old else organisation.path
    _upsert(session, MirroredOrganisation, organisation_row(organisation), "code")
    if old_path != organisation.path:
        _move_below(session, organisation)
    session.expire_all()


def _move_below(session: Session, organisation: Organisation) -> None:
    table = MirroredOrganisation
    below = session.query(table).where(
        table.path.contains([organisation.code]), table.code != organisation.code
    )
    for child in below:
        at = child.path.index(organisation.code)
        child.path = [*organisation.path, *child.path[at + 1 :]]
    session.flush()


def forget_organisation(session: Session, group_id: str) -> None:
    """An organisation whose group is gone from Keycloak, with the holdings at it."""
    gone = delete(MirroredOrganisation).where(MirroredOrganisation.group_id == group_id)
    codes = list(session.scalars(gone.returning(MirroredOrganisation.code)))
    session.execute(delete(MirroredHolding).where(MirroredHolding.organisation_code.in_(codes)))


def person_row(standing: Standing) -> dict[str, object]:
    """The columns of a person's row."""
    person = standing.person
    return {
        "id": person.id,
        "email": person.email.lower(),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "enabled": person.enabled,
        "locked": standing.locked,
        "wants_email": person.wants_email,
        "access": person.access,
        "payment_types": list(person.payment_types),
        "words": person_words(person.first_name, person.last_name, person.email),
    }


def organisation_row(organisation: Organisation) -> dict[str, object]:
    """The columns of an organisation's row."""
    return {
        "code": organisation.code,
        "group_id": organisation.id,
        "name": organisation.name,
        "type": organisation.type,
        "path": list(organisation.path),
        "parent_code": organisation.parent,
        "postcode": organisation.postcode,
        "town": organisation.town,
        "successor": organisation.successor,
        "status": organisation.status,
        "approval_level": organisation.approval_level,
        "words": organisation_words(
            organisation.code, organisation.name, organisation.postcode, organisation.town
        ),
    }


def holding_row(person_id: str, holding: Holding) -> dict[str, object]:
    """The columns of a holding's row."""
    return {"person_id": person_id, "organisation_code": holding.organisation, "role": holding.role}


def _upsert(
    session: Session, table: type, row: dict[str, object], key: str, *, seen_whole: bool = True
) -> None:
    """Writes the row's columns and no others; the database fills in the words to be searched."""
    statement = insert(table).values(row)
    columns: dict[str, object] = {name: statement.excluded[name] for name in row if name != key}
    if seen_whole:
        columns["seen_at"] = func.clock_timestamp()
    session.execute(statement.on_conflict_do_update(index_elements=[key], set_=columns))
