"""SCP-5 at its address: begun without a cursor, read on from one, and told when to begin again."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from directory.vocabulary import Role
from portal.acts.housekeeping import KEEP_SCOPE_CHANGES, keep_house
from portal.mirroring.scope_feed import bring_in_step
from portal.model import FeedPosition
from portal.rules.feed_cursor import Cursor, fingerprint
from portal.store.queries import feed
from tests.support.api.application import Application, application
from tests.support.builders.world import World

PATH = "/changes"
USERS = "cqrs.changes cqrs.role.provider-user cqrs.place.everywhere"


def settled(world: World) -> World:
    while bring_in_step(world.services):
        pass
    return world


def read(
    world: World, reports: Application, cursor: str = "", limit: int = 1000
) -> tuple[list[tuple[str, ...]], str]:
    """Everything from the cursor on, with people by their short names, and the cursor to go on with."""
    entries = []
    for page in pages(reports, cursor, limit):
        entries += page["changes"]
        cursor = page["cursor"]
    names = {person.id: name for name, person in world.people.items()}
    return [
        (one["change"], names[one["subject"]["id"]], one["action"]["name"], one["resource"]["id"])
        for one in entries
    ], cursor


def pages(reports: Application, cursor: str, limit: int) -> Iterator[dict[str, Any]]:
    more = True
    while more:
        answer = reports.get(PATH, cursor=cursor, limit=limit)
        assert answer.status_code == 200, answer.text
        yield answer.json
        cursor, more = answer.json["cursor"], answer.json["more"]


def give(world: World, who: str, code: str, role: Role) -> None:
    world.directory.grant(world.people[who].id, world.directory.organisation(code), role)
    world.mirror(world.people[who].id)
    settled(world)


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_all_there_is_and_then_what_changes(world: World, limit: int) -> None:
    reports = application(settled(world), USERS)
    began, cursor = read(world, reports, limit=limit)
    assert began == [("holds", "una", "provider-user", "P001")]
    give(world, "una", "P003", Role.PROVIDER_USER)
    world.directory.disable(world.people["una"].id)
    world.mirror(world.people["una"].id)
    settled(world)
    changes, cursor = read(world, reports, cursor, limit)
    assert changes == [
        ("gained", "una", "provider-user", "P003"),
        ("lost", "una", "provider-user", "P001"),
        ("lost", "una", "provider-user", "P003"),
    ]
    assert read(world, reports, cursor, limit) == ([], cursor)


def test_what_changes_while_one_begins(world: World) -> None:
    reports = application(settled(world), f"{USERS} cqrs.role.commissioner-approver")
    first = reports.get(PATH, limit=2).json
    give(world, "una", "P003", Role.PROVIDER_USER)
    rest, _cursor = read(world, reports, first["cursor"])
    assert ("gained", "una", "provider-user", "P003") in rest


def test_what_it_does_not_tell_of_yet_is_said(world: World) -> None:
    """Whoever is told that there is no more holds what the API answers."""
    reports = application(settled(world), USERS)
    _began, cursor = read(world, reports)
    world.directory.grant(world.people["una"].id, world.directory.organisation("P003"), Role.PROVIDER_USER)
    world.mirror(world.people["una"].id)
    page = reports.get(PATH, cursor=cursor).json
    assert (page["changes"], page["more"]) == ([], True)
    assert read(world, application(settled(world), USERS), page["cursor"])[0] == [
        ("gained", "una", "provider-user", "P003")
    ]


def test_no_more_roles_than_it_was_given(world: World) -> None:
    reports = application(settled(world), USERS)
    _began, cursor = read(world, reports)
    give(world, "una", "P001", Role.PROVIDER_FINANCE)
    changes, cursor = read(world, reports, cursor)
    assert changes == []
    reports = application(world, f"{USERS} cqrs.role.provider-finance")
    assert reports.get(PATH, cursor=cursor).status_code == 410
    assert ("holds", "una", "provider-finance", "P001") in read(world, reports)[0]


def test_no_more_organisations_than_it_was_given(world: World) -> None:
    """The desk's role, which reaches every organisation, is told as such."""
    roles = "cqrs.role.provider-user cqrs.role.commissioner-approver cqrs.role.service-desk"
    reports = application(settled(world), f"cqrs.changes {roles} cqrs.place.B01")
    began, cursor = read(world, reports)
    assert set(began) == {
        ("holds", "bella", "commissioner-approver", "B01"),
        ("holds", "bella", "commissioner-approver", "P003"),
        ("holds", "desk", "service-desk", "*"),
    }
    give(world, "una", "P002", Role.PROVIDER_USER)
    assert read(world, reports, cursor)[0] == []


