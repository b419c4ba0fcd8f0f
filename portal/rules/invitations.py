"""Who may invite whom to what, and the secret that a link to an invitation holds."""

import base64
import hashlib
import hmac
from uuid import UUID

from directory.vocabulary import Organisation, Role
from portal.rules.actor import Actor, powerless
from portal.rules.conditions import Place
from portal.rules.rights import GIVES, Action, may
from portal.rules.roles import offered
from portal.rules.verdict import Refusal, Verdict


def invitation_to(role: Role) -> Action | None:
    """The row of the table that inviting to this role falls under; None for the Service Desk's."""
    return next((action for action, roles in GIVES.items() if role in roles), None)


def may_invite(actor: Actor, organisation: Organisation, role: Role, email: str) -> Verdict:
    """Whether the actor may invite somebody with this address to that role there, at this moment.

    Whether the address is somebody's account already isn't asked here.
    """
    refusal = powerless(actor)
    if refusal is None and actor.is_person(None, email):
        refusal = Refusal.YOURSELF
    action = invitation_to(role)
    if refusal or action is None:
        return Verdict(refusal or Refusal.ROLE_NOT_OFFERED)
    verdict = may(action, actor, Place(organisation, role))
    if verdict.allowed and role not in offered(organisation):
        return Verdict(Refusal.ROLE_NOT_OFFERED)
    return verdict


def invitable_roles(actor: Actor, organisation: Organisation) -> tuple[Role, ...]:
    """The roles that the actor may invite somebody else to at the organisation, as they are listed there."""
    return tuple(role for role in offered(organisation) if may_invite(actor, organisation, role, "").allowed)


def link_token(secret_key: str, invitation_id: UUID, round_: int) -> str:
    """The secret in the link of this round, made anew each time it is written: nothing keeps it."""
    said = f"invitation {invitation_id} {round_}".encode()
    digest = hmac.digest(secret_key.encode(), said, "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_hash(token: str) -> str:
    """What the database keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()
