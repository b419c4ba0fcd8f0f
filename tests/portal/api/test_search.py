"""SCP-2: who holds a role somewhere, where a role reaches, which roles somebody has; page by page."""

import bisect
import json
from typing import Any

import pytest

from directory.vocabulary import Role
from portal.mirroring.reconcile import reconcile
from tests.support.api.application import Application, application
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World


@pytest.fixture
def asks(world: World) -> Application:
    return application(world)


def subjects(role: str, code: str, **others: Any) -> dict[str, Any]:
    wanted = {"subject": {"type": "person"}, "resource": {"type": "organisation", "id": code}}
    return wanted | {"action": {"name": role}} | others


def resources(person: str, role: str, **others: Any) -> dict[str, Any]:
    wanted = {"subject": {"type": "person", "id": person}, "resource": {"type": "organisation"}}
    return wanted | {"action": {"name": role}} | others


def actions(person: str, code: str, **others: Any) -> dict[str, Any]:
    wanted = {"subject": {"type": "person", "id": person}, "resource": {"type": "organisation", "id": code}}
    return wanted | others


def ids(world: World, *names: str) -> list[str]:
    return sorted(world.people[name].id for name in names)


@pytest.mark.parametrize("where", ["context", "page"])
@pytest.mark.parametrize("what", ["subject", "resource", "action"])
def test_what_is_nested_as_deeply_as_can_be_read(asks: Application, what: str, where: str) -> None:
    """Refused at the depth at which it can't be read, or written again; never a fault."""
    whole = actions("una@approvers.example", SINGLE) | {"action": {"name": "provider-user"}}

    def status(depth: int) -> int:
        nested = '{"properties": {"deep": ' + "[" * depth + "]" * depth + "}}"
        body = json.dumps(whole)[:-1] + f', "{where}": {nested}' + "}"
        try:
            return asks.send(f"/search/{what}", body).status_code
        except RecursionError:  # said briefly: its traceback would be drawn for hours
            return 500

    first = bisect.bisect(range(2000), 200, key=status)
    assert {status(depth) for depth in range(first - 10, first + 30)} == {200, 400}


def test_who_holds_a_role_there(world: World, asks: Application) -> None:
    """Those who hold it over the organisation too; the disabled are nobody."""
    assert asks.found("subject", subjects("provider-approver", MULTI)) == ids(world, "pam", "paul")
    over = subjects("commissioner-approver", SINGLE)
    assert asks.found("subject", over) == ids(world, "carol", "chris", "iris")
    world.directory.set_enabled(world.people["chris"].id, False)
    world.mirror(world.people["chris"].id)
    assert asks.found("subject", over) == ids(world, "carol", "iris")
    assert asks.found("subject", subjects("service-desk", "P003")) == ids(world, "desk")
    assert asks.found("subject", subjects("provider-user", "P999")) == []
    assert asks.found("subject", subjects("manager", SINGLE)) == []


def test_somebody_who_holds_it_twice_is_there_once(world: World, asks: Application) -> None:
    """At an ICB and at a location below it, by whichever reaches."""
    approver = Role.COMMISSIONER_APPROVER
    twice = world.person("twice@approvers.example", (SUB_ICB, approver), ("QA1", approver))
    cluster = world.directory.create_cluster(SUB_ICB, "key", "One", "", [MULTI])
    world.directory.join_cluster(twice.id, cluster.id)
    reconcile(world.services)
    found = asks.found("subject", subjects(approver.value, SINGLE, page={"limit": 1}))
    assert found.count(twice.id) == 1
    assert len(found) == 4


def test_where_a_role_reaches(world: World, asks: Application) -> None:
    """With clusters applied, what is closed left out."""
    carol = world.people["carol"].id
    role = "commissioner-approver"
    assert asks.found("resource", resources(carol, role)) == [SUB_ICB, SINGLE, MULTI, "P004"]
    world.directory.change("P004", status="closed")
    world.mirror_organisation("P004")
    assert asks.found("resource", resources(carol, role)) == [SUB_ICB, SINGLE, MULTI]
    cluster = world.directory.create_cluster(SUB_ICB, "key", "One", "", [MULTI, "P003", "P004"])
    world.directory.join_cluster(carol, cluster.id)
    reconcile(world.services)
    assert asks.found("resource", resources(carol, role)) == [MULTI]
    assert asks.found("resource", resources(world.people["una"].id, "provider-user")) == [SINGLE]
    everywhere = asks.found("resource", resources("desk@approvers.example", "service-desk"))
    assert everywhere == sorted(["Y90", "QA1", "QB1", "A01", "B01", SINGLE, MULTI, "P003"])
    assert asks.found("resource", resources("nobody@approvers.example", role)) == []


