"""What can go wrong in the portal, in its own words. Pages turn each into a page in one place.

PortalFault
├── NotAllowed                 the rules said no, and why
├── RequestNotFound            no such request, or none that this person may know of
├── NothingFound               no such organisation, mail or notice
├── AlreadyDecided             somebody else was first: who, what, when
├── AlreadyHeld                the person holds that role there
├── NotHeld                    the person doesn't hold that role there, or not any more
├── NotLocked                  the account isn't locked, or not any more
├── AlreadySo                  the account is already as was asked, or is becoming so
├── NoSecondFactor             the person has none, or not any more
├── AlreadyAsked               a request for the same is open
├── OrganisationClosed         it takes no new requests
├── RoleNotOffered             that organisation has no such role
├── NameRefused                a name that could pass for something else
├── NameTaken                  another of its kind is called so
├── BeingDeleted               somebody has asked for that, and it is being applied
├── ReasonNeeded               a reason is missing or too long
├── NotReached                 of several asked for together; the time ran out, or Keycloak didn't answer
├── AlreadyKnown               whoever is to be invited has an account
├── AlreadyInvited             an invitation to the same is waiting
├── InvitationEnded            it was accepted, cancelled, or has lapsed
├── OutOfDate                  what was confirmed is no longer so; look again
└── TooManyAttempts            come back later
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.model.requests import RequestState

if TYPE_CHECKING:
    from portal.rules.verdict import Verdict


class PortalFault(Exception):
    """Anything that an act refuses."""


class NotAllowed(PortalFault):
    """The rules refused it; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict.refusal))
        self.verdict = verdict


class RequestNotFound(PortalFault):
    """No such request, or none that this person may know of."""


class NothingFound(PortalFault):
    """No such organisation, message or notice."""


class AlreadyDecided(PortalFault):
    """The request was decided before: `state` says how, `by_name` who, `at` when.

    `by_name` is empty when the portal itself closed it.
    """

    def __init__(self, by_name: str, state: RequestState, at: datetime) -> None:
        super().__init__(f"{state} by {by_name} at {at}")
        self.by_name, self.state, self.at = by_name, state, at


class AlreadyHeld(PortalFault):
    """The person holds that role at that organisation."""


class NotHeld(PortalFault):
    """The person doesn't hold that role at that organisation, or it is being removed already."""


class NotLocked(PortalFault):
    """The account isn't locked, or is being unlocked already."""


class AlreadySo(PortalFault):
    """The account is already disabled, enabled or without a role, as was asked, or is becoming so."""


class NoSecondFactor(PortalFault):
    """The person has no second factor, or it is being removed already."""


class AlreadyAsked(PortalFault):
    """The person has an open request for that role at that organisation."""


class OrganisationClosed(PortalFault):
    """The organisation is not open, so it takes no new requests."""


class RoleNotOffered(PortalFault):
    """The organisation has no such role to ask for."""


class NameRefused(PortalFault):
    """A first or last name that none can be: `rules.names` says which can."""


class NameTaken(PortalFault):
    """Another cluster of the commissioner is called so, in whatever case."""


class ReasonNeeded(PortalFault):
    """The reason is missing, or longer than 250 characters."""


class NotReached(PortalFault):
    """Nothing was done for one of several: the time ran out before it, or Keycloak didn't answer."""


class AlreadyKnown(PortalFault):
    """There is an account of the address that was to be invited."""


class AlreadyInvited(PortalFault):
    """An invitation of the same address to the same role at the same organisation is waiting."""


class InvitationEnded(PortalFault):
    """The invitation isn't waiting any more: accepted, cancelled, lapsed, or replaced by a newer link."""


class BeingDeleted(PortalFault):
    """Somebody has asked to delete it, and the worker is to apply that."""


class OutOfDate(PortalFault):
    """What the person confirmed has changed since it was shown."""


class TooManyAttempts(PortalFault):
    """Asked too often; `wait` is how long until the next is accepted."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait
