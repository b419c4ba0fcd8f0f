"""SCP-5 at its address: begun without a cursor, read on from one, and told when to begin again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from directory.vocabulary import Role
from portal.acts.housekeeping import KEEP_SCOPE_CHANGES, keep_house
from portal.mirroring.scope_feed import bring_in_step
from portal.model import FeedPosition
from tests.support.builders.application import EVERYWHERE, Application
from tests.support.builders.world import World

PATH = "/access/v1/changes"
USERS = f"cqrs.changes cqrs.role.provider-user {EVERYWHERE}"


def settled(world: World) -> World:
    while bring_in_step(world.services):
        pass
    return world


def read(application: Application, cursor: str = "", limit: int = 1000) -> tuple[list[tuple[str, ...]], str]:
    """Everything from the cursor on, with people by their short names, and the cursor to go on with."""
    entries = []
    for page in pages(application, cursor, limit):
        entries += page["changes"]
        cursor = page["cursor"]
    names = {person.id: name for name, person in application.world.people.items()}
    return [
        (one["change"], names[one["subject"]["id"]], one["action"]["name"], one["resource"]["id"])
        for one in entries
    ], cursor


def pages(application: Application, cursor: str, limit: int) -> Iterator[dict[str, Any]]:
    more = True
    while more:
        answer = application.get(PATH, cursor=cursor, limit=limit)
        assert answer.status_code == 200, answer.text
        yield answer.json
        cursor, more = answer.json["cursor"], answer.json["more"]


def give(world: World, who: str, code: str, role: Role) -> None:
    world.directory.grant(world.people[who].id, world.directory.organisation(code), role)
    world.mirror(world.people[who].id)
    settled(world)


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_all_there_is_and_then_what_changes(world: World, limit: int) -> None:
    reports = Application(settled(world), USERS)
    began, cursor = read(reports, limit=limit)
    assert began == [("holds", "una", "provider-user", "P001")]
    give(world, "una", "P003", Role.PROVIDER_USER)
    world.directory.disable(world.people["una"].id)
    world.mirror(world.people["una"].id)
    settled(world)
    changes, cursor = read(reports, cursor, limit)
    assert changes == [
        ("gained", "una", "provider-user", "P003"),
        ("lost", "una", "provider-user", "P001"),
        ("lost", "una", "provider-user", "P003"),
    ]
    assert read(reports, cursor, limit) == ([], cursor)


def test_what_changes_while_one_begins(world: World) -> None:
    reports = Application(settled(world), f"{USERS} cqrs.role.commissioner-approver")
    first = reports.get(PATH, limit=2).json
    give(world, "una", "P003", Role.PROVIDER_USER)
    rest, _cursor = read(reports, first["cursor"])
    assert ("gained", "una", "provider-user", "P003") in rest


def test_what_it_does_not_tell_of_yet_is_said(world: World) -> None:
    """Whoever is told that there is no more holds what the API answers."""
    reports = Application(settled(world), USERS)
    _began, cursor = read(reports)
    world.directory.grant(world.people["una"].id, world.directory.organisation("P003"), Role.PROVIDER_USER)
    world.mirror(world.people["una"].id)
    page = reports.get(PATH, cursor=cursor).json
    assert (page["changes"], page["more"]) == ([], True)
    assert read(Application(settled(world), USERS), page["cursor"])[0] == [
        ("gained", "una", "provider-user", "P003")
    ]


def test_no_more_roles_than_it_was_given(world: World) -> None:
    reports = Application(settled(world), USERS)
    _began, cursor = read(reports)
    give(world, "una", "P001", Role.PROVIDER_FINANCE)
    changes, cursor = read(reports, cursor)
    assert changes == []
    reports.given += " cqrs.role.provider-finance"
    assert reports.get(PATH, cursor=cursor).status_code == 410
    assert ("holds", "una", "provider-finance", "P001") in read(reports)[0]


def test_no_more_organisations_than_it_was_given(world: World) -> None:
    """The desk's role, which reaches every organisation, is told as such."""
    roles = "cqrs.role.provider-user cqrs.role.commissioner-approver cqrs.role.service-desk"
    reports = Application(settled(world), f"cqrs.changes {roles} cqrs.place.B01")
    began, cursor = read(reports)
    assert set(began) == {
        ("holds", "bella", "commissioner-approver", "B01"),
        ("holds", "bella", "commissioner-approver", "P003"),
        ("holds", "desk", "service-desk", "*"),
    }
    give(world, "una", "P002", Role.PROVIDER_USER)
    assert read(reports, cursor)[0] == []


def test_an_organisation_that_leaves_its_places(world: World) -> None:
    """It must not hold for ever what it is told of no more."""
    reports = Application(settled(world), "cqrs.changes cqrs.role.provider-user cqrs.place.A01")
    _began, cursor = read(reports)
    world.directory.move("P001", "B01")
    world.mirror_organisation("P001")
    settled(world)
    assert reports.get(PATH, cursor=cursor).status_code == 410
    assert read(reports)[0] == []


def test_too_old_a_cursor(world: World) -> None:
    reports = Application(settled(world), USERS)
    _began, old = read(reports)
    give(world, "una", "P003", Role.PROVIDER_USER)
    _changes, kept = read(reports, old)
    world.clock.move(KEEP_SCOPE_CHANGES + timedelta(days=1))
    keep_house(world.services)
    answer = reports.get(PATH, cursor=old)
    assert (answer.status_code, answer.content_type) == (410, "application/problem+json")
    assert "Begin again, without a cursor" in answer.json["detail"]
    assert read(reports, kept) == ([], kept)


def test_a_cursor_of_another_feed(world: World) -> None:
    """As after the database was restored from before."""
    reports = Application(settled(world), USERS)
    _began, cursor = read(reports)
    with world.sessions.begin() as session:
        session.delete(session.get_one(FeedPosition, 1))
    assert reports.get(PATH, cursor=cursor).status_code == 410


@pytest.mark.parametrize(
    "query", [{"cursor": "nonsense"}, {"cursor": "W10"}, {"limit": "0"}, {"limit": "1001"}, {"limit": "x"}]
)
def test_what_is_not_understood(world: World, query: dict[str, str]) -> None:
    assert Application(world, USERS).get(PATH, **query).status_code == 400


def test_who_may_not_read_it(world: World) -> None:
    assert world.app.test_client().get(PATH).status_code == 401
    assert (
        Application(world, f"cqrs.search cqrs.role.provider-user {EVERYWHERE}").get(PATH).status_code == 403
    )
    assert Application(world, USERS, world.people["una"].id).get(PATH).status_code == 403


def test_given_nothing_it_is_told_nothing(world: World) -> None:
    assert read(Application(settled(world), "cqrs.changes"))[0] == []
    assert read(Application(world, "cqrs.changes cqrs.role.provider-user"))[0] == []
