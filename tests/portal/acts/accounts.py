"""How the tests of acts on accounts look at one, and do it: each confirms what was shown."""

from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts import disable, enable, revoke
from portal.acts.account_change import AccountChange
from portal.model import AuditEntry, AuditKind, PortalSession
from portal.model.notices import Notice, NoticeKind
from portal.rules.disabling import Reason, Why
from portal.rules.verdict import Refusal
from tests.portal.acts.removals import APPROVER, CAROL, COMMISSIONER, DESK, USER
from tests.support.builders.world import HERE, World

Who = tuple[str, object, str]
CHRIS = ("chris", COMMISSIONER, "A01")
LEFT = Reason(Why.LEFT)
MAY_NOT = [
    (("bella", COMMISSIONER, "B01"), "una", Refusal.NOT_YOUR_ORGANISATION),
    (("pam", APPROVER, "P002"), "una", Refusal.NOT_YOUR_ORGANISATION),
    (("pam", APPROVER, "P002"), "paul", Refusal.ROLE_ABOVE_YOURS),
    (CAROL, "iris", Refusal.NOT_YOUR_ORGANISATION),
    (CAROL, "desk", Refusal.NOT_YOUR_ORGANISATION),
    (DESK, "desk", Refusal.YOURSELF),
    (("una", USER, "P001"), "pam", Refusal.NOT_YOUR_ROLE),
    (CAROL, "carol", Refusal.YOURSELF),
]
"""Who may change nothing about whose account, and why."""


def have_disabled(world: World, who: Who, whose: str, reason: Reason = LEFT) -> AccountChange:
    person_id, actor = world.people[whose].id, world.actor(*who)
    shown = disable.preview(world.services, actor, person_id).shown
    return disable.disable(world.services, actor, person_id, reason, shown, HERE)


def disable_oneself(world: World, who: Who) -> AccountChange:
    actor = world.actor(*who)
    shown = disable.preview_own(world.services, actor).shown
    return disable.disable_own(world.services, actor, shown, HERE)


def have_enabled(world: World, who: Who, whose: str) -> AccountChange:
    person_id, actor = world.people[whose].id, world.actor(*who)
    shown = enable.preview(world.services, actor, person_id).shown
    return enable.enable(world.services, actor, person_id, shown, HERE)


def have_revoked(world: World, who: Who, whose: str) -> AccountChange:
    person_id, actor = world.people[whose].id, world.actor(*who)
    shown = revoke.preview(world.services, actor, person_id).shown
    return revoke.revoke(world.services, actor, person_id, shown, HERE)


DO = {"disable": have_disabled, "enable": have_enabled, "revoke": have_revoked}
ASKED = {
    "disable": AuditKind.DISABLE_ASKED,
    "enable": AuditKind.ENABLE_ASKED,
    "revoke": AuditKind.REVOKE_ASKED,
}


def enabled(world: World, whose: str) -> bool:
    return world.services.reader.person(world.people[whose].id).enabled


def words(world: World, address: str) -> str:
    """What the last message to this address says, on one line."""
    last = [one for one in world.post.sent if one["To"] == address][-1]
    return " ".join(last.get_body(("plain",)).get_content().split())


def told(entry: AuditEntry) -> tuple[str, str, str, str]:
    return entry.actor_name, entry.actor_role, entry.actor_organisation, entry.origin


def also(world: World, whose: str, code: str, role: Role) -> None:
    """The person holds one role more."""
    place = world.directory.organisation(code)
    world.directory.grant(world.people[whose].id, place, role)
    world.mirror(world.people[whose].id)


def notices(world: World, whose: str) -> list[tuple[NoticeKind, str]]:
    mine = select(Notice).where(Notice.person_id == world.people[whose].id).order_by(Notice.created_at)
    with world.sessions() as session:
        return [(one.kind, one.text) for one in session.scalars(mine)]


def portal_sessions(world: World, whose: str) -> int:
    mine = select(PortalSession).where(PortalSession.person_id == world.people[whose].id)
    with world.sessions() as session:
        return len(session.scalars(mine).all())
