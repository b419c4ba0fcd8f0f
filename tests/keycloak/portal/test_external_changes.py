"""What others change in Keycloak is in the audit: who, what it was and what it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from directory.contract import ChangeKind
from directory.errors import DirectoryUnavailable
from directory.vocabulary import Role
from portal.acts.decide import Decision, decide
from portal.mirroring.follow import MANY, follow
from portal.mirroring.reconcile import reconcile
from portal.mirroring.refresh import recheck_locked
from portal.model import AuditEntry, AuditKind, MirrorPosition
from portal.store.audit_check import verify
from portal.store.queries import people
from tests.keycloak.portal.test_on_keycloak import follow_until
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fakes.faults import Fault
from tests.support.servers.realm import TestRealm

CONSOLE = "An administrator of Keycloak"


def entries(world: World, kind: AuditKind) -> list[AuditEntry]:
    with world.services.sessions() as session:
        return list(
            session.scalars(select(AuditEntry).where(AuditEntry.kind == kind).order_by(AuditEntry.seq))
        )


def changed(entry: AuditEntry) -> dict[str, tuple[object, object]]:
    """What differs, before and after."""
    return {name: (was, entry.after[name]) for name, was in entry.before.items() if was != entry.after[name]}


def test_an_account_disabled_locked_and_deleted(world: World) -> None:
    """AUD-1: account actions that were taken in the console."""
    acts: list[tuple[Callable[[str], None], dict[str, tuple[object, object]]]] = [
        (world.directory.disable, {"enabled": (True, False)}),
        (world.directory.enable, {"enabled": (False, True)}),
        (world.directory.lock, {"locked": (False, True)}),
        (world.directory.lift_lock, {"locked": (True, False)}),
    ]
    carol = world.people["carol"]
    for act, difference in acts:
        act(carol.id)
        follow(world.services)
        entry = entries(world, AuditKind.ACCOUNT_CHANGED)[-1]
        assert (changed(entry), entry.subject, entry.actor_name) == (difference, carol.id, CONSOLE)
    world.directory.delete_person(carol.id)
    follow(world.services)
    gone = entries(world, AuditKind.ACCOUNT_CHANGED)[-1]
    assert gone.before["email"] == carol.email
    assert set(gone.after.values()) == {None}


def test_payment_types(world: World) -> None:
    """USR-7: given in the console; the portal's own stay out of it, its act has put them on record."""
    carol = world.people["carol"]
    follow(world.services)
    world.directory.set_payment_types(carol.id, "A01", ["QOF"])
    follow(world.services)
    assert entries(world, AuditKind.ACCOUNT_CHANGED) == []
    world.directory.give_payment_types(carol.id, "A01:QOF", "P001:Vaccinations")
    follow(world.services)
    (entry,) = entries(world, AuditKind.ACCOUNT_CHANGED)
    difference = {"payment_types": (["A01:QOF"], ["A01:QOF", "P001:Vaccinations"])}
    assert (changed(entry), entry.subject, entry.actor_name) == (difference, carol.id, CONSOLE)
    world.directory.give_payment_types(carol.id)
    reconcile(world.services)
    follow(world.services)
    assert people_mirror(world, carol.id) == ()


def people_mirror(world: World, person_id: str) -> tuple[str, ...]:
    with world.sessions() as session:
        return people.standing(session, person_id).person.payment_types


def test_an_organisation_changed_moved_and_deleted(world: World) -> None:
    """AUD-1: changes of sync and of the console, an approval level among them."""
    world.directory.change("P001", name="Fair Isle Medical", approval_level="multi")
    follow(world.services)
    world.directory.move("P001", "B01")
    follow(world.services)
    first, second = entries(world, AuditKind.ORGANISATION_CHANGED)
    assert changed(first) == {
        "name": ("Fair Isle Surgery", "Fair Isle Medical"),
        "level": ("single", "multi"),
    }
    assert changed(second) == {"place": ("Y90/QA1/A01/P001", "Y90/QB1/B01/P001")}
    assert {one.organisation_code for one in (first, second)} == {"P001"}


def test_nothing_changed_is_nothing_on_record(world: World) -> None:
    world.directory._note(ChangeKind.PERSON, world.people["una"].id)
    world.directory.change("P001")
    follow(world.services)
    assert entries(world, AuditKind.ACCOUNT_CHANGED) == entries(world, AuditKind.ORGANISATION_CHANGED) == []


