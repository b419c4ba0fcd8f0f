"""Lets go of what is no longer needed."""

from datetime import timedelta

from sqlalchemy import delete

from portal.model.effects import Effect
from portal.model.sessions import PortalSession, SeenLogoutToken
from portal.services import Services
from portal.store import attempts

KEEP_EFFECTS = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=2)


def keep_house(services: Services) -> None:
    """Deletes old sessions, attempts and effects done long ago. The audit is its owner's to shorten."""
    at = services.clock()
    with services.sessions.begin() as session:
        attempts.forget(session, at - KEEP_ATTEMPTS)
        session.execute(delete(PortalSession).where(PortalSession.expires_at < services.true_time()))
        session.execute(delete(SeenLogoutToken).where(SeenLogoutToken.expires_at < services.true_time()))
        session.execute(delete(Effect).where(Effect.done_at < at - KEEP_EFFECTS))
