"""SCP-3 for applications: why somebody can see an organisation's affairs, and at which link it breaks."""

from typing import Any

import pytest

from directory.vocabulary import OrganisationStatus, Role
from portal.acts.decide import Decision, decide
from tests.support.api.application import application
from tests.support.builders.world import HERE, World

ROLES = "cqrs.role.provider-user cqrs.role.commissioner-approver cqrs.role.service-desk"
GIVEN = f"cqrs.why {ROLES} cqrs.place.everywhere"


def asked(person: str, code: str, role: str = "") -> dict[str, Any]:
    question = {
        "subject": {"type": "user", "id": person},
        "resource": {"type": "organisation", "id": code},
    }
    return question | ({"action": {"name": role}} if role else {})


def why(world: World, who: str, code: str, role: str = "", given: str = GIVEN) -> Any:
    answer = application(world, given).post("/why", asked(world.people[who].id, code, role))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_role_over_it_holds(world: World) -> None:
    said = why(world, "iris", "P001")
    chain = {"role": "commissioner-approver", "held_at": "QA1", "holds": True}
    assert said == {"decision": True, "chains": [chain]}


def test_a_role_elsewhere_does_not(world: World) -> None:
    (chain,) = why(world, "bella", "P001")["chains"]
    assert (chain["holds"], chain["broken"]["reason"]) == (False, "elsewhere")


def test_who_gave_it_and_when(world: World) -> None:
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    decide(world.services, carol, world.registered(), Decision.APPROVE, "", HERE)
    world.work()
    person = world.directory.person_by_email("new@p001.example")
    (chain,) = application(world, GIVEN).post("/why", asked(person.id, "P001")).json["chains"]
    assert chain["given"]["by"] == "Carol Person"
    assert chain["given"]["at"].startswith("2026-01-05T10:")


def test_clusters_are_named(world: World) -> None:
    cluster = world.directory.create_cluster("A01", "key", "Coast", "", ["P001"])
    world.directory.restrict(world.people["carol"].id, "A01", [cluster.id])
    (holds,) = why(world, "carol", "P001")["chains"]
    assert (holds["holds"], holds["clusters"]) == (True, [{"short_name": "A01-1", "by": "P001"}])
    (broken,) = why(world, "carol", "P002")["chains"]
    assert (broken["broken"]["reason"], broken["clusters"]) == ("outside-clusters", [{"short_name": "A01-1"}])


@pytest.mark.parametrize("who", ["desk", "carol"])
def test_what_has_closed_is_in_no_scope(world: World, who: str) -> None:
    world.directory.change("P004", status=OrganisationStatus.CLOSED)
    said = why(world, who, "P004")
    assert (said["decision"], said["chains"][0]["broken"]["reason"]) == (False, "closed")


def test_one_role_alone(world: World) -> None:
    assert why(world, "iris", "P001", "provider-user") == {"decision": False, "chains": []}
    assert why(world, "iris", "P001", "commissioner-approver")["decision"]


def test_an_application_is_told_of_no_more_than_it_was_given(world: World) -> None:
    user = "cqrs.why cqrs.role.provider-user cqrs.place.everywhere"
    assert why(world, "iris", "P001", given=user) == {"decision": False, "chains": []}
    elsewhere = f"cqrs.why {ROLES} cqrs.place.B01"
    assert why(world, "iris", "P001", given=elsewhere) == {"decision": False, "chains": []}


@pytest.mark.parametrize("fate", ["active", "disabled", "closed"])
def test_where_else_somebody_has_a_role_is_not_told(world: World, fate: str) -> None:
    """Whatever breaks the chain first: an account that is disabled, the other place's closure."""
    restrict_bella(world)
    if fate == "disabled":
        world.directory.disable(world.people["bella"].id)
    if fate == "closed":
        world.directory.change("B01", status=OrganisationStatus.CLOSED)
    here = f"cqrs.why {ROLES} cqrs.place.P001"
    assert why(world, "bella", "P001", given=here) == {"decision": False, "chains": []}
    assert [one["held_at"] for one in why(world, "bella", "P001")["chains"]] == ["B01"]


def test_what_was_given_besides_is_told(world: World) -> None:
    both = f"cqrs.why {ROLES} cqrs.place.P001 cqrs.place.QB1"
    assert [one["held_at"] for one in why(world, "bella", "P001", given=both)["chains"]] == ["B01"]


def test_what_stands_over_the_place_is_told(world: World) -> None:
    here = f"cqrs.why {ROLES} cqrs.place.P001"
    assert [one["held_at"] for one in why(world, "iris", "P001", given=here)["chains"]] == ["QA1"]
    cluster = world.directory.create_cluster("A01", "key", "Coast", "", ["P002"])
    world.directory.restrict(world.people["carol"].id, "A01", [cluster.id])
    (broken,) = why(world, "carol", "P001", given=here)["chains"]
    assert (broken["held_at"], broken["broken"]["reason"]) == ("A01", "outside-clusters")


def restrict_bella(world: World) -> None:
    cluster = world.directory.create_cluster("B01", "key", "Inland", "", ["P003"])
    world.directory.restrict(world.people["bella"].id, "B01", [cluster.id])


def test_a_person_is_named_by_address_too(world: World) -> None:
    reports = application(world, GIVEN)
    for address in ("iris@approvers.example", "Iris@Approvers.EXAMPLE"):
        assert reports.post("/why", asked(address, "P001")).json == why(world, "iris", "P001")
    assert reports.post("/why", asked("nobody@approvers.example", "P001")).status_code == 404


def test_by_address_too_a_person_asks_about_themselves_alone(world: World) -> None:
    iris = application(world, GIVEN, world.people["iris"].id)
    assert iris.post("/why", asked("iris@approvers.example", "P001")).json["decision"]
    others = [
        iris.post("/why", asked(address, "P001")).get_data(as_text=True)
        for address in ("carol@approvers.example", "nobody@approvers.example")
    ]
    assert others[0] == others[1]


def test_who_is_nobody_and_what_is_nowhere(world: World) -> None:
    reports, iris = application(world, GIVEN), world.people["iris"].id
    for question in (asked("nobody", "P001"), asked(iris, "NONE"), asked(iris, "P001", "no-such-role")):
        assert reports.post("/why", question).status_code == 404


def test_a_person_asks_about_themselves_alone(world: World) -> None:
    iris = application(world, GIVEN, world.people["iris"].id)
    assert iris.post("/why", asked(world.people["iris"].id, "P001")).json["decision"]
    assert iris.post("/why", asked(world.people["carol"].id, "P001")).status_code == 404


def test_it_takes_a_scope_of_its_own(world: World) -> None:
    reports = application(world, f"cqrs.evaluate cqrs.search {ROLES} cqrs.place.everywhere")
    assert reports.post("/why", asked(world.people["iris"].id, "P001")).status_code == 403
