"""Why somebody may use a role at an organisation, or why not: the answer of `rules.use` with its reason.

Applications read the value; nothing in it tells of anybody whom they don't ask about.
"""

from enum import StrEnum

from directory.vocabulary import Holding, Organisation, OrganisationStatus, Role
from portal.rules.accounts import Account
from portal.rules.use import EVERYWHERE, counts, uses


class Ground(StrEnum):
    """The first three open; the strongest of several is told."""

    HELD_EVERYWHERE = "held-everywhere"
    HELD_HERE = "held-here"
    HELD_OVER = "held-over"
    OUTSIDE_CLUSTERS = "outside-clusters"
    DISABLED = "person-disabled"
    PLACE_CLOSED = "place-of-role-closed"
    CLOSED = "organisation-closed"
    NOT_HELD = "not-held"
    UNKNOWN_ORGANISATION = "organisation-unknown"
    UNKNOWN_ROLE = "role-unknown"
    UNKNOWN_TYPE = "type-unknown"
    NOT_GIVEN = "not-given-to-application"

    @property
    def opens(self) -> bool:
        """Whether it is a reason why they may."""
        return self in (Ground.HELD_EVERYWHERE, Ground.HELD_HERE, Ground.HELD_OVER)


_BY_STRENGTH = list(Ground)


def ground(account: Account | None, role: Role, organisation: Organisation | None) -> Ground:
    """Whether the person may use the role there, and why. Nobody known holds nothing, as far as is told."""
    if organisation is None:
        return Ground.UNKNOWN_ORGANISATION
    if organisation.status is OrganisationStatus.CLOSED:
        return Ground.CLOSED
    if account is None:
        return Ground.NOT_HELD
    held = (one for one in account.standing.holdings if one.role is role)
    grounds = (_of(account, one, organisation) for one in held)
    return min(grounds, key=_BY_STRENGTH.index, default=Ground.NOT_HELD)


def _of(account: Account, held: Holding, organisation: Organisation) -> Ground:
    if uses(account, held, organisation):
        return _opening(held, organisation)
    if not held.stands_over(organisation.path):
        return Ground.NOT_HELD
    if not account.standing.is_active:
        return Ground.DISABLED
    if not counts(account, held):
        return Ground.PLACE_CLOSED
    return Ground.NOT_HELD if held.only is None else Ground.OUTSIDE_CLUSTERS


def _opening(held: Holding, organisation: Organisation) -> Ground:
    if held == EVERYWHERE:
        return Ground.HELD_EVERYWHERE
    return Ground.HELD_HERE if held.path == organisation.path else Ground.HELD_OVER
