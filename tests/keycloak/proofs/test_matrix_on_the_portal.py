"""Who may do what, against the real pages, database and Keycloak: a sample with every distinct outcome.

What should be comes from the oracle of the rules' tests, which shares nothing with the portal.
"""

from collections.abc import Iterator

import pytest

from directory.vocabulary import Holding, Organisation, Role
from portal.mirroring.reconcile import reconcile
from portal.mirroring.refresh import refresh_organisation
from portal.model.requests import AccessRequest, RequestState
from tests.keycloak.proofs.matrix_country import (
    CLOSED,
    CLOSED_COMMISSIONER,
    MULTI,
    Actor,
    Asked,
    open_request,
    relation,
)
from tests.keycloak.proofs.matrix_portal import APPROVER, COMMISSIONER, DESK, Country, build_country
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.pages.browser import words
from tests.support.servers.realm import TestRealm
from tests.unit.rules import oracle, world

APPROVERS = (COMMISSIONER, APPROVER, DESK)
ADMINISTRATORS = (
    Role.ORGANISATION_ADMINISTRATOR,
    Role.USER_ADMINISTRATOR,
    Role.ADVANCED_USER_ADMINISTRATOR,
)
"""Who see the people and providers at or below their organisation, and decide nothing there."""
DESK_PAGES = ("", "/audit", "/audit/audit.csv", "/emails", "/waiting")
GIVEN = {"provider-user", "provider-finance", "commissioner-finance"}
"""Roles that the sample approves: none of them changes what anybody else may do."""
pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> Country:
    return build_country(database, KeycloakScene(realm))


def should_decide(actor: Actor, asked: Asked) -> bool:
    able = oracle.has_powers(actor.holding, actor.state) and asked.email != actor.person.email
    return able and oracle.decides(actor.holding, asked.target, asked.role, asked.approver, asked.escalated)


def sample(country: Country) -> Iterator[tuple[Actor, int]]:
    """Of the whole cross product, one pair of each kind; a kind is all that an outcome can hang on."""
    seen = set()
    for actor in country.actors:
        for number, asked in enumerate(country.asked):
            kind = (
                actor.state,
                actor.holding and actor.holding.role,
                relation(actor.holding, asked.target),
                asked.role in oracle.USER_OR_FINANCE or asked.role,
                asked.target.code in MULTI,
                asked.target.status,
                asked.approver and asked.escalated,
                asked.approver,
                should_decide(actor, asked),
            )
            weak = actor.holding is None or actor.holding.role not in APPROVERS
            kind = (*kind[:3], kind[4]) if weak else kind
            if kind not in seen:
                seen.add(kind)
                yield actor, number


def test_decisions(country: Country) -> None:
    """ROL-2, ROL-3: of every kind of pair, those who should may decide, and nobody else changes anything."""
    wrong: list[tuple[str, str, int]] = []
    counts = {True: 0, False: 0}
    for actor, number in sample(country):
        asked = country.asked[number]
        should = should_decide(actor, asked)
        counts[should] += 1
        fault = allowed(country, actor, asked, counts[True]) if should else refused(country, actor, asked)
        if fault:
            what = f"{actor.label} on {asked.role}@{asked.target.code}"
            wrong.append((what, "should" if should else "should not", fault))
        if should:
            country.asked[number] = country.again(asked)
    assert wrong == []
    assert counts[True] > 30, counts
    assert counts[False] > 300, counts
    check_keycloak(country)


def refused(country: Country, actor: Actor, asked: Asked) -> int:
    """The answer is refused with a page that says so, and the request is as it was; else the status."""
    before = country.find(asked).version
    decision = "approve" if asked.id.int % 2 else "reject"
    status = country.post(actor, f"/requests/{asked.id}/decision", decision=decision, reason="No")
    found = country.find(asked)
    untouched = found.is_open and found.version == before
    said = status == 403 or (status == 303 and actor.holding is None)  # that one is sent to My profile
    return 0 if untouched and said else status


