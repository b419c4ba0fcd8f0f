"""Brings the feed of who gained or lost what in step with the mirror.

One transaction at a time writes to it, so that whoever has read up to a change has read all before it. What
it looks at again is what the database noted in the transactions that changed the mirror, so nothing that was
committed is missed, and nothing is noted of what was not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from directory.vocabulary import Organisation, Role
from portal.effects import write_access
from portal.model.feed import EVERYWHERE as EVERY_ORGANISATION
from portal.model.feed import ORGANISATION, PERSON, Reach, ScopeChange, Touched
from portal.model.mirror import MirroredHolding, MirroredOrganisation
from portal.rules.accounts import Account
from portal.rules.use import EVERYWHERE, counts, uses
from portal.services import Services
from portal.store.locks import Lock, hold
from portal.store.queries.standings import standings

AT_ONCE = 200
"""So many things are looked at in one transaction."""
COLUMNS = ("person_id", "role", "organisation_code")
GONE = delete(Reach).where(*(getattr(Reach, name) == bindparam(name) for name in COLUMNS))
Triple = tuple[str, Role, str]
"""A person's id, a role of theirs, and the ODS code of an organisation that it reaches."""


def bring_in_step(services: Services) -> bool:
    """Looks again at some of what changed in the mirror; whether there was anything."""
    with services.sessions.begin() as session:
        hold(session, Lock.FEED)
        touched = session.scalars(select(Touched).order_by(Touched.id).limit(AT_ONCE)).all()
        if not touched:
            return False
        codes = {one.key for one in touched if one.what == ORGANISATION}
        people = {one.key for one in touched if one.what == PERSON} | _held_at(session, codes)
        at = services.clock()
        _look_at_people(session, people, at)
        _look_at_organisations(session, codes, people, at)
        session.execute(delete(Touched).where(Touched.id.in_([one.id for one in touched])))
    return True


def _held_at(session: Session, codes: Collection[str]) -> set[str]:
    """Who holds a role at one of these."""
    person = MirroredHolding.person_id
    return set(session.scalars(select(person).where(MirroredHolding.organisation_code.in_(codes)).distinct()))


def _look_at_people(session: Session, people: Collection[str], at: datetime) -> None:
    """At all that these people reach."""
    accounts = standings(session, people)
    below = _below(session, accounts.values())
    for account in accounts.values():
        write_access.queue_if_due(session, account, at)
    wanted = {triple for account in accounts.values() for triple in _reached(account, below)}
    _write(session, select(Reach).where(Reach.person_id.in_(people)), wanted, at)


def _below(session: Session, accounts: Iterable[Account]) -> dict[str, list[Organisation]]:
    """The organisations at and below each at which one of these people holds a role, by its ODS code."""
    held = {one.organisation for account in accounts for one in account.standing.holdings}
    rows = session.scalars(
        select(MirroredOrganisation).where(MirroredOrganisation.path.overlap(sorted(held)))
    )
    found: dict[str, list[Organisation]] = defaultdict(list)
    for organisation in map(MirroredOrganisation.as_organisation, rows):
        for code in held.intersection(organisation.path):
            found[code].append(organisation)
    return found


def _reached(account: Account, below: dict[str, list[Organisation]]) -> Iterable[Triple]:
    person_id = account.standing.person.id
    for held in account.standing.holdings:
        if held == EVERYWHERE and counts(account, held):
            yield person_id, held.role, EVERY_ORGANISATION
        for organisation in below.get(held.organisation, ()):
            if uses(account, held, organisation):
                yield person_id, held.role, organisation.code


def _look_at_organisations(
    session: Session, codes: Collection[str], done: Collection[str], at: datetime
) -> None:
    """At who reaches these organisations, apart from the people who are `done`."""
    rows = session.scalars(select(MirroredOrganisation).where(MirroredOrganisation.code.in_(codes)))
    organisations = [row.as_organisation() for row in rows]
    over = _held_at(session, {code for one in organisations for code in one.path})
    reached = select(Reach.person_id).where(Reach.organisation_code.in_(codes)).distinct()
    people = over.union(session.scalars(reached)).difference(done)
    wanted = {
        (person_id, held.role, organisation.code)
        for person_id, account in standings(session, people).items()
        for held in account.standing.holdings
        for organisation in organisations
        if held != EVERYWHERE and uses(account, held, organisation)
    }
    known = select(Reach).where(Reach.organisation_code.in_(codes), Reach.person_id.in_(people))
    _write(session, known, wanted, at)


def _write(session: Session, known: Select[Reach], wanted: set[Triple], at: datetime) -> None:
    """Writes what is no longer so, and what newly is: losses first."""
    have = {(one.person_id, one.role, one.organisation_code) for one in session.scalars(known)}
    lost, gained = sorted(have - wanted), sorted(wanted - have)
    rows = [_row(triple) for triple in gained]
    if lost:
        session.connection().execute(GONE, [_row(triple) for triple in lost])
    if gained:
        session.execute(insert(Reach), rows)
    changes = [_row(triple) | {"at": at, "gained": False} for triple in lost]
    changes += [row | {"at": at, "gained": True} for row in rows]
    if changes:
        session.execute(insert(ScopeChange), changes)


def _row(triple: Triple) -> dict[str, Any]:
    return dict(zip(COLUMNS, triple, strict=True))
