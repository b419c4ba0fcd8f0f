"""How the tests of removed roles look at a removal, and make it."""

from dataclasses import replace

from sqlalchemy import select

from directory.vocabulary import ApprovalLevel, Role
from portal.acts import level
from portal.acts.remove_role import Removal, preview, remove
from portal.effects.effect import organisation_key
from portal.model import AuditEntry, AuditKind
from portal.store.audit_check import verify
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import HERE, MULTI, World

COMMISSIONER, APPROVER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.PROVIDER_USER
DESK = ("desk", Role.SERVICE_DESK, "")
CAROL, IRIS = ("carol", COMMISSIONER, "A01"), ("iris", COMMISSIONER, "QA1")


def look(world: World, who: tuple[str, Role, str], whose: str, code: str, role: Role) -> Removal:
    return preview(world.services, world.actor(*who), world.people[whose].id, code, role)


def take(
    world: World, who: tuple[str, Role, str], whose: str, code: str, role: Role, shown: str | None = None
) -> Removal:
    """Looks and confirms what was shown; with `shown`, confirms that instead."""
    warning = look(world, who, whose, code, role).warning if shown is None else shown
    actor = world.actor(*who)
    return remove(world.services, actor, world.people[whose].id, code, role, warning, HERE)


def held(world: World, whose: str) -> set[tuple[Role, str]]:
    standing = world.directory.standing(world.people[whose].id)
    return {(holding.role, holding.organisation) for holding in standing.holdings}


def entries(world: World, kind: AuditKind) -> list[AuditEntry]:
    with world.services.sessions() as session:
        assert verify(session).fault is None
        return list(session.scalars(select(AuditEntry).where(AuditEntry.kind == kind)))


def to_single(world: World) -> None:
    """P002 is single-level in Keycloak, and its approvers are still to step down."""
    away = replace(world.services, wait=lambda _ids: False)
    carol = world.actor(*CAROL)
    named = [one.id for one in level.preview(away, carol, MULTI).approvers]
    level.switch(away, carol, MULTI, ApprovalLevel.SINGLE, named, HERE)
    run_due(world.services, organisation_key(MULTI))
    assert held(world, "pam") == {(APPROVER, MULTI)}