def test_the_portals_own_acts_are_on_record_once(world: World) -> None:
    """AUD-1: by the act, which knows who decided; not a second time by the follower."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
    follow(world.services)
    assert len(entries(world, AuditKind.ROLE_GRANTED)) == 1
    assert entries(world, AuditKind.ACCOUNT_CHANGED) == []


def test_once_though_keycloak_goes_away_in_the_middle(world: World) -> None:
    """AUD-1: what was put on record before the outage isn't put there again after it."""
    follow(world.services)
    world.directory.disable(world.people["carol"].id)
    world.directory.disable(world.people["chris"].id)
    changes, name, first_person = [Fault.none()] * 3
    world.directory.go_wrong(changes, name, first_person, Fault.unavailable())
    with pytest.raises(DirectoryUnavailable):
        follow(world.services)
    assert len(entries(world, AuditKind.ACCOUNT_CHANGED)) == 1
    follow(world.services)
    disabled = {world.people[name].id for name in ("carol", "chris")}
    assert {entry.subject for entry in entries(world, AuditKind.ACCOUNT_CHANGED)} == disabled
    assert len(entries(world, AuditKind.ACCOUNT_CHANGED)) == 2


def test_a_lock_that_ran_out(world: World) -> None:
    """AUD-1: Keycloak itself did it, and nobody told."""
    world.directory.lock(world.people["chris"].id)
    follow(world.services)
    world.directory._locked.clear()
    recheck_locked(world.services)
    entry = entries(world, AuditKind.ACCOUNT_CHANGED)[-1]
    assert (changed(entry), entry.actor_name, entry.actor_id) == ({"locked": (True, False)}, "Keycloak", "")


def test_a_whole_country_at_once_by_its_count(world: World) -> None:
    """AUD-1: a deleted subtree, a large sync: how much, why, and by whom."""
    follow(world.services)
    before = len(entries(world, AuditKind.RECONCILED))
    world.directory.close_down("P003")
    follow(world.services)
    reconcile(world.services)
    assert len(entries(world, AuditKind.RECONCILED)) == before + 1
    entry = entries(world, AuditKind.RECONCILED)[-1]
    assert entry.after == {"written": 0, "deleted": 1}
    assert entry.reason == f"Keycloak told of changes (1) by: {CONSOLE}"
    (closed,) = entries(world, AuditKind.ORGANISATION_CHANGED)
    assert (closed.subject, closed.actor_name, closed.after["name"]) == ("P003", CONSOLE, None)


def test_every_change_of_a_sync_is_on_record_by_itself(world: World) -> None:
    """AUD-1: however many there are at once, each with who, before and after."""
    follow(world.services)
    for number in range(MANY + 1):
        world.directory.place(f"Q{number:04}", parent="B01")
    world.directory.change("P002", name="Cromarty & Co")
    world.directory.move("P001", "B01")
    with world.services.sessions.begin() as session:
        session.get(MirrorPosition, 1).read_to -= timedelta(hours=1)
    world.directory.age(timedelta(minutes=2))
    follow(world.services)
    told = {entry.subject: entry for entry in entries(world, AuditKind.ORGANISATION_CHANGED)}
    assert len(told) >= MANY + 3
    assert changed(told["P002"])["name"][1] == "Cromarty & Co"
    assert changed(told["P001"])["place"] == ("Y90/QA1/A01/P001", "Y90/QB1/B01/P001")
    assert {entry.actor_name for entry in told.values()} == {CONSOLE}
    with world.services.sessions() as session:
        assert verify(session).fault is None


@pytest.mark.keycloak
def test_in_a_real_keycloak(database: str, realm: TestRealm) -> None:
    """AUD-1: with the administrator's id and address, as Keycloak's own events tell them."""
    world = build_real(database, KeycloakScene(realm))
    carol = world.people["carol"]
    follow(world.services)
    world.directory.disable(carol.id)
    follow_until(world, lambda: entries(world, AuditKind.ACCOUNT_CHANGED))
    (entry,) = entries(world, AuditKind.ACCOUNT_CHANGED)
    assert (changed(entry), entry.subject, entry.actor_name) == (
        {"enabled": (True, False)},
        carol.id,
        CONSOLE,
    )
    assert entry.actor_id
    assert entry.origin
    world.directory.give_payment_types(carol.id, "A01:QOF")
    follow_until(world, lambda: len(entries(world, AuditKind.ACCOUNT_CHANGED)) > 1)
    assert changed(entries(world, AuditKind.ACCOUNT_CHANGED)[1]) == {"payment_types": ([], ["A01:QOF"])}
    world.directory.change("P001", postcode="ZE2 9JU")
    follow_until(world, lambda: entries(world, AuditKind.ORGANISATION_CHANGED))
    assert changed(entries(world, AuditKind.ORGANISATION_CHANGED)[0]) == {"postcode": ("", "ZE2 9JU")}
    with world.services.sessions() as session:
        assert verify(session).fault is None
