"""The acts on a real Keycloak: what the directory in memory stands in for elsewhere."""

import time

import pytest
from sqlalchemy import select

from directory.vocabulary import ApprovalLevel, Role, Standing
from portal.acts.decide import Decision, decide
from portal.acts.level import preview, switch
from portal.acts.unlock import unlock
from portal.mirroring.follow import follow
from portal.model import AuditEntry, AuditKind
from portal.rules.errors import NotAllowed, NotLocked
from portal.store.queries import people
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm

APPROVER, COMMISSIONER = (Role.PROVIDER_APPROVER, "P002"), (Role.COMMISSIONER_APPROVER, "A01")
pytestmark = pytest.mark.keycloak
LONGEST_WAIT = 60.0
"""Seconds, for a busy machine: how soon the worker follows is shown elsewhere."""


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> World:
    return build_real(database, KeycloakScene(realm))


def holder(world: World, request_id: object) -> tuple[Role | None, str | None]:
    request = world.request(request_id)
    return request.held_by_role, request.held_by_organisation


def seen(world: World, who: str) -> Standing:
    """As the mirror has them."""
    with world.services.sessions() as session:
        found = people.standing(session, world.people[who].id)
    assert found
    return found


def follow_until(world: World, done: object) -> None:
    """Follows as the worker does, until what is looked for is so."""
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        follow(world.services)
        world.work()
        if done():
            return
        time.sleep(0.2)
    raise AssertionError("the change did not arrive")


def test_a_locked_approver_keeps_their_queue_and_a_disabled_one_loses_it(country: World) -> None:
    """APR-1, ROL-3, SYN-7: Keycloak's own lock after wrong passwords, and a tick in the console."""
    request_id = country.registered("new@p002.example", "P002")
    country.directory.lock(country.people["pam"].id)
    country.directory.disable(country.people["paul"].id)
    follow_until(country, lambda: seen(country, "pam").locked and not seen(country, "paul").person.enabled)
    assert holder(country, request_id) == (Role.PROVIDER_APPROVER, "P002")
    carol, pam = country.actor("carol", Role.COMMISSIONER_APPROVER, "A01"), country.actor("pam", *APPROVER)
    with pytest.raises(NotAllowed):
        decide(country.services, carol, request_id, Decision.APPROVE, "", HERE)
    decide(country.services, pam, request_id, Decision.REJECT, "Not known here", HERE)
    country.directory.disable(country.people["pam"].id)
    follow_until(country, lambda: not seen(country, "pam").person.enabled)
    other = country.registered("other@p002.example", "P002")
    assert holder(country, other) == (Role.COMMISSIONER_APPROVER, "A01")
    country.directory.enable(country.people["pam"].id)
    follow_until(country, lambda: holder(country, other) == (Role.PROVIDER_APPROVER, "P002"))


def test_the_right_approver_unlocks(country: World) -> None:
    """USR-5, ROL-3: after wrong passwords; the right one counts again. From elsewhere it is refused."""
    una, scene = country.people["una"], country.directory
    scene.lock(una.id)
    assert not scene.takes(una.email)
    with pytest.raises(NotAllowed):
        unlock(country.services, country.actor("bella", Role.COMMISSIONER_APPROVER, "B01"), una.id, HERE)
    assert unlock(country.services, country.actor("carol", *COMMISSIONER), una.id, HERE).applied
    assert not seen(country, "una").locked
    assert scene.takes(una.email)
    with pytest.raises(NotLocked):
        unlock(country.services, country.actor("carol", *COMMISSIONER), una.id, HERE)
    follow(country.services)
    with country.services.sessions() as session:
        kinds = session.scalars(select(AuditEntry.kind).where(AuditEntry.subject == una.id)).all()
    assert kinds[-2:] == [AuditKind.UNLOCK_ASKED, AuditKind.ACCOUNT_UNLOCKED]


def test_approved_and_in_the_mirror_at_once(country: World) -> None:
    """APR-4: the grant is in Keycloak and the mirror when the act returns."""
    request_id = country.registered("swift@p001.example", "P001")
    carol = country.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    decided = decide(country.services, carol, request_id, Decision.APPROVE, "", HERE)
    assert decided.applied_at is not None
    held = country.services.reader.standing(decided.person_id).holdings
    with country.services.sessions() as session:
        assert people.standing(session, decided.person_id).holdings == held
    assert [(one.role, one.organisation) for one in held] == [(Role.PROVIDER_USER, "P001")]


def test_a_level_switch_changes_keycloak(country: World) -> None:
    """ORG-3, ORG-2: the attribute and the roles are Keycloak's."""
    carol = country.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    change = preview(country.services, carol, "P002")
    named = [person.id for person in change.approvers]
    switch(country.services, carol, "P002", ApprovalLevel.SINGLE, named, HERE)
    country.work()
    reader = country.services.reader
    practice = reader.organisation("P002")
    assert practice.approval_level is ApprovalLevel.SINGLE
    assert reader.holders(practice, Role.PROVIDER_APPROVER) == []
    assert {s.person.id for s in reader.holders(practice, Role.PROVIDER_USER)} == set(named)