def test_an_organisation_that_leaves_its_places(world: World) -> None:
    """It must not hold for ever what it is told of no more."""
    reports = application(settled(world), "cqrs.changes cqrs.role.provider-user cqrs.place.A01")
    _began, cursor = read(world, reports)
    world.directory.move("P001", "B01")
    world.mirror_organisation("P001")
    settled(world)
    assert reports.get(PATH, cursor=cursor).status_code == 410
    assert read(world, reports)[0] == []


def test_too_old_a_cursor(world: World) -> None:
    reports = application(settled(world), USERS)
    _began, old = read(world, reports)
    give(world, "una", "P003", Role.PROVIDER_USER)
    _changes, kept = read(world, reports, old)
    world.clock.move(KEEP_SCOPE_CHANGES + timedelta(days=1))
    keep_house(world.services)
    answer = reports.get(PATH, cursor=old)
    assert (answer.status_code, answer.content_type) == (410, "application/problem+json")
    assert "Begin again, without a cursor" in answer.json["detail"]
    assert read(world, reports, kept) == ([], kept)


def test_a_cursor_of_another_feed(world: World) -> None:
    """As after the database was restored from before."""
    reports = application(settled(world), USERS)
    _began, cursor = read(world, reports)
    with world.sessions.begin() as session:
        session.delete(session.get_one(FeedPosition, 1))
    assert reports.get(PATH, cursor=cursor).status_code == 410


@pytest.mark.parametrize(
    "limit",
    [
        "",
        "0",
        "0000",
        "1001",
        "x",
        "-1",
        "1e2",
        "\u0661",
        "0000001000000000",
        "0" * 20 + "9" * 20,
        "0" * 5000 + "1",
    ],
)
def test_a_limit_that_is_none(world: World, limit: str) -> None:
    assert application(world, USERS).get(PATH, limit=limit).status_code == 400


FEED = "0" * 32
FORGED: list[Any] = [
    [],
    {},
    7,
    [7, 7, "", None],
    [FEED, "x", "", None],
    [FEED, float("inf"), "", None],
    [FEED, 7, "", ["one", "two"]],
    [FEED, 7, "", ["\0", "", ""]],
    [FEED, 7, "", ["\ud800", "", ""]],
    [FEED, 7, "", [7, 7, 7]],
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_cursor_that_is_none(world: World, forged: Any) -> None:
    """However it was made up."""
    text = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    assert application(world, USERS).get(PATH, cursor=text).status_code == 400


@pytest.mark.parametrize("text", ["nonsense", "é", "=", "W10", "!"])
def test_a_cursor_that_is_not_even_that(world: World, text: str) -> None:
    assert application(world, USERS).get(PATH, cursor=text).status_code == 400


def test_a_cursor_made_up_well_shows_no_more(world: World) -> None:
    """What one may see is looked at each time."""
    reports = application(settled(world), USERS)
    with world.sessions.begin() as session:
        ends = feed.ends(session)
    made_up = Cursor(ends.feed, 0, fingerprint({Role.PROVIDER_USER}, None), ("", "", "")).as_text()
    assert read(world, reports, made_up)[0][0] == ("holds", "una", "provider-user", "P001")
    assert {entry[2] for entry in read(world, reports, made_up)[0]} == {"provider-user"}


def test_who_may_not_read_it(world: World) -> None:
    assert world.app.test_client().get(f"/access/v1{PATH}").status_code == 401
    assert (
        application(world, "cqrs.search cqrs.role.provider-user cqrs.place.everywhere").get(PATH).status_code
        == 403
    )
    assert application(world, USERS, world.people["una"].id).get(PATH).status_code == 403


def test_given_nothing_it_is_told_nothing(world: World) -> None:
    assert read(world, application(settled(world), "cqrs.changes"))[0] == []
    assert read(world, application(world, "cqrs.changes cqrs.role.provider-user"))[0] == []
