"""SCP-1, SCP-2: page, API and token say the same of everybody, every role and every place of a real realm."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import product
from random import Random
from typing import Any

import pytest

from directory.vocabulary import OrganisationStatus, OrganisationType, Person, Role
from portal.effects.runner import run_one
from portal.mirroring.reconcile import reconcile
from portal.mirroring.scope_feed import bring_in_step
from portal.rules.roles import COMMISSIONER_STAFF
from tests.support.api.application import Application, application, question
from tests.support.api.claimed import claimed
from tests.support.api.service import Service, running
from tests.support.builders.names import in_letters
from tests.support.builders.world import ICB, SUB_ICB, World
from tests.support.realm.console import Console
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
PEOPLE = 100
COMMISSIONERS, PRACTICES = (ICB, SUB_ICB, "QB1", "B01"), ("P001", "P002", "P003", "P004", "P005")
PLACES = ("Y90", *COMMISSIONERS, *PRACTICES, "BR1")
READER = "reads-claims"
Triple = tuple[str, Role, str]
"""A person's id, a role, an ODS code."""


@dataclass(frozen=True)
class Realm:
    """`people` are those of whom all is asked."""

    service: Service
    people: list[Person]

    @property
    def world(self) -> World:
        return self.service.world

    @property
    def questions(self) -> list[Triple]:
        """All that there are."""
        return list(product([one.id for one in self.people], Role, PLACES))


@pytest.fixture(scope="module")
def realm(servers: RunningServers, database: str) -> Iterator[Realm]:
    """Random roles and restrictions; some people disabled, some places closed after they were held."""
    with running(servers, database) as service:
        world, chance = service.world, Random(11)
        world.directory.place("P005", "Lundy Surgery", parent="B01")
        world.directory.place("BR1", "Fair Isle Branch", OrganisationType.BRANCH, "P001")
        reconcile(world.services)
        people = [person(world, chance, number) for number in range(PEOPLE)]
        restrict(world, chance, people)
        for one in people[::9]:
            world.directory.disable(one.id)
        for code in ("P004", "QB1"):
            world.directory.change(code, status=OrganisationStatus.CLOSED.value)
        follow(world)
        yield Realm(service, people)


def person(world: World, chance: Random, number: int) -> Person:
    held = set()
    for _ in range(chance.randint(1, 3)):
        role = chance.choice(list(Role))
        fits = COMMISSIONERS if role in COMMISSIONER_STAFF else PRACTICES
        held.add(("" if role is Role.SERVICE_DESK else chance.choice(fits), role))
    name = in_letters(f"{number:03}")
    return world.person(f"{name}@same.example", *sorted(held), first="Sam", last=f"Of-{name}")


def restrict(world: World, chance: Random, people: list[Person]) -> None:
    """Half of them, at one commissioner, to a cluster or to nothing."""
    listed = {ICB: ["P001"], SUB_ICB: ["P002", "P004"], "B01": ["P003"]}
    writer = world.directory.writer
    clusters = {at: writer.create_cluster(at, at, f"Of {at}", "", codes) for at, codes in listed.items()}
    for one in people[::2]:
        at = chance.choice(list(clusters))
        writer.restrict(one.id, at, chance.choice([[clusters[at].id], []]))


def follow(world: World) -> None:
    """The worker's part, until all that comes of it is done."""
    reconcile(world.services)
    while bring_in_step(world.services) or run_one(world.services)[0]:
        pass


def claims(realm: Realm) -> dict[str, Any]:
    """By person, from tokens as Keycloak's own mappers make them for a client that was given the claim."""
    realm.service.register(READER, "cqrs.claim")
    client = Console(realm.service.realm).client(READER)["id"]
    example = f"clients/{client}/evaluate-scopes/generate-example-access-token?scope=openid&userId="
    tokens = {one.id: realm.world.directory.ask("GET", example + one.id).json() for one in realm.people}
    return {person_id: token.get("cqrs_access", {}) for person_id, token in tokens.items()}


def told(asks: Application, asked: list[Triple]) -> set[Triple]:
    """Those that the API answers yes."""
    found = set()
    for start in range(0, len(asked), 100):
        part = asked[start : start + 100]
        bodies = [question(person_id, role.value, code) for person_id, role, code in part]
        answers = asks.post("/evaluations", {"evaluations": bodies}).json["evaluations"]
        found |= {one for one, answer in zip(part, answers, strict=True) if answer["decision"]}
    return found


def shown(realm: Realm) -> set[Triple]:
    """Those on the page of who can see each place, as the Service Desk downloads it."""
    ids = {one.last_name: one.id for one in realm.people}
    roles = {role.label: role for role in Role}
    desk = realm.world.browser(realm.world.people["desk"], realm.world.holding("", Role.SERVICE_DESK))
    found = set()
    for code in PLACES:
        answer = desk.client.get(f"/organisations/{code}/who/who.csv")
        assert answer.status_code == 200, (code, answer.text)
        rows = csv.DictReader(StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))
        found |= {
            (ids[row["Last name"]], roles[row["Role"]], code) for row in rows if row["Last name"] in ids
        }
    return found


def test_page_api_and_token_say_the_same(realm: Realm) -> None:
    """Of all questions that there are, more than 10,000; where a claim says to ask it can't be wrong."""
    asked = realm.questions
    yes = told(application(realm.world, iss=realm.service.issuer), asked)
    said = claims(realm)
    read = {one: claimed(said[one[0]], one[1], one[2]) for one in asked}
    assert len(asked) > 10_000
    assert [one for one, says in read.items() if says not in (None, one in yes)] == []
    assert shown(realm) == yes
    decided = [says for says in read.values() if says is not None]
    assert decided.count(True) > 60
    assert decided.count(False) > len(asked) / 2
    assert len(yes) > 300
