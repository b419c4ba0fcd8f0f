"""Something changed about who decides at an organisation: finds the open requests that must go to others.

Only reads, and writes an effect for each request that moved or has somebody new to tell, so that no request
is held up while the others are looked at.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Standing
from portal.casework.closing import TO_DECIDERS
from portal.casework.current_state import Ladder, organisation_asked
from portal.effects.tell_deciders import kind_of
from portal.model.effects import Effect, EffectKind
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest
from portal.services import Services
from portal.store import outbox
from portal.store.queries import requests


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Looks at every open request at the organisation and below it."""
    pass_on(services, session, requests.open_beneath(session, effect.payload["organisation"]))
    return None


def pass_on(services: Services, session: Session, affected: Iterable[AccessRequest]) -> int:
    """Has those of the requests passed on that sit elsewhere now, or with somebody not told; how many."""
    ladder, moved = Ladder(services), 0
    for request in affected:
        if _needs_telling(services, session, ladder, request):
            moved += 1
            kind = EffectKind.TELL_DECIDERS
            outbox.about_request(session, kind, request.email, request.id, services.clock())
    return moved


def _needs_telling(services: Services, session: Session, ladder: Ladder, request: AccessRequest) -> bool:
    organisation = organisation_asked(services, request)
    rung = ladder.holder(organisation, request)
    if (request.held_by_role, request.held_by_organisation) != (rung.role, rung.holding.organisation):
        return True
    above = ladder.above(organisation, request, rung) if request.escalated_at else None
    people = _ids(ladder.deciders(rung, request))
    higher = _ids(ladder.deciders(above, request)) if above else set()
    told = session.scalars(select(Notice).where(Notice.request_id == request.id)).all()
    return (
        not people <= _told(told, request, kind_of(request))
        or not higher <= _told(told, request, NoticeKind.ESCALATED)
        or not _waiting_for(told) <= people | higher
    )


def _ids(people: Sequence[Standing]) -> set[str]:
    return {standing.person.id for standing in people}


def _told(notices: Sequence[Notice], request: AccessRequest, kind: NoticeKind) -> set[str]:
    """Who was told so since the request came to where it is."""
    return {one.person_id for one in notices if one.kind is kind and one.sequence == request.routing}


def _waiting_for(notices: Sequence[Notice]) -> set[str]:
    """Whose notifications still say that it is theirs to decide."""
    return {one.person_id for one in notices if one.kind in TO_DECIDERS and one.read_at is None}