def allowed(country: Country, actor: Actor, asked: Asked, number: int) -> int:
    """They see the form, and their decision counts; else the status."""
    page = country.get(actor, f"/requests/{asked.id}")
    if page.status != 200 or not page.form("Continue"):
        return page.status
    if not oracle.offers(asked.target, asked.role):
        barred = country.post(actor, f"/requests/{asked.id}/decision", decision="approve")
        if barred != 403 or not country.find(asked).is_open:
            return barred
    approves = asked.role in GIVEN and oracle.offers(asked.target, asked.role) and number % 3 == 0
    decision = "approve" if approves else "reject"
    status = country.post(actor, f"/requests/{asked.id}/decision", decision=decision, reason="No")
    found = country.find(asked)
    wanted = RequestState.APPROVED if approves else RequestState.REJECTED
    good = status == 303 and found.state is wanted and found.decided_by == actor.person.id
    return 0 if good else status or 1


def check_keycloak(country: Country) -> None:
    """Keycloak holds what it held, and what was approved."""
    with country.portal.services.sessions() as session:
        approved = session.query(AccessRequest).filter_by(state=RequestState.APPROVED).all()
    paths = {code: place.path for code, place in country.places.items()}
    given = {(one.person_id, Holding(one.role, paths[one.organisation_code])) for one in approved}
    assert country.all_held() == country.held | given
    assert given


@pytest.mark.parametrize("by_email", [False, True])
def test_nobody_decides_for_themselves(country: Country, by_email: bool) -> None:
    """ROL-3: by account and by address."""
    finance = {COMMISSIONER: Role.COMMISSIONER_FINANCE, APPROVER: Role.PROVIDER_FINANCE}
    made, tried = country.portal.services, 0
    for actor in country.actors:
        if actor.holding is None or actor.holding.role not in APPROVERS or actor.state != "active":
            continue
        target = country.places[actor.holding.organisation or "B10001"]
        role = finance.get(actor.holding.role, Role.PROVIDER_USER)
        own = open_request(made, target, role, applicant=actor.person, by_email=by_email)
        assert refused(country, actor, own) == 0, actor.label
        tried += 1
        with made.sessions.begin() as session:
            session.delete(session.get_one(AccessRequest, own.id))
    assert tried > 10


def test_queues_hold_exactly_what_may_be_decided(country: Country) -> None:
    """APR-1, APR-2: of everybody who decides anything; the others have no such page."""
    reconcile(country.portal.services)
    for actor in active(country):
        page = country.get(actor, "/requests?size=100")
        if actor.holding.role not in APPROVERS:
            assert (page.status, page.path) == (403, "/requests?size=100"), actor.label
            continue
        expected = {asked.email for asked in country.asked if should_decide(actor, asked)}
        assert listed(country, actor, "/requests") == expected, actor.label


def test_users_are_exactly_those_stood_over(country: Country) -> None:
    """USR-1: people with a role at or below the place, and those who ask for one there."""
    reconcile(country.portal.services)
    for actor in active(country):
        page = country.get(actor, "/users?size=100")
        if actor.holding.role not in (*APPROVERS, *ADMINISTRATORS):
            assert page.status == 403, actor.label
            continue
        expected = {email for email, code in everybody(country) if stands_over(actor.holding, code)}
        assert listed(country, actor, "/users") == expected, actor.label


def everybody(country: Country) -> Iterator[tuple[str, str]]:
    """E-mail addresses with where they hold or ask for a role; "" is everywhere, and nowhere."""
    emails = {person.id: person.email for person in country.scene.reader.people()}
    yield from ((email, "") for email in emails.values())
    for person_id, holding in country.all_held():
        yield emails[person_id], holding.organisation
    yield from ((asked.email, asked.target.code) for asked in country.asked)


def stands_over(acting: Holding, code: str) -> bool:
    if acting.role is DESK:
        return True
    if code in {CLOSED, CLOSED_COMMISSIONER, ""}:
        return False
    if acting.role in (COMMISSIONER, *ADMINISTRATORS):
        return acting.organisation in world.COMMISSIONERS[code]
    return acting.organisation == code and code in MULTI


