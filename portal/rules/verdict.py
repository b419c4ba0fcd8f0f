"""The answer to "may they?", with the reason when not."""

from dataclasses import dataclass
from enum import StrEnum


class Refusal(StrEnum):
    """Why not. The value is the sentence to show."""

    YOURSELF = "You cannot decide on, or change the access of, your own account."
    DISABLED = "Your account is disabled, so it has no powers."
    NO_ROLE = "You have not chosen a role to act in."
    NO_LONGER_HELD = "You no longer hold the role you are acting in."
    PLACE_CLOSED = (
        "The organisation of the role you are acting in has closed, so the role has no powers. "
        "The service desk can help."
    )
    NOT_YOUR_ROLE = "Your role does not allow this."
    NOT_YOUR_ORGANISATION = "Your role does not reach this organisation."
    OUTSIDE_CLUSTERS = "Your role is restricted to service provider clusters, and this is in none of them."
    HAS_OWN_APPROVER = "This provider has an active Provider Approver, who decides."
    SINGLE_LEVEL = "This provider is single-level: its commissioner decides."
    ROLE_NOT_OFFERED = "This organisation does not offer that role."
    ORGANISATION_CLOSED = "This organisation is closed."
    ORGANISATION_NOT_OPEN = "This organisation is not open, so it takes nobody in."
    NOT_FOR_THIS_ORGANISATION = "This cannot be done for this kind of organisation."
    APPLICANT_DISABLED = "This person's account is disabled or gone."
    ROLE_ABOVE_YOURS = "This account holds a role that you could not grant."
    LAST_OF_SERVICE_DESK = (
        "You are the last active person of the Service Desk, so nobody could enable your account again."
    )
    SELF_SERVICE = "Only the person can set their password, and nobody can see it."


LEFT_TO_OTHERS = frozenset(
    {Refusal.NOT_YOUR_ROLE, Refusal.HAS_OWN_APPROVER, Refusal.SINGLE_LEVEL, Refusal.ROLE_NOT_OFFERED}
)
"""Why somebody who stands over an organisation may still not decide there: another does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed; `refusal` is the reason, and None exactly when it is."""

    refusal: Refusal | None = None

    @property
    def allowed(self) -> bool:
        return self.refusal is None
