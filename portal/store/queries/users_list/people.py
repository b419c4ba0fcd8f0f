"""How many people a role stands over: somebody at two organisations, or invited to one more, is one.

Who has no account goes by the address: a newcomer who asks, and somebody whose invitation waits.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, Select, exists, func, literal_column, select, true, union

from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestState
from portal.store.queries import invitations
from portal.store.queries.reach import NONE, ONE, Shape, stands_over
from portal.store.queries.users_list.rows import WORKS, has_only_an_invitation, is_only_invited

IS_OPEN = AccessRequest.state == literal_column(f"'{RequestState.OPEN.value}'")


def people_everywhere(*, working: bool) -> Select[int]:
    """How many people there are; `working`: only those with a role who can sign in."""
    return select(_working_accounts() if working else _accounts() + _newcomers())


def people_holding(rows: Any, *, working: bool) -> Select[int]:
    """The same where it is known already how many rows are of people who hold a role."""
    held = func.coalesce(rows, 0).cast(Integer) - _further(WORKS if working else true())
    if working:
        return select(held)
    without = select(func.count()).select_from(MirroredPerson)
    listed = without.where(MirroredPerson.places == NONE, ~is_only_invited()).scalar_subquery()
    return select(held + listed + _newcomers())


def people_within(shape: Shape, rows: Any, further: Any, waiting: Sequence[CTE]) -> Select[int]:
    """The same for what such a holding stands over; `further` as `further_within` has it.

    `waiting`: who asks for access or is invited there, if they count, each with `who` they are.
    """
    held = func.coalesce(rows, 0).cast(Integer) - further
    if not waiting:
        return select(held)
    newcomers = union(*(select(each.c.who).where(~_holds(shape, each)) for each in waiting))
    others = select(func.count()).select_from(newcomers.subquery())
    return select(held + others.scalar_subquery())


def several_places() -> ColumnElement[bool]:
    """Whether a holding's person holds roles at several places, as few do."""
    several = select(MirroredPerson.id).where(MirroredPerson.places > ONE)
    return MirroredHolding.person_id.in_(several)


def further_within(held: CTE) -> Any:
    """How many places people hold a role at beside their first; `several`: who are such, by place.

    So that who is listed at each place is read once, and nobody else is compared with anybody.
    """
    each = select(func.unnest(held.c.several).label("person_id")).subquery()
    further = select(func.count() - func.count(each.c.person_id.distinct())).select_from(each)
    return further.scalar_subquery()


def _holds(shape: Shape, waiting: CTE) -> ColumnElement[bool]:
    """Whether they hold a role there already."""
    held_at = MirroredOrganisation.code == MirroredHolding.organisation_code
    holds = select(ONE).select_from(MirroredHolding).join(MirroredOrganisation, held_at)
    holds = holds.where(MirroredHolding.person_id == waiting.c.person_id, stands_over(shape))
    return holds.correlate(waiting).exists()


@cache
def entries() -> Select[int, int, int]:
    """How many rows the whole list has, for whoever sees everybody; how many are of people who work; and of
    how many people all of them are.

    Somebody with roles at two places is two, and without any, one.
    """
    asked = select(func.count()).select_from(AccessRequest).where(IS_OPEN).scalar_subquery()
    invited = select(func.count()).select_from(Invitation).where(invitations.PENDING).scalar_subquery()
    every = _accounts() + _further(true()) + asked + invited
    return select(every, _working_accounts() + _further(WORKS), _accounts() + _newcomers())


def roleless() -> ColumnElement[bool]:
    """Whether anybody without a role is in the list of whoever sees everybody."""
    return exists().where(MirroredPerson.places == NONE, ~is_only_invited())


def _accounts() -> Any:
    """How many accounts there are, but of those with only an invitation."""
    everybody = select(func.count()).select_from(MirroredPerson).scalar_subquery()
    invited = select(func.count()).select_from(MirroredPerson).where(has_only_an_invitation())
    return everybody - invited.scalar_subquery()


def _working_accounts() -> Any:
    held = select(func.count()).select_from(MirroredPerson).where(WORKS, MirroredPerson.places > NONE)
    return held.scalar_subquery()


def _further(whose: ColumnElement[bool]) -> Any:
    """How many places people hold a role at beside their first."""
    several = select(func.sum(MirroredPerson.places - ONE)).where(MirroredPerson.places > ONE, whose)
    return func.coalesce(several.scalar_subquery(), 0)


def _newcomers() -> Any:
    """How many people ask for access, or are invited, beside those of `_accounts`."""
    asked = select(who(AccessRequest)).where(IS_OPEN, ~_is_counted(AccessRequest))
    invited = select(who(Invitation)).where(invitations.PENDING, ~_is_counted(Invitation))
    found = union(asked, invited).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def _is_counted(table: Any) -> Any:
    return exists().where(MirroredPerson.id == table.person_id, ~has_only_an_invitation())


def who(table: Any) -> Any:
    """By what a request's or an invitation's person is told from others."""
    return func.coalesce(table.person_id, table.email).label("who")
