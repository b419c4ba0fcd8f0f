"""The users list against a plain working-out of the same list, over a few hundred made-up people."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import delete, insert

from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Role,
)
from portal.model.invitations import Invitation, InvitationState
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.store import mirror
from portal.store.folding import fold, organisation_words, person_words
from portal.store.queries.users_list.listing import download, listing
from portal.store.queries.users_list.options import ListOptions, Sort, UserRow, UserStatus
from tests.support.builders.world import World

TYPES = OrganisationType
FIRST = ("Ada", "ada", "Zoë", "Émile", "émile", "Björn", "", "O'Neil", "Wanda-Mae", "ŁUKASZ")
LAST = ("Abbey", "ABBEY", "abbey", "O'Malley", "omalley", "Ångström", "van der Berg", "Lundy", "zee", "")
PLACES = ("St. John's Surgery", "ST. JOHN'S SURGERY", "Éastgate", "The Lundy Practice", "Abbey Lane", "zed")
DESK = Holding(Role.SERVICE_DESK, ())


class Crowd:
    """Made-up organisations, people, holdings and requests, and the list of them worked out plainly."""

    def __init__(self) -> None:
        self.chance = random.Random(1948)
        self.places = dict(self._places())
        self.people = [self._person(number) for number in range(300)]
        self.held = {pair for person in self.people for pair in self._holdings(person)}
        self.requests = [self._request(number) for number in range(60)]
        self.invitations = [self._invitation(number) for number in range(40)]

    def _places(self) -> Iterator[tuple[str, Organisation]]:
        above = [("Y90", TYPES.REGION), ("QA1", TYPES.ICB), ("A01", TYPES.SUB_ICB), ("B01", TYPES.SUB_ICB)]
        paths = {"Y90": ("Y90",), "QA1": ("Y90", "QA1"), "A01": ("Y90", "QA1", "A01"), "B01": ("Y90", "B01")}
        for code, kind in above:
            yield code, Organisation(code, f"Above {code}", kind, paths[code], id=code)
        for number in range(24):
            code = f"P{number:03}"
            yield code, Organisation(
                code, PLACES[number % len(PLACES)], TYPES.PROVIDER,
                (*paths[self.chance.choice(["A01", "B01"])], code), f"LS{number} 1AB",
                OrganisationStatus.CLOSED if number % 7 == 3 else OrganisationStatus.OPEN,
                ApprovalLevel.MULTI if number % 2 else ApprovalLevel.SINGLE, code,
            )  # fmt: skip

    def _person(self, number: int) -> dict:
        first, last = self.chance.choice(FIRST), self.chance.choice(LAST)
        email = f"{self.chance.choice(['', 'É', 'z-'])}person{number}@{number % 4}e4d79.example"
        return {
            "id": str(UUID(int=self.chance.getrandbits(128))), "email": email, "first_name": first,
            "last_name": last, "enabled": number % 9 != 0, "locked": number % 12 == 5,
            "words": person_words(first, last, email),
        }  # fmt: skip

    def _holdings(self, person: dict) -> Iterator[tuple[str, str, Role]]:
        for _ in range(self.chance.choice([0, 1, 1, 1, 2, 4])):
            code = self.chance.choice([*self.places, "GONE", ""])
            for role in self.chance.sample(
                [Role.PROVIDER_USER, Role.PROVIDER_FINANCE], k=self.chance.randint(1, 2)
            ):
                yield person["id"], code, role if code else Role.SERVICE_DESK

    def _request(self, number: int) -> dict:
        code = self.chance.choice([*self.places, "GONE"])
        name = self.places[code].name if code in self.places else "No longer known"
        known = self.people[number] if number % 3 == 0 else None
        return {
            "id": UUID(int=self.chance.getrandbits(128)), "kind": RequestKind.NEW_ACCOUNT,
            "email": known["email"] if known else f"new{number // 2}@x.example",
            "first_name": known["first_name"] if known else self.chance.choice(FIRST),
            "last_name": known["last_name"] if known else self.chance.choice(LAST),
            "person_id": known["id"] if known else None, "organisation_code": code, "organisation_name": name,
            "role": self.chance.choice([Role.PROVIDER_USER, Role.PROVIDER_FINANCE, Role.COMMISSIONER_USER]),
            "state": RequestState.OPEN if number % 5 else RequestState.REJECTED,
            "asked_at": datetime.now(UTC),
        }  # fmt: skip

    def _invitation(self, number: int) -> dict:
        """Of somebody new, of one who was only invited, and of one who holds a role since."""
        code = self.chance.choice([*self.places, "GONE"])
        known = self.people[number * 3] if number % 2 else None
        return {
            "id": UUID(int=self.chance.getrandbits(128)),
            "email": known["email"] if known else f"invited{number}@x.example",
            "first_name": known["first_name"] if known else self.chance.choice(FIRST),
            "last_name": known["last_name"] if known else self.chance.choice(LAST),
            "person_id": known["id"] if known else None, "organisation_code": code,
            "organisation_name": self.places[code].name if code in self.places else "No longer known",
            "role": Role.PROVIDER_USER, "invited_by": "", "invited_by_name": "", "invited_from": "",
            "invited_as": Role.SERVICE_DESK, "sent_at": datetime.now(UTC), "lapses_at": datetime.now(UTC),
            "token_hash": str(number),
            "state": InvitationState.PENDING if number % 5 else InvitationState.LAPSED,
        }  # fmt: skip

    @property
    def waiting(self) -> list[dict]:
        return [one for one in self.invitations if one["state"] is InvitationState.PENDING]

    def write(self, world: World) -> None:
        rows = {(one["email"], one["organisation_code"], one["role"]): one for one in self.requests}
        self.requests = list(rows.values())
        with world.services.sessions.begin() as session:
            for table in (MirroredHolding, MirroredPerson, MirroredOrganisation):
                session.execute(delete(table))
            places = [mirror.organisation_row(place) for place in self.places.values()]
            held = [
                dict(zip(("person_id", "organisation_code", "role"), one, strict=True)) for one in self.held
            ]
            session.execute(insert(MirroredOrganisation), places)
            session.execute(insert(MirroredPerson), self.people)
            session.execute(insert(MirroredHolding), held)
            session.execute(insert(AccessRequest), self.requests)
            session.execute(insert(Invitation), self.invitations)

    def seen_by(self, holding: Holding) -> list[UserRow]:
        """In no order: by the plain words of what the list is."""
        over = {code for code, place in self.places.items() if stands_over(holding, place)}
        everywhere = holding == DESK
        rows = [self._open(one) for one in self.requests if one["state"] is RequestState.OPEN]
        rows += [self._invited(one) for one in self.waiting]
        only_invited = {one["person_id"] for one in self.waiting}
        codes_of: dict[str, set[str]] = defaultdict(set)
        for who, code, _ in self.held:
            codes_of[who].add(code)
        for person in self.people:
            codes = codes_of[person["id"]]
            rows += [self._held(person, code, UserStatus.ACTIVE) for code in codes]
            if not codes and person["id"] not in only_invited:
                rows.append(self._held(person, "", UserStatus.REVOKED))
        return [row for row in rows if everywhere or row.organisation_code in over]

    def _open(self, one: dict) -> UserRow:
        names = [
            one[name]
            for name in ("organisation_code", "organisation_name", "first_name", "last_name", "email")
        ]
        return UserRow(*names, UserStatus.PENDING, one["person_id"], one["id"])

    def _invited(self, one: dict) -> UserRow:
        names = ("organisation_code", "organisation_name", "first_name", "last_name", "email")
        return UserRow(*(one[name] for name in names), UserStatus.INVITED, one["person_id"], None)

    def _held(self, person: dict, code: str, otherwise: UserStatus) -> UserRow:
        status = otherwise if person["enabled"] else UserStatus.DISABLED
        if person["enabled"] and person["locked"]:
            status = UserStatus.LOCKED
        name = self.places[code].name if code in self.places else ""
        return UserRow(
            code, name, person["first_name"], person["last_name"], person["email"], status, person["id"], None
        )

    def expected(self, holding: Holding, shown: ListOptions) -> list[UserRow]:
        """The whole list, searched, filtered and in order."""
        rows = [row for row in self.seen_by(holding) if self._matches(row, shown)]
        rows.sort(key=lambda row: key(row, shown.sort)[1:])
        rows.sort(key=lambda row: key(row, shown.sort)[0], reverse=shown.descending)
        return rows

    def _matches(self, row: UserRow, shown: ListOptions) -> bool:
        if shown.status not in (None, row.status):
            return False
        place = self.places.get(row.organisation_code)
        words = organisation_words(place.code, place.name, place.postcode, place.town) if place else []
        own = person_words(row.first_name, row.last_name, row.email)
        return all(any(word.startswith(typed) for word in [*own, *words]) for typed in fold(shown.text))


def stands_over(holding: Holding, place: Organisation) -> bool:
    if place.status is OrganisationStatus.CLOSED:
        return False
    if holding.role is Role.PROVIDER_APPROVER:
        return place.code == holding.organisation and place.approval_level is ApprovalLevel.MULTI
    return place.path[: len(holding.path)] == holding.path


def key(row: UserRow, sort: Sort) -> tuple[bytes | str, ...]:
    """What is sorted by, the chosen field first: in lower case, by the bytes of the letters."""
    fields = {
        Sort.ORGANISATION: row.organisation_name,
        Sort.LAST_NAME: row.last_name,
        Sort.FIRST_NAME: row.first_name,
        Sort.EMAIL: row.email,
        Sort.STATUS: row.status.value,
    }
    bare = [fields.pop(sort), *fields.values()]
    ids = (row.organisation_code, row.person_id or "~", str(row.request_id or "~"))
    return (*(text.lower().encode() for text in bare), *ids)


@pytest.fixture
def crowd(world: World) -> Crowd:
    made = Crowd()
    made.write(world)
    return made


HOLDINGS: dict[str, Callable[[Crowd], Holding]] = {
    "desk": lambda _: DESK,
    "icb": lambda crowd: Holding(Role.COMMISSIONER_APPROVER, crowd.places["QA1"].path),
    "multi-level": lambda crowd: Holding(Role.PROVIDER_APPROVER, crowd.places["P001"].path),
    "single-level": lambda crowd: Holding(Role.PROVIDER_APPROVER, crowd.places["P002"].path),
}
TEXTS = (
    "abbey",
    "lundy",
    "st johns abbey",
    "p00",
    "emile",
    "o'neil",
    "new person",
    "nobody-of-this-name",
    "3e4d79",
)


@pytest.mark.parametrize("who", HOLDINGS)
def test_every_sort_direction_and_status(world: World, crowd: Crowd, who: str) -> None:
    """USR-1: the whole list, page by page, is what the plain working-out has, in its order."""
    holding, met = HOLDINGS[who](crowd), 0
    with world.services.sessions() as session:
        for sort, descending, status in product(Sort, (False, True), (None, *UserStatus)):
            shown = ListOptions("", status, sort, descending)
            expected = crowd.expected(holding, shown)
            assert pages(lambda n, s=shown: listing(session, holding, s, n, 50), len(expected)) == expected, (
                shown
            )
            assert list(download(session, holding, shown)) == expected, shown
            assert listing(session, holding, shown).people == people(expected), shown
            met += len(expected)
    assert met > 5_000 if who == "desk" else (met == 0) == (who == "single-level")


@pytest.mark.parametrize("who", ["desk", "icb", "multi-level"])
@pytest.mark.parametrize("typed", TEXTS)
def test_every_search(world: World, crowd: Crowd, who: str, typed: str) -> None:
    """USR-1: words of the person, of the organisation and of both, for every sort and status."""
    holding = HOLDINGS[who](crowd)
    with world.services.sessions() as session:
        for sort, status in product(Sort, (None, *UserStatus)):
            shown = ListOptions(typed, status, sort)
            expected = crowd.expected(holding, shown)
            found = listing(session, holding, shown, 1, 100)
            assert (found.items, found.total) == (expected[:100], len(expected)), shown
            assert found.people == people(expected), shown


def test_pages_of_every_size(world: World, crowd: Crowd) -> None:
    """USR-1: 10, 20, 50 and 100, each page where it belongs, with the number of the whole list."""
    with world.services.sessions() as session:
        for sort, size in product(Sort, (10, 20, 50, 100)):
            shown = ListOptions(sort=sort, descending=size % 20 == 0)
            expected = crowd.expected(DESK, shown)
            for number in {1, 2, len(expected) // size, len(expected) // size + 1, len(expected)}:
                page = listing(session, DESK, shown, number, size)
                assert page.items == expected[(number - 1) * size : number * size], (shown, size, number)
                assert page.total == len(expected)


@pytest.mark.usefixtures("crowd")
def test_nobody_at_all(world: World) -> None:
    """An emptied mirror has empty lists, in every order."""
    with world.services.sessions() as session:
        for table in (MirroredHolding, MirroredPerson, AccessRequest, Invitation):
            session.execute(delete(table))
        for sort, status in product(Sort, (None, *UserStatus)):
            page = listing(session, DESK, replace(ListOptions(), sort=sort, status=status))
            assert (page.items, page.total) == ([], 0)


def people(rows: list[UserRow]) -> int:
    """How many there are, each once: a newcomer is known by the address."""
    return len({row.person_id or row.email for row in rows})


def pages(page: Callable, total: int) -> list[UserRow]:
    """Every item of every page, and of the one after the last."""
    found: list[UserRow] = []
    for number in range(1, total // 50 + 3):
        got = page(number)
        assert got.total == total
        found += got.items
    return found
