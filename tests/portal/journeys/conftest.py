"""The real pages in a real browser, used in three ways; Keycloak is the directory in memory."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from directory.vocabulary import Holding, OrganisationType, Person, Role
from tests.browser.visitor import Visitor
from tests.portal.journeys.guest import WAYS, Guest
from tests.support.builders import rows
from tests.support.builders.world import COOKIE, ICB, World, build_places
from tests.support.pages.serving import served


@dataclass(frozen=True)
class Site:
    """The portal where it is served."""

    world: World
    address: str


@dataclass
class Windows:
    """The module's windows, for each way of using one: a new one costs a processor almost a second."""

    browser: Browser
    address: str
    closing: ExitStack
    judged: set[tuple[bool, str]]
    free: defaultdict[str, list[Visitor]] = field(default_factory=lambda: defaultdict(list))

    def take(self, way: str) -> Visitor:
        return self.free[way].pop() if self.free[way] else self._opened(way)

    def give_back(self, way: str, visitor: Visitor) -> None:
        self.free[way].append(visitor)
        visitor.leave()

    def _opened(self, way: str) -> Visitor:
        visitor = Visitor(self.browser, None, way, {}, self.judged, portal=self.address, **WAYS[way])
        return self.closing.enter_context(visitor)


Arrive = Callable[..., Guest]


@pytest.fixture(scope="module")
def site(database: str, page_files: Path) -> Iterator[Site]:  # noqa: ARG001
    world = build_places(database)
    with served(world.app) as address:
        yield Site(world, address)


@pytest.fixture(scope="session")
def judged() -> set[tuple[bool, str]]:
    """The pages that axe has seen."""
    return set()


@pytest.fixture(scope="module")
def windows(chromium: Browser, site: Site, judged: set[tuple[bool, str]]) -> Iterator[Windows]:
    with ExitStack() as closing:
        yield Windows(chromium, site.address, closing, judged)


@pytest.fixture(params=list(WAYS))
def arrive(request: pytest.FixtureRequest, windows: Windows, site: Site) -> Iterator[Arrive]:
    """arrive(person, holding) is somebody signed in; arrive() is a stranger. All leave at the test's end."""
    way, failures = request.param, request.session.testsfailed
    with ExitStack() as leaving:

        def come(person: Person | None = None, acting_as: Holding | None = None) -> Guest:
            visitor = windows.take(way)
            leaving.callback(windows.give_back, way, visitor)
            if person:
                token = rows.signed_in(site.world.services, person, acting_as)
                visitor.page.context.add_cookies([{"name": COOKIE, "value": token, "url": site.address}])
            guests.append(visitor)
            return Guest(visitor, way)

        guests: list[Visitor] = []
        yield come
        if request.session.testsfailed > failures:
            for visitor in guests:
                visitor.tell()


@dataclass(frozen=True)
class Surroundings:
    """A commissioner with a practice of its own, so that its lists hold nobody else, and its approver."""

    site: Site
    commissioner: str
    practice: str
    approver: Person

    @property
    def practice_name(self) -> str:
        return f"Surgery {self.practice}"

    @property
    def acting_as(self) -> Holding:
        return self.site.world.holding(self.commissioner, Role.COMMISSIONER_APPROVER)

    def person(self, first: str, last: str, *more: tuple[str, Role]) -> Person:
        """Somebody with the user's role at the practice, and these."""
        email = f"{first}.{last}@{self.practice}.example".lower()
        held = (self.practice, Role.PROVIDER_USER)
        return self.site.world.person(email, held, *more, first=first, last=last)


@pytest.fixture
def here(site: Site) -> Surroundings:
    """New for each test."""
    world, name = site.world, secrets.token_hex(3).upper()
    commissioner, practice = f"L{name}", f"S{name}"
    world.directory.place(commissioner, f"Location {commissioner}", OrganisationType.SUB_ICB, ICB)
    world.directory.place(practice, f"Surgery {practice}", parent=commissioner)
    for code in (commissioner, practice):
        world.mirror_organisation(code)
    approver = (commissioner, Role.COMMISSIONER_APPROVER)
    carol = world.person(f"carol@{commissioner}.example".lower(), approver, first="Carol", last="Over")
    return Surroundings(site, commissioner, practice, carol)
