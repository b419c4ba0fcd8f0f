"""The invited person follows the mailed link: looks at the invitation, accepts it, or asks for another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.acts.admission import HOUR, admit_stranger, network_of
from portal.acts.origin import Origin
from portal.casework.invitations import close, invitation_event, invited_person
from portal.effects import apply_invitation, renew_invitation
from portal.model.audit import AuditKind
from portal.model.invitations import Invitation, InvitationState
from portal.rules.errors import NothingFound
from portal.rules.invitations import token_hash
from portal.services import Services
from portal.store import attempts, audit

GUESSES = "invitation:wrong"


def look(services: Services, invitation_id: UUID, token: str, origin: Origin) -> Invitation:
    """The invitation whose newest link this is, whatever has become of it.

    Raises NothingFound for every other link alike, and TooManyAttempts where too many such came from.
    """
    with services.sessions.begin() as session:
        found = _opened(services, session, invitation_id, token, origin)
    if found is None:
        raise NothingFound(str(invitation_id))
    return found


def accept(services: Services, invitation_id: UUID, token: str, origin: Origin) -> Invitation:
    """Accepts the invitation, once, and waits a little for what follows; the invitation as it then is.

    A second click finds it accepted. Whether the role is given or has to be asked for, the worker judges on
    Keycloak's state when it gives it. Raises what `look` does, and InvitationEnded.
    """
    one = look(services, invitation_id, token, origin)
    if not one.is_pending:
        return one
    at = services.clock()
    with services.sessions.begin() as session:
        claimed = _claimed(session, one, token, at, origin)
        effect = apply_invitation.queue(session, claimed, at)
        by = invited_person(claimed, origin.address)
        audit.append(session, invitation_event(AuditKind.INVITATION_ACCEPTED, claimed, by), at)
    services.wait([effect.id])
    with services.sessions() as session:
        return session.get_one(Invitation, invitation_id)


def _claimed(session: Session, one: Invitation, token: str, at: datetime, origin: Origin) -> Invitation:
    """The link is compared once more in the statement that claims: meanwhile another may have replaced it."""
    still = Invitation.token_hash == token_hash(token), Invitation.lapses_at > at
    return close(session, one.id, InvitationState.ACCEPTED, at, *still, accepted_from=origin.address)


def ask_again(services: Services, invitation_id: UUID, origin: Origin) -> None:
    """Takes in the wish for another link; the worker writes to the address that was invited, and to no other.

    The same answer for every link. Raises TooManyAttempts.
    """
    with services.sessions.begin() as session:
        one = session.get(Invitation, invitation_id)
        admit_stranger(services, session, "invitation", one.email if one else str(invitation_id), origin)
        if one is not None:
            renew_invitation.queue(session, one, origin.address, services.clock())


def _opened(
    services: Services, session: Session, invitation_id: UUID, token: str, origin: Origin
) -> Invitation | None:
    """Every link is refused to a network that tried too many wrong ones, so that guessing doesn't pay."""
    network, limit, at = network_of(origin.address), services.settings.register_limit, services.true_time()
    attempts.check(session, GUESSES, network, limit, HOUR, at)
    one = session.get(Invitation, invitation_id)
    if one is not None and one.token_hash == token_hash(token):
        return one
    attempts.admit(session, GUESSES, network, limit, HOUR, at)
    return None
