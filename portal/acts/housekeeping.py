"""Lets go of what is no longer needed."""

from datetime import timedelta

from sqlalchemy import delete

from portal.model.effects import Effect
from portal.services import Services
from portal.store import attempts
from portal.store.browser_sessions import forget_ended
from portal.store.queries import feed

KEEP_EFFECTS = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=2)
KEEP_SCOPE_CHANGES = timedelta(days=30)


def keep_house(services: Services) -> None:
    """Deletes old sessions, attempts, effects done long ago and changes that nobody has come for since.

    Requests, invitations and messages stay; the audit is its owner's to shorten.
    """
    at = services.clock()
    with services.sessions.begin() as session:
        attempts.forget(session, services.true_time() - KEEP_ATTEMPTS)
        forget_ended(session, services.true_time())
        feed.let_go(session, at - KEEP_SCOPE_CHANGES)
        session.execute(delete(Effect).where(Effect.done_at < at - KEEP_EFFECTS))
