"""SCP-2 at national size: the API says what the tree says, and what the pages' lists show."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text

from directory.vocabulary import (
    COMMISSIONING_TYPES,
    PROVIDER_TYPES,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Role,
)
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson, MirrorPosition
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.rules.roles import COMMISSIONER_STAFF
from portal.rules.token_claim import token_claim
from portal.store.mirror import organisation_row
from portal.store.queries import who_sees
from portal.store.queries.reach import stands_over
from portal.store.queries.standings import standings
from tests.support.api.application import Application, application
from tests.support.api.claimed import claimed
from tests.support.builders.world import World, build_places

QUESTIONS, PEOPLE, CLUSTERS = 10_000, 1_500, 150
REGIONS, BOARDS, LOCATIONS, PRACTICES, BRANCHES = 7, 42, 106, 12_440, 400
KINDS = OrganisationType
LISTED = (Role.COMMISSIONER_APPROVER, Role.ORGANISATION_ADMINISTRATOR)
"""Roles whose lists of people are all that the role reaches."""


@dataclass
class Country:
    """As the census has it: who is below whom, who holds what, who is restricted to what."""

    chance: Random
    parents: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, OrganisationType] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    held: list[tuple[str, Role, str]] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    listed: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    restricted: list[tuple[str, str, str]] = field(default_factory=list)
    below: dict[str, list[str]] = field(default_factory=dict)
    places: defaultdict[tuple[str, Role], set[str]] = field(default_factory=lambda: defaultdict(set))
    limits: defaultdict[tuple[str, str], list[set[str]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        above: Sequence[str] = [""]
        for kind, letter, many in (
            (KINDS.REGION, "Y", REGIONS),
            (KINDS.ICB, "Q", BOARDS),
            (KINDS.SUB_ICB, "S", LOCATIONS),
            (KINDS.PROVIDER, "P", PRACTICES),
            (KINDS.BRANCH, "B", BRANCHES),
        ):
            codes = [f"{letter}{number:02}" for number in range(10, 10 + many)]
            for code in codes:
                self.kinds[code], self.parents[code] = kind, self.chance.choice(above)
            above = codes
        for code in self.kinds:
            for up in self.path(code):
                self.below.setdefault(up, []).append(code)
        self.closed = {code for code in self.kinds if self.chance.random() < 0.05}
        self.people = [f"00000000-0000-4000-8000-{number:012}" for number in range(PEOPLE)]
        self.disabled = {one for one in self.people if self.chance.random() < 0.05}
        self._give_roles()
        self._restrict()
        for person, role, place in self.held:
            self.places[person, role].add(place)
        for person, place, cluster in self.restricted:
            self.limits[person, place].append(self.listed.get(cluster, ("", set()))[1])

    def _give_roles(self) -> None:
        commissioners = [code for code, kind in self.kinds.items() if kind in COMMISSIONING_TYPES]
        anywhere = list(self.kinds)
        for person in self.people:
            for _ in range(self.chance.randint(1, 4)):
                role = self.chance.choice(list(Role))
                fits = commissioners if role in COMMISSIONER_STAFF else anywhere
                place = "" if role is Role.SERVICE_DESK else self.chance.choice(fits)
                self.held.append((person, role, place))
        self.held = sorted(set(self.held))

    def _restrict(self) -> None:
        places = sorted({place for _, role, place in self.held if role in COMMISSIONER_STAFF})
        for number in range(CLUSTERS):
            place = self.chance.choice(places)
            below = self.below[place]
            self.listed[f"cluster-{number}"] = place, set(self.chance.choices(below, k=len(below) // 3))
        for person, role, place in self.held:
            here = [one for one, (of, _) in self.listed.items() if of == place]
            if role in COMMISSIONER_STAFF and self.chance.random() < 0.5:
                self.restricted.append((person, place, ""))
                self.restricted += [(person, place, self.chance.choice(here))] if here else []
        self.restricted = sorted(set(self.restricted))

    def path(self, code: str) -> tuple[str, ...]:
        return (*self.path(self.parents[code]), code) if code else ()

    def may(self, person: str, role: Role, code: str) -> bool:
        """By going up from the organisation, which is all that this knows how to do."""
        if person in self.disabled or code in self.closed:
            return False
        places = self.places[person, role]
        return any(self._reaches(person, role, place, code) for place in places - self.closed)

    def _reaches(self, person: str, role: Role, place: str, code: str) -> bool:
        if role is Role.SERVICE_DESK:
            return True
        if role not in COMMISSIONER_STAFF:
            return place == code and self.kinds[code] in PROVIDER_TYPES
        up, listed = code, False
        only = self.limits[person, place]
        while up not in ("", place):
            listed = listed or any(up in codes for codes in only)
            up = self.parents[up]
        return up == place and (listed or not only)

    def questions(self, many: int) -> Iterator[tuple[str, Role, str]]:
        """Mostly about what somebody holds, near where they hold it: else nearly all answers were no."""
        anywhere = list(self.kinds)
        for _ in range(many):
            person, role, place = self.chance.choice(self.held)
            code = self.chance.choice(anywhere)
            if self.chance.random() < 0.75 and place:
                code = self.chance.choice(self.below[place])
            yield person, role, code


@pytest.fixture(scope="module")
def country() -> Country:
    return Country(Random(20251101))


@pytest.fixture(scope="module")
def world(database: str, country: Country) -> World:
    world = build_places(database)
    with world.sessions.begin() as session:
        session.execute(delete(MirroredPerson))
        session.execute(delete(MirroredOrganisation))
        for table, rows in mirrored(country).items():
            session.execute(insert(table), rows)
        now = text("clock_timestamp()")
        session.execute(insert(MirrorPosition).values(id=1, read_to=now, seen=[]))
    return world


def mirrored(country: Country) -> dict[Any, list[dict[str, Any]]]:
    """The country as the worker leaves it in the mirror."""
    names = {"first_name": "Ann", "last_name": "Example", "words": []}
    people = [
        {"id": one, "email": f"{one}@e.example", "enabled": one not in country.disabled} | names
        for one in country.people
    ]
    clusters = [
        {
            "id": one,
            "commissioner_code": at,
            "short_name": one,
            "name": one,
            "description": "",
            "organisations": sorted(codes),
        }
        for one, (at, codes) in country.listed.items()
    ]
    return {
        MirroredOrganisation: [organisation_row(organisation(country, code)) for code in country.kinds],
        MirroredPerson: people,
        MirroredHolding: [
            {"person_id": who, "role": role, "organisation_code": at} for who, role, at in country.held
        ],
        MirroredCluster: clusters,
        MirroredRestriction: [
            {"person_id": who, "commissioner_code": at, "cluster_id": one}
            for who, at, one in country.restricted
        ],
    }


def organisation(country: Country, code: str) -> Organisation:
    status = OrganisationStatus.CLOSED if code in country.closed else OrganisationStatus.OPEN
    return Organisation(code, f"Place {code}", country.kinds[code], country.path(code), status=status)


def decisions(asks: Application, asked: Sequence[tuple[str, Role, str]]) -> list[bool]:
    found: list[bool] = []
    for start in range(0, len(asked), 100):
        items = [
            {
                "subject": {"type": "person", "id": person},
                "action": {"name": role.value},
                "resource": {"type": "organisation", "id": code},
            }
            for person, role, code in asked[start : start + 100]
        ]
        answer = asks.post("/evaluations", {"evaluations": items})
        found += [one["decision"] for one in answer.json["evaluations"]]
    return found


def test_the_api_says_what_the_tree_says(world: World, country: Country) -> None:
    """Never wider and never narrower, over 10,000 questions; enough are answered yes to mean something."""
    asked = list(country.questions(QUESTIONS))
    told = decisions(application(world), asked)
    wrong = [one for one, opens in zip(asked, told, strict=True) if opens != country.may(*one)]
    assert wrong == []
    assert QUESTIONS * 0.2 < sum(told) < QUESTIONS * 0.8


def test_the_token_says_the_same(world: World, country: Country) -> None:
    """SCP-1: as an application reads it; where it says to ask, or for what is below, that is asked."""
    asked = list(country.questions(QUESTIONS))
    with world.sessions() as session:
        accounts = standings(session, {person for person, _role, _code in asked})
    said = {person: json.loads(token_claim(account) or "{}") for person, account in accounts.items()}
    read = [claimed(said[person], role, code) for person, role, code in asked]
    told = decisions(application(world), asked)
    wrong = [one for one, says, opens in zip(asked, read, told, strict=True) if says not in (None, opens)]
    assert wrong == []
    assert min(read.count(True), read.count(False)) > QUESTIONS * 0.05


def test_the_page_says_the_same(world: World, country: Country) -> None:
    """Who can see an organisation: its whole list, at every commissioner and at many others."""
    commissioners = [code for code, kind in country.kinds.items() if kind in COMMISSIONING_TYPES]
    places = [*commissioners, *country.chance.sample(sorted(country.kinds), 100)]
    with world.sessions() as session:
        shown = {
            (one.person.id, one.chain.holding.role, code)
            for code in places
            for one in who_sees.download(session, organisation(country, code))
        }
    held = [(person, role) for person, role, _ in country.held]
    asked = [(*country.chance.choice(held), country.chance.choice(places)) for _ in range(QUESTIONS)]
    assert [one for one in asked if (one in shown) != country.may(*one)] == []
    assert sum(one in shown for one in asked) > QUESTIONS * 0.02


def test_the_lists_show_the_same(world: World, country: Country) -> None:
    """What the pages' lists hold for a role is what a search finds, page by page, for the same role."""
    asks = application(world)
    compared = 0
    with world.sessions() as session:
        for person, role, place in country.held:
            alone = sum((who, held) == (person, role) for who, held, _ in country.held) == 1
            if role not in LISTED or not alone or person in country.disabled or place in country.closed:
                continue
            holding = Holding(role, country.path(place), only(country, person, place))
            shown = set(session.scalars(select(MirroredOrganisation.code).where(stands_over(holding))))
            body = {"subject": {"type": "person", "id": person}, "resource": {"type": "organisation"}}
            assert set(asks.found("resource", body | {"action": {"name": role.value}})) == shown
            compared += bool(shown)
            if compared == 60:
                return
    assert compared > 20


def only(country: Country, person: str, place: str) -> frozenset[str] | None:
    mine = [one for who, at, one in country.restricted if (who, at) == (person, place)]
    codes = (country.listed.get(one, ("", set()))[1] for one in mine)
    return frozenset().union(*codes) if mine else None


def test_nothing_here_is_left_unmet(country: Country) -> None:
    """Every kind of role, of restriction and of closure is there."""
    assert {role for _, role, _ in country.held} == set(Role)
    assert {one == "" for _, _, one in country.restricted} == {True, False}
    assert {place in country.closed for _, _, place in country.held} == {True, False}
