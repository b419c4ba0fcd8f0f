"""An approver takes every role from a person, who keeps the account and can request access."""

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.acts.account_change import AccountChange, every_role, handovers, hold_queues
from portal.acts.on_their_way import on_their_way
from portal.acts.origin import Origin
from portal.casework.account_now import judged_account
from portal.casework.audit_events import Author, author
from portal.effects import end_sessions
from portal.effects import revoke as revoking
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import ActingAs, Actor
from portal.rules.errors import AlreadySo
from portal.rules.rights import Action
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


def preview(services: Services, asked_by: ActingAs, person_id: str) -> AccountChange:
    """What revoking would take. Raises NotAllowed, AlreadySo, PersonNotFound."""
    with services.sessions() as session:
        return _judge(services, session, asked_by, person_id)[1]


def revoke(
    services: Services, asked_by: ActingAs, person_id: str, shown: str, origin: Origin
) -> AccountChange:
    """Has every role taken and the sessions ended, and waits a little for both.

    `shown` is what the confirmation page named. What is on its way to the person goes too.
    Raises NotAllowed, PersonNotFound; AlreadySo when no role is left, and OutOfDate when it is no longer as
    shown.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, person_id)
        actor, change = _judge(services, session, asked_by, person_id)
        change.check_shown(shown)
        at, by = services.clock(), author(actor, origin.address)
        roles = tuple(one.key for one in change.roles)
        effect = revoking.queue(session, change.person, by, roles, at)
        ending = end_sessions.queue(session, change.person, at)
        audit.append(session, _event(change, by), at)
    return change.awaited(services, effect, ending)


def _judge(
    services: Services, session: Session, asked_by: ActingAs, person_id: str
) -> tuple[Actor, AccountChange]:
    # First what is under way and then Keycloak: what is done in between is seen in one of the two.
    going = revoking.under_way(session)
    coming = on_their_way(session, person_id)
    actor, account = judged_account(services, asked_by, Action.REVOKE, person_id, coming)
    left = [one for one in every_role(account) if (person_id, *one.key) not in going]
    if not left:
        raise AlreadySo(person_id)
    change = AccountChange(account, tuple(left))
    hold_queues(session, change.roles)
    return actor, replace(change, handovers=tuple(handovers(services, session, change)))


def _event(change: AccountChange, by: Author) -> AuditEvent:
    return AuditEvent(
        **by,
        kind=AuditKind.REVOKE_ASKED,
        subject=change.person.id,
        before={"roles": [one.words for one in change.roles]},
        after={"roles": list[str](), "name": change.person.name, "decides": change.decides},
    )
