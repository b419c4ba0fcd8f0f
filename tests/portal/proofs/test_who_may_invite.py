"""Who may invite whom to what: every actor at every place, on the real pages, judged by the rules' oracle."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest

from directory.vocabulary import ApprovalLevel, Organisation, OrganisationStatus, Role
from portal.acts.invite import Invited, send
from portal.mirroring.reconcile import reconcile
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed
from tests.support.builders.services import Clock, KeptPost, services
from tests.support.builders.world import HERE, World, empty
from tests.support.fakes.directory import FakeDirectory
from tests.support.pages.browser import Browser
from tests.unit.rules import oracle
from tests.unit.rules import world as rules_world

MULTI, CLOSED, DORMANT = ("A10001", "A10002", "B10001", "C10001"), "A10002", "A10004"
PLACES = ("QAA", "01A", "02A", "A10001", "A10003", "A10001001", "QBB", "B10001", "03C", "C10001", "Y90")
CODE = re.compile(r"\(([A-Z0-9]+)\)$")


@pytest.fixture(scope="module")
def country(database: str) -> World:
    """The rules' own country, in memory, with one place closed and one dormant."""
    directory, post, clock = FakeDirectory(), KeptPost(), Clock()
    made = services(database, directory, directory, post, clock)
    empty(made)
    for code, path in sorted(rules_world.PATHS.items(), key=lambda item: len(item[1])):
        level = ApprovalLevel.MULTI if code in MULTI else ApprovalLevel.SINGLE
        above = path[-2] if path[1:] else ""
        directory.place(code, f"Organisation {code}", rules_world.TYPES[code], above, level)
    directory.change(CLOSED, status=OrganisationStatus.CLOSED.value)
    directory.change(DORMANT, status=OrganisationStatus.DORMANT.value)
    reconcile(made)
    return World(made, directory, post, clock, {})


def targets(country: World) -> list[Organisation]:
    return list(country.directory.organisations())


def actors() -> Iterator[tuple[Role, str]]:
    for role in Role:
        for code in PLACES if role is not Role.SERVICE_DESK else ("",):
            yield role, code


def expected(country: World, role: Role, code: str) -> dict[str, set[str]]:
    """Each organisation with the roles there that the oracle lets this actor invite to."""
    holding = rules_world.holding(role, code)
    able = oracle.has_powers(holding, "active")
    found = {
        one.code: {given.value for given in Role if able and oracle.invites(holding, one, given)}
        for one in targets(country)
    }
    return {place: roles for place, roles in found.items() if roles}


@pytest.mark.parametrize("role", list(Role))
def test_what_the_pages_offer(country: World, role: Role) -> None:
    """INV-1, ROL-2: the organisations and the roles there, no more and no fewer."""
    for acting, code in actors():
        if acting is not role:
            continue
        person = country.person(f"{uuid4()}@proofs.example", (code, role))
        browser = country.browser(person, country.holding(code, role)).open("/users/invite")
        should = expected(country, role, code)
        if browser.status == 403:
            assert should == {}, (role, code)
            continue
        assert offered(browser) == should, (role, code)


def offered(browser: Browser) -> dict[str, set[str]]:
    """Goes through the steps, and looks at each organisation's roles."""
    browser.send("Next", email=f"{uuid4()}@nhs.net").send("Next", first_name="Nina", last_name="New")
    step = browser.path
    codes = values(browser, "code")
    found = {}
    for code in codes:
        browser.open(step).send("Next", code=code)
        found[code] = values(browser, "role")
    return found


def values(browser: Browser, name: str) -> set[str]:
    inputs = [one for one in browser.page.iter("input") if one.get("type") == "radio"]
    return {one.get("value", "") for one in inputs if one.get("name") == name}


@pytest.mark.parametrize("role", list(Role))
def test_what_is_posted_past_the_pages(country: World, role: Role) -> None:
    """ROL-2: every actor, every organisation, every role: sent exactly when the oracle says so."""
    wrong, count = [], 0
    for acting, code in actors():
        if acting is not role:
            continue
        person = country.directory.enrol(f"{uuid4()}@proofs.example", holdings=((code, role),))
        actor = ActingAs(person.id, country.holding(code, role))
        should = expected(country, role, code)
        for target in targets(country):
            for given in Role:
                may, count = given.value in should.get(target.code, set()), count + 1
                if sent(country, actor, target, given) != may:
                    wrong.append((role, code, target.code, given, may))
    assert wrong == []
    assert count >= 150


def sent(country: World, actor: ActingAs, target: Organisation, role: Role) -> bool:
    asked = Invited(f"{uuid4()}@nhs.net", "Nina", "New", target.code, role)
    try:
        return send(country.services, actor, asked, HERE) is not None
    except NotAllowed:
        return False
