"""The cells of the rights table: under which condition a role may do something, each with its words.

A condition looks at the place the act concerns and the holding of the one who acts, and says why not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from directory.vocabulary import ApprovalLevel, Holding, Organisation, OrganisationStatus, Role
from portal.rules.roles import ORDINARY_ROLES
from portal.rules.scope import is_listed, reaches
from portal.rules.verdict import Refusal


@dataclass(frozen=True, slots=True)
class Place:
    """The organisation that an act concerns, as it is now.

    `role` is the one to be given there, where the act gives one. `has_active_approver`: somebody other than
    the applicant holds Provider Approver there and is not disabled. `escalated`: the request went unanswered
    so long that the next level up may answer it too.
    """

    organisation: Organisation
    role: Role | None = None
    has_active_approver: bool = False
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One cell: the `words` that docs show, and why a holder may not act there, None when they may."""

    words: str
    refuses: Callable[[Place, Holding], Refusal | None]


def _never(_place: Place, _holding: Holding) -> Refusal | None:
    return Refusal.NOT_YOUR_ROLE


def _self_service(_place: Place, _holding: Holding) -> Refusal | None:
    return Refusal.SELF_SERVICE


def _everywhere(_place: Place, holding: Holding) -> Refusal | None:
    return None if holding.path == () else Refusal.NOT_YOUR_ORGANISATION


def _own_provider(place: Place, holding: Holding) -> Refusal | None:
    organisation = place.organisation
    if not organisation.is_provider or organisation.path != holding.path:
        return Refusal.NOT_YOUR_ORGANISATION
    if organisation.status is OrganisationStatus.CLOSED:
        return Refusal.ORGANISATION_CLOSED
    return None if _is_multi(place) else Refusal.SINGLE_LEVEL


def _left_to_commissioner(place: Place, holding: Holding) -> Refusal | None:
    """Never allows. Tells an approver whose own provider has become single-level that this is why."""
    return _own_provider(place, holding) or Refusal.SINGLE_LEVEL


def _over(place: Place, holding: Holding) -> Refusal | None:
    if reaches(holding, place.organisation):
        return None
    closed = place.organisation.status is OrganisationStatus.CLOSED
    inside = bool(holding.path) and holding.stands_over(place.organisation.path)
    if inside and not is_listed(holding, place.organisation.path):
        return Refusal.OUTSIDE_CLUSTERS
    return Refusal.ORGANISATION_CLOSED if closed and inside else Refusal.NOT_YOUR_ORGANISATION


def _over_multi_level(place: Place, holding: Holding) -> Refusal | None:
    return _over(place, holding) or (None if _is_multi(place) else Refusal.ROLE_NOT_OFFERED)


def _over_without_approver(place: Place, holding: Holding) -> Refusal | None:
    left_to_it = place.has_active_approver and not place.escalated
    return _over(place, holding) or (Refusal.HAS_OWN_APPROVER if left_to_it else None)


def _exactly_there(place: Place, holding: Holding) -> Refusal | None:
    own = holding.path == place.organisation.path
    return _over(place, holding) if own else Refusal.NOT_YOUR_ORGANISATION


def _over_ordinary_people(place: Place, holding: Holding) -> Refusal | None:
    ordinary = place.role is None or place.role in ORDINARY_ROLES
    return _over(place, holding) or (None if ordinary else Refusal.ROLE_ABOVE_YOURS)


def _is_multi(place: Place) -> bool:
    return place.organisation.approval_level is ApprovalLevel.MULTI


NO = Condition("no", _never)
NO_SINGLE = Condition("no", _left_to_commissioner)
SELF = Condition("no: self-service only", _self_service)
YES = Condition("yes", _everywhere)
OWN_PROVIDER = Condition("own provider", _own_provider)
OVER = Condition("at or below own organisation", _over)
OVER_MULTI_LEVEL = Condition("multi-level providers below own organisation", _over_multi_level)
OVER_WITHOUT_APPROVER = Condition(
    "below own organisation, only while it has no active Provider Approver or none answered in time",
    _over_without_approver,
)
OF_THAT_ORGANISATION = Condition("own organisation", _exactly_there)
OVER_ORDINARY_PEOPLE = Condition(
    "at or below own organisation, people without an approver or administrator role", _over_ordinary_people
)
OVER_ANYBODY = Condition("at or below own organisation, anyone but themselves", _over)
