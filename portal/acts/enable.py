"""An approver enables a disabled account again."""

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.acts.account_change import AccountChange, placed
from portal.acts.disable import will_be_enabled
from portal.acts.origin import Origin
from portal.casework.account_now import judged_account
from portal.casework.audit_events import Author, author
from portal.effects import enable as enabling
from portal.effects import names
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import AlreadySo
from portal.rules.rights import Action
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


def preview(services: Services, asked_by: ActingAs, person_id: str) -> AccountChange:
    """What enabling would bring back, and what not. Raises NotAllowed, AlreadySo, PersonNotFound."""
    with services.sessions() as session:
        return _judge(services, session, asked_by, person_id)[1]


def enable(
    services: Services, asked_by: ActingAs, person_id: str, shown: str, origin: Origin
) -> AccountChange:
    """Has the account enabled, and waits a little for it; `shown` is what the confirmation page named.

    Raises NotAllowed, PersonNotFound; AlreadySo when it is enabled already, and OutOfDate when it is no
    longer as shown.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, person_id)
        actor, change = _judge(services, session, asked_by, person_id)
        change.check_shown(shown)
        at, by = services.clock(), author(actor, origin.address)
        dropped = tuple(one.key for one in change.dropped)
        names.correct(session, change.person, by, at)
        effect = enabling.queue(session, change.person, by, dropped, at)
        audit.append(session, _event(change, by), at)
    return replace(change, applied=services.wait([effect.id]))


def _judge(
    services: Services, session: Session, asked_by: ActingAs, person_id: str
) -> tuple[Actor, AccountChange]:
    expected = will_be_enabled(session, person_id)
    actor, account = judged_account(services, asked_by, Action.ENABLE, person_id)
    if account.standing.person.enabled if expected is None else expected:
        raise AlreadySo(person_id)
    return actor, AccountChange(account, placed(account, closed=False), dropped=placed(account, closed=True))


def _event(change: AccountChange, by: Author) -> AuditEvent:
    back, ended = [one.words for one in change.roles], [one.words for one in change.dropped]
    return AuditEvent(
        **by,
        kind=AuditKind.ENABLE_ASKED,
        subject=change.person.id,
        before={"enabled": False, "roles": [*back, *ended]},
        after={"enabled": True, "roles": back, "name": change.person.name},
    )
