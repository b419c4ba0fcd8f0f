"""An application is told of the roles and places it was given; with a person's token, of that person."""

import pytest

from directory.vocabulary import OrganisationStatus, Role
from tests.portal.api.test_search import actions, resources, subjects
from tests.support.api.application import EVERYTHING, Application, application, question
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World

ASKS = "cqrs.evaluate cqrs.search"
NOT_GIVEN = (False, "not-given-to-application")


@pytest.mark.parametrize("scope", [ASKS, f"{ASKS} cqrs.role.provider-user", f"{ASKS} cqrs.place.everywhere"])
def test_without_roles_and_places_it_is_told_nothing(world: World, scope: str) -> None:
    """A client that an administrator gave the API and nothing else."""
    asks = application(world, scope)
    una = world.people["una"].id
    assert asks.told(una, "provider-user", SINGLE) == NOT_GIVEN
    assert asks.found("subject", subjects("provider-user", SINGLE)) == []
    assert asks.found("resource", resources(una, "provider-user")) == []
    assert asks.found("action", actions(una, SINGLE)) == []


def test_it_is_told_of_its_roles_alone(world: World) -> None:
    asks = application(world, f"{ASKS} cqrs.place.everywhere cqrs.role.provider-user cqrs.role.no-such")
    una, carol = world.people["una"].id, world.people["carol"].id
    assert asks.told(una, "provider-user", SINGLE) == (True, "held-here")
    assert asks.told(carol, "commissioner-approver", SINGLE) == NOT_GIVEN
    assert asks.found("subject", subjects("commissioner-approver", SINGLE)) == []
    assert asks.found("resource", resources(carol, "commissioner-approver")) == []
    assert asks.found("action", actions(carol, SINGLE)) == []


def test_it_is_told_of_its_places_alone(world: World) -> None:
    """At and below them, wherever the person holds the role."""
    asks = application(world, f"{ASKS} cqrs.role.commissioner-approver cqrs.place.P001")
    iris = world.people["iris"].id
    assert asks.told(iris, "commissioner-approver", SINGLE) == (True, "held-over")
    assert asks.told(iris, "commissioner-approver", MULTI) == NOT_GIVEN
    assert asks.told(iris, "commissioner-approver", "QA1") == NOT_GIVEN
    assert asks.found("resource", resources(iris, "commissioner-approver")) == [SINGLE]
    assert asks.found("subject", subjects("commissioner-approver", MULTI)) == []
    below = application(world, f"{ASKS} cqrs.role.commissioner-approver cqrs.place.{SUB_ICB}")
    assert below.told(iris, "commissioner-approver", MULTI) == (True, "held-over")


def test_what_it_was_not_given_reads_the_same_whatever_is_so(world: World) -> None:
    """Neither the closed, nor the disabled, nor who has an account shows through."""
    asks = application(world, f"{ASKS} cqrs.role.provider-user cqrs.place.P003")
    answers = [asks.told(who, "provider-user", SINGLE) for who in ("una@approvers.example", "no@one.example")]
    world.directory.change(SINGLE, status=OrganisationStatus.CLOSED.value)
    world.mirror_organisation(SINGLE)
    answers.append(asks.told("una@approvers.example", "provider-user", SINGLE))
    assert set(answers) == {NOT_GIVEN}


@pytest.fixture
def unas(world: World) -> Application:
    """An application to which una signed in."""
    return application(world, EVERYTHING, person=world.people["una"].id)


def test_on_behalf_of_somebody_it_is_told_of_them(world: World, unas: Application) -> None:
    una = world.people["una"].id
    assert unas.told(una, "provider-user", SINGLE) == (True, "held-here")
    assert unas.told("una@approvers.example", "provider-user", SINGLE) == (True, "held-here")
    assert unas.told(una, "provider-user", MULTI) == (False, "not-held")
    assert unas.found("resource", resources(una, "provider-user")) == [SINGLE]
    assert unas.found("action", actions(una, SINGLE)) == ["provider-user"]
    assert unas.found("subject", subjects("provider-user", SINGLE)) == [una]


def test_on_behalf_of_somebody_others_are_nobody(world: World, unas: Application) -> None:
    """A thief of una's token learns nothing of a colleague, not even whether there is one."""
    colleague = world.person("colleague@approvers.example", (SINGLE, Role.PROVIDER_USER))
    assert unas.told(colleague.id, "provider-user", SINGLE) == NOT_GIVEN
    assert unas.told("nobody@approvers.example", "provider-user", SINGLE) == NOT_GIVEN
    assert unas.found("resource", resources(colleague.id, "provider-user")) == []
    assert unas.found("action", actions(colleague.id, SINGLE)) == []
    assert unas.found("subject", subjects("provider-approver", MULTI)) == []
    many = question(colleague.id, "provider-user", SINGLE) | {"evaluations": [{}]}
    assert unas.post("/evaluations", many).json["evaluations"][0]["decision"] is False


def test_a_disabled_persons_token_opens_nothing(world: World, unas: Application) -> None:
    una = world.people["una"].id
    world.directory.set_enabled(una, False)
    world.mirror(una)
    assert unas.told(una, "provider-user", SINGLE) == (False, "person-disabled")


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("/evaluation", "cqrs.evaluate"),
        ("/evaluations", "cqrs.evaluate"),
        ("/search/subject", "cqrs.search"),
        ("/search/resource", "cqrs.search"),
        ("/search/action", "cqrs.search"),
    ],
)
def test_each_question_needs_its_scope(world: World, path: str, needed: str) -> None:
    """And is refused with the scope's name to whoever has all others."""
    body = question(world.people["una"].id, "provider-user", SINGLE)
    assert application(world).post(path, body).status_code == 200
    without = " ".join(name for name in EVERYTHING.split() if name != needed)
    refused = application(world, without).post(path, body)
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert f'error="insufficient_scope", scope="{needed}"' in refused.headers["WWW-Authenticate"]
