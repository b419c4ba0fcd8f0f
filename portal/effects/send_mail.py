"""Sends one message.

The row is written in full before the mail server is spoken to, so that between the server's "taken" and our
commit there is nothing left to fail but the process or the database itself. If one of those dies just then
the message goes out twice, with the same Message-ID: rather twice than never.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.effects import figures
from portal.mail.render import render
from portal.mail.sender import MailRefused, MailUnavailable
from portal.model.effects import Effect
from portal.model.mail import Mail, MailState
from portal.services import Services

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)
LONGEST_WHILE_AWAY = timedelta(seconds=5)
"""A server that doesn't answer is asked often, so that nothing waits long once it is back."""


def apply(services: Services, session: Session, effect: Effect) -> timedelta | None:
    """Sends the message, unless it is no longer queued; how long to wait when the mail server is away."""
    mail = session.get(Mail, UUID(effect.payload["mail_id"]), with_for_update=True)
    if mail is None or mail.state is not MailState.QUEUED:
        return None
    _write_as_sent(services, session, mail, effect)
    try:
        services.post.send(render(mail, services.settings))
    except MailRefused as refused:
        _not_sent(mail, MailState.REFUSED, str(refused))
    except MailUnavailable as away:
        return _unavailable(mail, effect, away)
    figures.mail(mail.state.value)
    return None


def _write_as_sent(services: Services, session: Session, mail: Mail, effect: Effect) -> None:
    at = services.clock()
    mail.state, mail.sent_at, mail.last_attempt_at = MailState.SENT, at, at
    mail.attempts, mail.error = mail.attempts + 1, ""
    effect.done_at = at
    session.flush()


def _not_sent(mail: Mail, state: MailState, error: str) -> None:
    mail.state, mail.error, mail.sent_at = state, error[:1000], None


def _unavailable(mail: Mail, effect: Effect, away: MailUnavailable) -> timedelta | None:
    assert mail.last_attempt_at is not None  # noqa: S101 - set just before
    last = mail.last_attempt_at >= mail.retry_until
    _not_sent(mail, MailState.FAILED if last else MailState.QUEUED, str(away))
    figures.mail(mail.state.value)
    longest = LONGEST_WAIT if away.answered else LONGEST_WHILE_AWAY
    return None if last else min(longest, FIRST_WAIT * 2 ** min(effect.attempts, 10))
