"""Whom a request goes to: a ladder of rungs, each a role held at a place.

The ladder follows the organisation and the role asked for as they are now, so a change of level or of parent
moves open requests at once. The Service Desk is the last rung of every ladder: nothing waits for nobody.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from directory.vocabulary import ApprovalLevel, Holding, Organisation, OrganisationStatus, Role
from portal.rules.roles import PROVIDER_STAFF
from portal.rules.scope import commissioners_over


@dataclass(frozen=True, slots=True)
class Rung:
    """Those who hold `role` at exactly `path`; the empty path is everywhere."""

    role: Role
    path: tuple[str, ...]

    @property
    def holding(self) -> Holding:
        """What a person of this rung holds."""
        return Holding(self.role, self.path)


SERVICE_DESK = Rung(Role.SERVICE_DESK, ())
ActivePeople = Callable[[Rung], Collection[str]]
"""The ids of those on a rung who are neither disabled nor the applicant; of none where it has closed."""


def rungs(organisation: Organisation, role: Role) -> tuple[Rung, ...]:
    """Who is asked about a request for `role` at the organisation, in turn; the Service Desk at last."""
    return (*_own_rung(organisation, role), *_commissioner_rungs(organisation, role), SERVICE_DESK)


def holding_rung(ladder: tuple[Rung, ...], active_people: ActivePeople) -> Rung:
    """The rung a request sits with: the first with somebody active, or else the Service Desk."""
    return next((rung for rung in ladder if active_people(rung)), SERVICE_DESK)


def next_rung(ladder: tuple[Rung, ...], held: Rung, active_people: ActivePeople) -> Rung | None:
    """The rung above the one that holds a request, for one long unanswered; None above the Service Desk.

    For a `held` that is no longer on the ladder: the rung above the one that holds the request now.
    """
    if held not in ladder:
        held = holding_rung(ladder, active_people)
    if held == SERVICE_DESK:
        return None
    return holding_rung(ladder[ladder.index(held) + 1 :], active_people)


def _own_rung(organisation: Organisation, role: Role) -> tuple[Rung, ...]:
    decides_itself = organisation.is_provider and organisation.approval_level is ApprovalLevel.MULTI
    if role not in PROVIDER_STAFF or not decides_itself or organisation.status is OrganisationStatus.CLOSED:
        return ()
    return (Rung(Role.PROVIDER_APPROVER, organisation.path),)


def _commissioner_rungs(organisation: Organisation, role: Role) -> tuple[Rung, ...]:
    """None for a Provider Approver of a provider that has none: the Service Desk clears such a leftover."""
    single = organisation.approval_level is ApprovalLevel.SINGLE
    if role is Role.PROVIDER_APPROVER and single:
        return ()
    return tuple(Rung(Role.COMMISSIONER_APPROVER, path) for path in commissioners_over(organisation))