def test_which_roles_somebody_has_there(world: World, asks: Application) -> None:
    both = world.person(
        "both@approvers.example", (SINGLE, Role.PROVIDER_USER), (SUB_ICB, Role.COMMISSIONER_USER)
    )
    assert asks.found("action", actions(both.id, SINGLE)) == ["commissioner-user", "provider-user"]
    assert asks.found("action", actions(both.id, MULTI)) == ["commissioner-user"]
    assert asks.found("action", actions(both.id, "P003")) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_hold_all_and_each_once(world: World, asks: Application, limit: int) -> None:
    """Whatever their size: nothing twice, nothing left out, and the end is said."""
    desk = world.people["desk"].id
    for what, body in {
        "subject": subjects("commissioner-approver", SINGLE),
        "resource": resources(desk, "service-desk"),
        "action": actions(desk, SINGLE),
    }.items():
        assert asks.found(what, body | {"page": {"limit": limit}}) == asks.found(what, body)


def test_what_a_page_says(world: World, asks: Application) -> None:
    """The page stands first; a token only when there is more."""
    body = resources(world.people["carol"].id, "commissioner-approver", page={"limit": 3})
    first = asks.post("/search/resource", body)
    assert list(first.json) == ["page", "results"]
    assert first.json["page"]["count"] == 3
    assert first.json["page"]["next_token"]
    rest = asks.post("/search/resource", body | {"page": {"token": first.json["page"]["next_token"]}})
    assert rest.json["page"] == {"count": 1, "next_token": ""}


def test_a_page_of_none(world: World, asks: Application) -> None:
    """Says whether there is anything at all."""
    body = resources(world.people["carol"].id, "commissioner-approver", page={"limit": 0})
    answer = asks.post("/search/resource", body).json
    assert answer["results"] == []
    assert answer["page"]["next_token"]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": {"type": "user", "id": "carol@approvers.example"}},
        {"subject": {"type": "person", "id": "chris@approvers.example"}},
        {"action": {"name": "commissioner-user"}},
        {"resource": {"type": "document"}},
        {"context": {"time": "now"}},
        {"page": {"limit": 2}},
        {"page": {"properties": {"sort": "name"}}},
    ],
)
def test_a_token_is_of_one_question(world: World, asks: Application, change: dict[str, Any]) -> None:
    """Of the same application too."""
    body = resources("carol@approvers.example", "commissioner-approver", page={"limit": 1})
    token = asks.post("/search/resource", body).json["page"]["next_token"]
    page = {"limit": 1} | change.get("page", {}) | {"token": token}
    assert asks.post("/search/resource", body | change | {"page": page}).status_code == 400
    other = application(world, azp="other", client_id="other")
    assert other.post("/search/resource", body | {"page": {"token": token}}).status_code == 400


@pytest.mark.parametrize(
    "page", [[], {"limit": -1}, {"limit": 1.5}, {"limit": "ten"}, {"limit": True}, {"token": "made-up"}]
)
def test_a_page_that_is_none(asks: Application, page: Any) -> None:
    body = resources("carol@approvers.example", "commissioner-approver", page=page)
    assert asks.post("/search/resource", body).status_code == 400


def test_an_id_that_is_searched_for_is_ignored(world: World, asks: Application) -> None:
    body = subjects("provider-approver", MULTI)
    body["subject"]["id"] = 17
    assert asks.found("subject", body) == ids(world, "pam", "paul")
    reached = resources(world.people["una"].id, "provider-user")
    reached["resource"]["id"] = "P003"
    assert asks.found("resource", reached) == [SINGLE]


def test_results_are_of_the_type_that_was_asked_for(asks: Application) -> None:
    """`user`, as the standard's examples say, or `person`; of other types there is nothing."""
    body = subjects("provider-approver", MULTI)
    for kind, many in {"user": 2, "person": 2, "robot": 0}.items():
        body["subject"]["type"] = kind
        results = asks.post("/search/subject", body).json["results"]
        assert [set(one) for one in results] == [{"type", "id"}] * many
        assert {one["type"] for one in results} <= {kind}


def test_every_result_is_answered_yes(world: World, asks: Application) -> None:
    """And what isn't found, no."""
    for name in world.people:
        person = world.people[name].id
        for role in Role:
            reached = asks.found("resource", resources(person, role.value))
            for organisation in world.directory.organisations():
                code = organisation.code
                opens = asks.told(person, role.value, code)[0]
                assert (code in reached) == opens
