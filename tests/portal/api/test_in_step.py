"""SCP-2's freshness: an answer is never from a mirror that may have missed a change for ten seconds."""

from datetime import timedelta

import pytest

from directory.vocabulary import Role
from portal.mirroring.follow import follow
from tests.portal.api.test_search import resources
from tests.support.api.application import Application, application, in_step
from tests.support.builders.world import MULTI, SINGLE, World
from tests.support.fakes.faults import Fault

OLD = timedelta(seconds=11)


@pytest.fixture
def asks(world: World) -> Application:
    return application(world)


def test_a_mirror_out_of_step_decides_nothing(world: World, asks: Application) -> None:
    """Keycloak itself does: what the console gave or took counts at once."""
    una = world.people["una"].id
    world.directory.remove(una, world.services.reader.organisation(SINGLE), Role.PROVIDER_USER)
    world.directory.grant(una, world.services.reader.organisation(MULTI), Role.PROVIDER_USER)
    assert asks.told(una, "provider-user", SINGLE)[0]
    in_step(world, OLD)
    assert asks.told(una, "provider-user", SINGLE) == (False, "not-held")
    assert asks.told("una@approvers.example", "provider-user", MULTI) == (True, "held-here")


@pytest.mark.parametrize(
    ("who", "role", "code", "expected"),
    [
        ("carol", "commissioner-approver", SINGLE, (True, "held-over")),
        ("desk", "service-desk", "P003", (True, "held-everywhere")),
        ("carol", "commissioner-approver", "P003", (False, "not-held")),
        ("carol", "commissioner-approver", "P999", (False, "organisation-unknown")),
        ("carol", "commissioner-approver", "../P001", (False, "organisation-unknown")),
        ("nobody", "commissioner-approver", SINGLE, (False, "not-held")),
    ],
)
def test_keycloaks_answers_are_the_same(
    world: World, asks: Application, who: str, role: str, code: str, expected: tuple[bool, str]
) -> None:
    """As the mirror's when that is in step."""
    person = world.people[who].id if who in world.people else "3f1c5a52-9b0a-4d5b-bb54-1d2d7e3f0c11"
    assert asks.told(person, role, code) == expected
    in_step(world, OLD)
    assert asks.told(person, role, code) == expected


def test_a_search_waits_for_the_mirror(world: World, asks: Application) -> None:
    """There is nothing to search in Keycloak."""
    body = resources(world.people["una"].id, "provider-user")
    in_step(world, OLD)
    answer = asks.post("/search/resource", body)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    in_step(world)
    assert asks.found("resource", body) == [SINGLE]


def test_readiness_says_whether_searches_are_answered(world: World, asks: Application) -> None:
    """To anybody: a load balancer has no token."""
    assert asks.client.get("/access/v1/ready").status_code == 200
    in_step(world, OLD)
    answer = asks.client.get("/access/v1/ready")
    assert (answer.status_code, answer.json) == (503, {"status": "mirror out of step"})


def test_with_keycloak_away_too_nothing_is_answered(world: World, asks: Application) -> None:
    """Nothing opens because nobody can say that it is shut."""
    in_step(world, OLD)
    world.directory.go_wrong(Fault.unavailable())
    una = world.people["una"].id
    body = {"subject": {"type": "person", "id": una}, "action": {"name": "provider-user"}}
    answer = asks.post("/evaluation", body | {"resource": {"type": "organisation", "id": SINGLE}})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_whoever_follows_keeps_it_in_step(world: World, asks: Application) -> None:
    """Each time that all changes are read, none left for later."""
    in_step(world, OLD)
    una = world.people["una"].id
    world.directory.remove(una, world.services.reader.organisation(SINGLE), Role.PROVIDER_USER)
    follow(world.services)
    assert asks.found("resource", resources(una, "provider-user")) == []
