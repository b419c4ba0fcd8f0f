"""What comes into the organisations, leaves them or gets another code, with all that is below it (SYN-7)."""

from datetime import timedelta

import pytest

from directory.vocabulary import Role
from portal.mirroring.follow import follow, note_in_step
from portal.mirroring.refresh import refresh_organisation
from portal.model import AuditEntry, AuditKind, MirroredOrganisation, MirrorPosition
from portal.store.queries import people
from tests.support.builders.world import World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def world(database: str, realm: TestRealm) -> World:
    return build_real(database, KeycloakScene(realm))


def mirrored(world: World) -> dict[str, str]:
    """Where each organisation is, by its code."""
    with world.sessions() as session:
        return {one.code: "/".join(one.path) for one in session.query(MirroredOrganisation)}


def on_record(world: World, code: str) -> list[str | None]:
    """Who changed it."""
    with world.sessions() as session:
        entries = session.query(AuditEntry).filter_by(organisation_code=code)
        return [entry.actor_name for entry in entries.filter_by(kind=AuditKind.ORGANISATION_CHANGED)]


def held_at(world: World, who: str) -> set[str]:
    with world.sessions() as session:
        found = people.standing(session, world.people[who].id)
    return {held.organisation for held in found.holdings} if found else set()


def in_step(world: World) -> object:
    with world.sessions() as session:
        return session.get_one(MirrorPosition, 1).in_step_at


def place_again(world: World, code: str, group: str, parent: str = "") -> None:
    """The group goes below that organisation's, or to the top of the realm, where it is no organisation."""
    path = f"groups/{world.directory.reader.organisation(parent).id}/children" if parent else "groups"
    world.directory.ask("POST", path, {"id": group, "name": code})


def test_a_location_that_leaves_and_comes_back(world: World) -> None:
    """With its practices and everybody's roles there, and its own."""
    before, group = mirrored(world), world.directory.reader.organisation("A01").id
    follow(world.services)
    place_again(world, "A01", group)
    world.directory.lock(world.people["una"].id)  # which Keycloak itself does, a moment later
    follow(world.services)
    assert mirrored(world).keys() == before.keys() - {"A01", "P001", "P002", "P004"}
    assert {*on_record(world, "P001"), *on_record(world, "A01")} == {"An administrator of Keycloak"}
    assert [held_at(world, who) for who in ("carol", "pam", "una")] == [set()] * 3
    place_again(world, "A01", group, "QA1")
    follow(world.services)
    assert mirrored(world) == before
    assert [held_at(world, who) for who in ("carol", "pam", "una")] == [{"A01"}, {"P002"}, {"P001"}]


def test_a_worker_killed_before_all_is_read(world: World) -> None:
    """SCP-2: the next one reads it, and until then nobody answers for more than is known."""
    group = world.directory.reader.organisation("B01").id
    follow(world.services)
    before = in_step(world)
    place_again(world, "B01", group)
    refresh_organisation(world.services, group)
    note_in_step(world.services, timedelta())
    assert in_step(world) == before
    follow(world.services)
    assert "P003" not in mirrored(world)
    assert in_step(world) != before
    place_again(world, "B01", group, "QB1")
    follow(world.services)
    assert "P003" in mirrored(world)


def test_a_role_whose_group_has_another_name(world: World) -> None:
    """Nobody holds it then; called as before, everybody has it again."""
    group = world.directory.reader.role_group(
        world.directory.reader.organisation("P001").id, Role.PROVIDER_USER
    )
    for name, held in (("of-last-year", set()), (Role.PROVIDER_USER.value, {"P001"})):
        world.directory.ask("PUT", f"groups/{group}", {"name": name})
        follow(world.services)
        assert held_at(world, "una") == held
    assert "of-last-year" not in mirrored(world)


def test_another_code(world: World) -> None:
    """Whoever gives it in the console gives it to what is below, and to the roles there."""
    group = world.directory.reader.organisation("QB1").id
    world.directory.enrol("ida@qb1.example", "Ida", "Icb", (("QB1", Role.COMMISSIONER_APPROVER),))
    follow(world.services)
    attributes = world.directory.ask("GET", f"groups/{group}").json()["attributes"]
    for code, old in (("QC1", "QB1"), ("QB1", "QC1")):
        world.directory.ask("PUT", f"groups/{group}", {"name": code, "attributes": attributes})
        follow(world.services)
        places = mirrored(world)
        assert (places[code], places["P003"]) == (f"Y90/{code}", f"Y90/{code}/B01/P003")
        assert old not in places
        with world.sessions() as session:
            (held,) = people.standing(
                session, world.directory.reader.person_by_email("ida@qb1.example").id
            ).holdings
        assert held.path == ("Y90", code)
