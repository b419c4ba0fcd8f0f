"""A User Administrator has User details become what they have entered."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from portal.acts.origin import Origin
from portal.acts.user_details import Preview, asked, judge, look
from portal.casework.audit_events import Author, author, details_event
from portal.effects import change_details, names
from portal.effects.details_wanted import Wanted
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect
from portal.rules.actor import ActingAs
from portal.rules.details import Details
from portal.rules.errors import OutOfDate
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


def submit(
    services: Services,
    asked_by: ActingAs,
    person_id: str,
    seen: Sequence[Details],
    wanted: Sequence[Details],
    confirmed: str,
    origin: Origin,
) -> Preview:
    """Has what was `seen` become what is `wanted`, organisation by organisation, and waits a little for it.

    `confirmed` is what the page showed that was confirmed; two clicks ask once. Raises NotAllowed,
    NothingFound, PersonNotFound; OutOfDate when anything isn't as it was seen or shown any more, by whomever
    that was changed.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, person_id)
        try:
            found = judge(services, session, asked_by, person_id, seen, wanted, holding_queues=True)
        except OutOfDate:
            found, effect = _by_first_click(services, session, asked_by, person_id, seen, wanted, origin)
        else:
            if found.shown != confirmed:
                raise OutOfDate(person_id)
            effect = _queue(services, session, found, origin)
    return replace(found, applied=services.wait([effect.id]))


def _queue(services: Services, session: Session, found: Preview, origin: Origin) -> Effect:
    at, by = services.clock(), author(found.scene.actor, origin.address)
    changes = found.wanted
    names.correct(session, found.scene.person, by, at)
    for one in changes:
        audit.append(session, _event(found, one, by), at)
    return change_details.queue(session, found.scene.person, changes, by, at)


def _by_first_click(
    services: Services,
    session: Session,
    asked_by: ActingAs,
    person_id: str,
    seen: Sequence[Details],
    wanted: Sequence[Details],
    origin: Origin,
) -> tuple[Preview, Effect]:
    """What the same person asked for just before, and has got or is about to. Raises OutOfDate otherwise."""
    scene = look(services, asked_by, person_id, [one.organisation for one in wanted])
    changes = tuple((place, change) for place, change in asked(scene, seen, wanted) if change.is_one)
    found = Preview(scene, changes, (), {}, {})
    by = author(scene.actor, origin.address)
    effect = change_details.asked_before(session, scene.person, found.wanted, by, services.clock())
    if effect is None or (effect.done_at and any(place.now != one.after for place, one in found.changes)):
        raise OutOfDate(person_id)
    return found, effect


def _event(found: Preview, one: Wanted, by: Author) -> AuditEvent:
    after = {**one.after, "name": found.scene.person.name, "decides": found.decides}
    person_id, kind = found.scene.person.id, AuditKind.DETAILS_CHANGE_ASKED
    return details_event(kind, by, person_id, one.organisation, one.before, after)
