"""An approver takes every role from a person, who keeps the account and can request access."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.acts.account_change import AccountChange, every_role, handovers, hold_queues
from portal.acts.on_their_way import on_their_way
from portal.acts.origin import Origin
from portal.casework.account_now import judged_account
from portal.casework.audit_events import Author, author
from portal.effects import end_sessions, parked
from portal.effects import revoke as revoking
from portal.effects.revoke import Revoke
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
        return _judge(services, session, asked_by, person_id, on_their_way(session, person_id))[1]


def revoke(
    services: Services, asked_by: ActingAs, person_id: str, shown: str, origin: Origin
) -> AccountChange:
    """Has every role taken and the sessions ended, and waits a little for both.

    `shown` is what the confirmation page named. What is on its way to the person goes too, and what
    is parked is given up.
    Raises NotAllowed, PersonNotFound; AlreadySo when no role is left, and OutOfDate when it is no longer as
    shown.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, person_id)
        asked_at = services.clock()
        parked.keep_still(session, person_id, asked_at)
        coming = on_their_way(session, person_id)
        actor, change = _judge(services, session, asked_by, person_id, coming)
        change.check_shown(shown)
        at, by = services.clock(), author(actor, origin.address)
        effect = revoking.queue(session, change.person, _wanted(change, by, coming, asked_at), at)
        ending = end_sessions.queue(session, change.person, at)
        parked.give_up(services, session, change.person, at)
        audit.append(session, _event(change, by), at)
    return change.awaited(services, effect, ending)


def _judge(
    services: Services,
    session: Session,
    asked_by: ActingAs,
    person_id: str,
    coming: Collection[tuple[str, Role]],
) -> tuple[Actor, AccountChange]:
    # First what is under way and then Keycloak: what is done in between is seen in one of the two.
    going = revoking.under_way(session)
    actor, account = judged_account(services, asked_by, Action.REVOKE, person_id, coming)
    left = [one for one in every_role(account) if (person_id, *one.key) not in going]
    if not left:
        raise AlreadySo(person_id)
    change = AccountChange(account, tuple(left))
    hold_queues(session, change.roles)
    return actor, replace(change, handovers=tuple(handovers(services, session, change)))


def _wanted(
    change: AccountChange, by: Author, coming: Collection[tuple[str, Role]], asked_at: datetime
) -> Revoke:
    """`asked_at` is from before Keycloak was asked what the person holds."""
    roles = tuple(one.key for one in change.roles)
    return Revoke(change.person.id, by, roles, tuple(one for one in roles if one in coming), asked_at)


def _event(change: AccountChange, by: Author) -> AuditEvent:
    return AuditEvent(
        **by,
        kind=AuditKind.REVOKE_ASKED,
        subject=change.person.id,
        before={"roles": [one.words for one in change.roles]},
        after={"roles": list[str](), "name": change.person.name, "decides": change.decides},
    )
