"""SCP-2: may this person use this role at this organisation, and why."""

from typing import Any

import pytest

from directory.vocabulary import OrganisationStatus, Role
from portal.mirroring.reconcile import reconcile
from tests.support.api.application import Application, application, question
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World


@pytest.fixture
def asks(world: World) -> Application:
    return application(world)


@pytest.mark.parametrize(
    ("who", "role", "code", "opens", "reason"),
    [
        ("una", "provider-user", SINGLE, True, "held-here"),
        ("pam", "provider-approver", MULTI, True, "held-here"),
        ("carol", "commissioner-approver", SUB_ICB, True, "held-here"),
        ("carol", "commissioner-approver", SINGLE, True, "held-over"),
        ("iris", "commissioner-approver", SINGLE, True, "held-over"),
        ("desk", "service-desk", "P003", True, "held-everywhere"),
        ("una", "provider-user", MULTI, False, "not-held"),
        ("una", "provider-finance", SINGLE, False, "not-held"),
        ("carol", "commissioner-approver", "P003", False, "not-held"),
        ("carol", "commissioner-approver", "QA1", False, "not-held"),
        ("pam", "commissioner-approver", MULTI, False, "not-held"),
        ("una", "provider-user", "P999", False, "organisation-unknown"),
        ("una", "manager", SINGLE, False, "role-unknown"),
        ("una", "Provider-User", SINGLE, False, "role-unknown"),
    ],
)
def test_each_kind_of_answer(
    world: World, asks: Application, who: str, role: str, code: str, opens: bool, reason: str
) -> None:
    """In the form of the standard, with our reason."""
    assert asks.told(world.people[who].id, role, code) == (opens, reason)


def test_a_person_by_address_in_any_case(asks: Application) -> None:
    assert asks.told("Una@Approvers.Example", "provider-user", SINGLE) == (True, "held-here")


@pytest.mark.parametrize("who", ["nobody@approvers.example", "3f1c5a52-9b0a-4d5b-bb54-1d2d7e3f0c11", ""])
def test_an_unknown_person_holds_nothing(asks: Application, who: str) -> None:
    """The same as one who is known and holds nothing there: nothing says who has an account."""
    assert asks.told(who, "provider-user", SINGLE) == (False, "not-held")


def test_a_disabled_person_opens_nothing(world: World, asks: Application) -> None:
    una = world.people["una"]
    world.directory.set_enabled(una.id, False)
    world.mirror(una.id)
    assert asks.told(una.id, "provider-user", SINGLE) == (False, "person-disabled")


def test_a_revoked_role_opens_nothing(world: World, asks: Application) -> None:
    una = world.people["una"]
    world.directory.remove(una.id, world.services.reader.organisation(SINGLE), Role.PROVIDER_USER)
    world.mirror(una.id)
    assert asks.told(una.id, "provider-user", SINGLE) == (False, "not-held")


def test_a_locked_person_keeps_what_they_hold(world: World, asks: Application) -> None:
    """ROL-3: whoever knows an address can cause a lock."""
    una = world.people["una"]
    world.directory.lock(una.id)
    world.mirror(una.id)
    assert asks.told(una.id, "provider-user", SINGLE)[0]


@pytest.mark.parametrize("who", ["una", "carol", "desk"])
def test_a_closed_organisation_is_out_of_every_scope(world: World, asks: Application, who: str) -> None:
    role = {"una": "provider-user", "carol": "commissioner-approver", "desk": "service-desk"}[who]
    close(world, SINGLE)
    assert asks.told(world.people[who].id, role, SINGLE) == (False, "organisation-closed")


def test_a_role_at_a_closed_commissioner_opens_nothing(world: World, asks: Application) -> None:
    """Below it all may be open still, on its way to another."""
    close(world, SUB_ICB)
    carol = world.people["carol"].id
    assert asks.told(carol, "commissioner-approver", SINGLE) == (False, "place-of-role-closed")


def test_clusters_restrict(world: World, asks: Application) -> None:
    """CLU-4: only what is listed; an emptied cluster widens nothing."""
    carol = world.people["carol"]
    cluster = world.directory.create_cluster(SUB_ICB, "key", "One", "", [MULTI])
    world.directory.join_cluster(carol.id, cluster.id)
    reconcile(world.services)
    assert asks.told(carol.id, "commissioner-approver", MULTI) == (True, "held-over")
    assert asks.told(carol.id, "commissioner-approver", SINGLE) == (False, "outside-clusters")
    assert asks.told(carol.id, "commissioner-approver", SUB_ICB) == (False, "outside-clusters")
    world.directory.relist_cluster(cluster.id)
    reconcile(world.services)
    assert asks.told(carol.id, "commissioner-approver", MULTI) == (False, "outside-clusters")


@pytest.mark.parametrize(("subject", "resource"), [("robot", "organisation"), ("person", "document")])
def test_other_types_open_nothing(world: World, asks: Application, subject: str, resource: str) -> None:
    asked = question(world.people["una"].id, "provider-user", SINGLE)
    asked["subject"]["type"], asked["resource"]["type"] = subject, resource
    answer = asks.post("/evaluation", asked).json
    assert (answer["decision"], answer["context"]["reason"]) == (False, "type-unknown")


def test_unknown_fields_are_ignored(world: World, asks: Application) -> None:
    asked: dict[str, Any] = question(world.people["una"].id, "provider-user", SINGLE)
    asked |= {"context": {"time": "1985-10-26T01:22-07:00"}, "later": {"version": 2}}
    asked["subject"] |= {"properties": {"department": "Sales"}, "colour": "green"}
    assert asks.post("/evaluation", asked).json["decision"] is True


def close(world: World, code: str) -> None:
    world.directory.change(code, status=OrganisationStatus.CLOSED.value)
    world.mirror_organisation(code)
