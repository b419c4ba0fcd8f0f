"""How many people a role stands over: somebody at two organisations, or invited to one more, is one.

Who has no account goes by the address: a newcomer who asks, and somebody whose invitation waits.
"""

from typing import Any

from sqlalchemy import Select, exists, func, select, union

from directory.vocabulary import Holding
from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.queries import invitations
from portal.store.queries.reach import is_everywhere, stands_over
from portal.store.queries.users_list.rows import WORKS, is_only_invited

Statement = Select[*tuple[Any, ...]]
IS_OPEN = AccessRequest.state == RequestState.OPEN


def people_within(holding: Holding, *, working: bool) -> Statement:
    """How many people the holding stands over; `working`: only those with a role who can sign in."""
    held, scope = select(MirroredHolding.person_id), codes_within(holding)
    asked = select(_who(AccessRequest)).where(IS_OPEN)
    invited = select(_who(Invitation)).where(invitations.PENDING)
    if not is_everywhere(holding):
        held = held.where(MirroredHolding.organisation_code.in_(scope))
        asked = asked.where(AccessRequest.organisation_code.in_(scope))
        invited = invited.where(Invitation.organisation_code.in_(scope))
    elif not working:
        held = select(MirroredPerson.id).where(~_has_only_an_invitation())
    if working:
        held = held.where(MirroredHolding.person_id.in_(select(MirroredPerson.id).where(WORKS)))
    people = held.distinct() if working else union(held, asked, invited)
    return select(func.count()).select_from(people.subquery())


def newcomers() -> Statement:
    """How many people ask for access, or are invited, beside those of `accounts`."""
    asked = select(_who(AccessRequest)).where(IS_OPEN, ~_is_counted(AccessRequest))
    invited = select(_who(Invitation)).where(invitations.PENDING, ~_is_counted(Invitation))
    return select(func.count()).select_from(union(asked, invited).subquery())


def _is_counted(table: Any) -> Any:
    return exists().where(MirroredPerson.id == table.person_id, ~_has_only_an_invitation())


def accounts() -> Statement:
    """How many accounts there are, but of those with only an invitation, and how many of them hold a role.

    Whoever holds one is a person of the mirror: the database sees to it.
    """
    everybody = select(func.count()).select_from(MirroredPerson).scalar_subquery()
    invited = select(func.count()).select_from(MirroredPerson).where(_has_only_an_invitation())
    held = select(func.count(MirroredHolding.person_id.distinct())).scalar_subquery()
    return select((everybody - invited.scalar_subquery()).label("number"), held.label("held"))


def codes_within(holding: Holding) -> Statement:
    """The ODS codes of the organisations that the holding stands over."""
    return select(MirroredOrganisation.code).where(stands_over(holding)).correlate(None)


def _who(table: Any) -> Any:
    return func.coalesce(table.person_id, table.email)


def _has_only_an_invitation() -> Any:
    return is_only_invited() & ~exists().where(MirroredHolding.person_id == MirroredPerson.id)
