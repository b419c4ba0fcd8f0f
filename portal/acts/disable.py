"""An approver disables somebody's account, or a person their own."""

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.acts.account_change import AccountChange, every_role, handovers, hold_queues
from portal.acts.on_their_way import on_their_way
from portal.acts.origin import Origin
from portal.casework.account_now import account_of, judged_account
from portal.casework.audit_events import author
from portal.casework.current_state import actor_now
from portal.effects import disable as disabling
from portal.effects import end_sessions, names
from portal.effects.effect import waiting_for
from portal.model.audit import AuditEvent, AuditKind
from portal.model.effects import Effect, EffectKind
from portal.rules.accounts import Account, may_disable_themselves
from portal.rules.actor import ActingAs, Actor
from portal.rules.disabling import Reason
from portal.rules.errors import AlreadySo, NotAllowed
from portal.rules.rights import Action
from portal.rules.use import is_of_service_desk
from portal.services import Services
from portal.store import audit
from portal.store.locks import Lock, hold


def preview(services: Services, asked_by: ActingAs, person_id: str) -> AccountChange:
    """What disabling would do. Raises NotAllowed, AlreadySo, PersonNotFound."""
    with services.sessions() as session:
        return _judge(services, session, asked_by, person_id)[1]


def disable(
    services: Services, asked_by: ActingAs, person_id: str, reason: Reason, shown: str, origin: Origin
) -> AccountChange:
    """Has the account disabled and its sessions ended, and waits a little for both.

    `shown` is what the confirmation page named. Of several who do it at once one does. Raises NotAllowed,
    PersonNotFound; AlreadySo when it is disabled already, and OutOfDate when it is no longer as shown.
    """
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, person_id)
        judged = _judge(services, session, asked_by, person_id)
        queued = _write(services, session, judged, reason.words, shown, origin)
    return judged[1].awaited(services, *queued)


def preview_own(services: Services, asked_by: ActingAs) -> AccountChange:
    """What disabling one's own account would do. Raises NotAllowed."""
    with services.sessions() as session:
        return _judge_own(services, session, asked_by)[1]


def disable_own(services: Services, asked_by: ActingAs, shown: str, origin: Origin) -> AccountChange:
    """The same for one's own account, which needs no right and no reason."""
    with services.sessions.begin() as session:
        hold(session, Lock.ACCOUNTS, asked_by.person_id)
        judged = _judge_own(services, session, asked_by)
        queued = _write(services, session, judged, "", shown, origin)
    return judged[1].awaited(services, *queued)


def _judge(
    services: Services, session: Session, asked_by: ActingAs, person_id: str
) -> tuple[Actor, AccountChange]:
    # First what is under way and then Keycloak: what is done in between is seen in one of the two.
    expected = will_be_enabled(session, person_id)
    coming = on_their_way(session, person_id)
    actor, account = judged_account(services, asked_by, Action.DISABLE, person_id, coming)
    return actor, _change(services, session, account, expected)


def _judge_own(services: Services, session: Session, asked_by: ActingAs) -> tuple[Actor, AccountChange]:
    expected = will_be_enabled(session, asked_by.person_id)
    actor = actor_now(services, asked_by)
    if is_of_service_desk(actor.standing):
        # So that the last two don't leave at one moment, each counted on by the other.
        hold(session, Lock.REMOVALS, "")
    verdict = may_disable_themselves(actor, _staying_at_the_desk(services, session))
    if not verdict.allowed:
        raise NotAllowed(verdict)
    return actor, _change(services, session, account_of(services, actor.standing), expected)


def _staying_at_the_desk(services: Services, session: Session) -> list[str]:
    """The active people of the Service Desk, by id, without those who are on their way out."""
    going = disabling.under_way(session)
    desk = services.reader.service_desk()
    return [one.person.id for one in desk if one.is_active and one.person.id not in going]


def _change(services: Services, session: Session, account: Account, expected: bool | None) -> AccountChange:
    enabled = account.standing.person.enabled if expected is None else expected
    if not enabled:
        raise AlreadySo(account.standing.person.id)
    change = AccountChange(account, every_role(account))
    hold_queues(session, change.roles)
    return replace(change, handovers=tuple(handovers(services, session, change)))


def will_be_enabled(session: Session, person_id: str) -> bool | None:
    """What the last who asked for a change will have made of the account; None when none is under way."""
    waiting = [
        row
        for kind in (EffectKind.DISABLE, EffectKind.ENABLE)
        for row in waiting_for(session, kind, person_id=person_id)
    ]
    last = max(waiting, key=lambda row: row.id, default=None)
    return last.kind is EffectKind.ENABLE if last else None


def _write(
    services: Services,
    session: Session,
    judged: tuple[Actor, AccountChange],
    reason: str,
    shown: str,
    origin: Origin,
) -> tuple[Effect, Effect]:
    actor, change = judged
    change.check_shown(shown)
    at, by = services.clock(), author(actor, origin.address)
    names.correct(session, change.person, by, at)
    effect = disabling.queue(session, change.person, by, reason, at)
    ending = end_sessions.queue(session, change.person, at)
    roles = [one.words for one in change.roles]
    event = AuditEvent(
        **by,
        kind=AuditKind.DISABLE_ASKED,
        subject=change.person.id,
        before={"enabled": True, "roles": roles},
        after={"enabled": False, "roles": roles, "name": change.person.name, "decides": change.decides},
        reason=reason,
    )
    audit.append(session, event, at)
    return effect, ending