def test_providers_are_exactly_those_below(country: Country) -> None:
    """ORG-4: for those who stand over providers; the others have no such page."""
    for actor in active(country):
        page = country.get(actor, "/providers?size=100")
        if actor.holding.role not in (COMMISSIONER, DESK, *ADMINISTRATORS):
            assert page.status == 403, actor.label
            continue
        found = {word for cell in page.page.iter("td") for word in words(cell).split()}
        expected = {code for code in world.PROVIDERS if code != CLOSED and stands_over(actor.holding, code)}
        assert found & set(world.PROVIDERS) == expected, actor.label


def test_levels(country: Country) -> None:
    """ORG-3, ROL-2: who may not switch a provider's level gets a page that says so; who may, does."""
    seen, counts = set(), {True: 0, False: 0}
    for actor in country.actors:
        for code in world.PROVIDERS:
            target = country.places[code]
            able = oracle.has_powers(actor.holding, actor.state)
            should = able and oracle.switches_level(actor.holding, target)
            role, lies = actor.holding and actor.holding.role, relation(actor.holding, target)
            kind = (actor.state, role, lies, target.status, should)
            if kind in seen:
                continue
            seen.add(kind)
            counts[should] += 1
            check_level(country, actor, target, should)
    assert min(counts.values()) >= 5, counts


def check_level(country: Country, actor: Actor, target: Organisation, should: bool) -> None:
    path, other = f"/providers/{target.code}/level", "single" if target.code in MULTI else "multi"
    if not should:
        status = country.post(actor, path, level=other)
        ended = actor.state != "active" or actor.holding is None  # sent to sign in, or to My profile
        assert status in {403, 404} or (status == 303 and ended), (actor.label, target.code)
        assert country.scene.reader.organisation(target.code) == target, (actor.label, target.code)
        return
    assert country.get(actor, path).form("Confirm"), (actor.label, target.code)
    if other == "multi":
        assert country.post(actor, path, level=other) == 303, (actor.label, target.code)
        assert country.scene.reader.organisation(target.code).approval_level == other
        country.scene.change(target.code, approval_level="single")  # and nobody steps down
        refresh_organisation(country.portal.services, target.id)


def test_the_people_of_a_closed_organisation_see_nothing(country: Country) -> None:
    """ORG-5: their role opens Home, which says so, and no page of its powers; an open practice lies below."""
    reconcile(country.portal.services)
    there = [actor for actor in country.actors if actor.state == "organisation closed"]
    assert {(actor.holding.role, actor.holding.organisation) for actor in there if actor.holding} >= {
        (COMMISSIONER, CLOSED_COMMISSIONER),
        (APPROVER, CLOSED),
    }
    for actor in there:
        home = country.get(actor, "/home")
        assert (home.status, home.heading) == (200, "Home"), actor.label
        assert "This organisation has closed" in home.said, actor.label
        for path in ("/requests", "/users", "/providers", "/providers/B10001", "/service-desk"):
            page = country.get(actor, path)
            assert (page.status, page.heading) == (403, "This organisation has closed"), (actor.label, path)


def test_the_service_desks_pages(country: Country) -> None:
    """AUD-2, NOT-2: the audit, the e-mails and what waits are the Service Desk's alone."""
    for actor in active(country):
        for page in DESK_PAGES:
            status = country.browser(actor)[0].client.get(f"/service-desk{page}").status_code
            assert status == (200 if actor.holding.role is DESK else 403), (actor.label, page)


def active(country: Country) -> list[Actor]:
    """Those with a role and their powers; approvers of single-level providers too, who have none."""
    return [one for one in country.actors if one.state == "active" and one.holding]


def listed(country: Country, actor: Actor, path: str) -> set[str]:
    """The addresses on all pages of a list."""
    found: set[str] = set()
    for number in range(1, 20):
        page = country.get(actor, f"{path}?size=100&page={number}").page
        addresses = (words(one) for one in page.iter("span"))
        fresh = {text for text in addresses if " " not in text and text.endswith(".example")}
        if fresh <= found:
            break
        found |= fresh
    return found
