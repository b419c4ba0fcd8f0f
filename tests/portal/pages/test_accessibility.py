"""Every page in a real Chromium: axe against WCAG 2.2 AA, no complaints, no sideways scrolling."""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

import portal
from directory.sync_runs import RunState, SyncRun
from directory.vocabulary import FactorKind, Person, Role
from portal.acts.ask import AskedRole, ask
from portal.model import Invitation
from portal.rules.invitations import link_token
from portal.services import now
from portal.store.moved_clock import AheadClock
from tests.support.builders.world import CLOSED, HERE, MULTI, SINGLE, SUB_ICB, World, build_places
from tests.support.pages.browser import Browser as Visitor
from tests.support.pages.faults import FAULTS, raising
from tests.support.pages.look import WCAG, Look
from tests.support.pages.serving import free_port, served

pytestmark = pytest.mark.browser
PUBLIC = [
    "/",
    "/help",
    "/cookies",
    "/accessibility",
    "/register",
    "/register/thank-you",
    "/forgotten-password",
    "/forgotten-password/sent",
    "/register/new-link",
    "/register/new-link/sent",
    "/invitation/another-link",
    "/signed-out",
    "/signed-out?because=disabled",
    "/signed-out?because=disabled-own",
    "/nowhere",
]
ANYBODY = [
    "/profile",
    "/profile/details",
    "/profile/details/edit",
    "/profile/sign-in",
    "/profile/roles",
    "/profile/activity",
    "/profile/disable",
    "/profile/disable/confirm",
    "/profile/notification-settings",
    "/profile/request-access?q=medical",
    f"/profile/request-access/{SINGLE}",
    "/notifications",
    "/role",
]
COMMISSIONER = [
    "/home",
    "/requests",
    "/users",
    "/providers",
    f"/providers/{MULTI}",
    f"/providers/{MULTI}/level",
    f"/providers/links?chosen={SINGLE}&chosen={MULTI}",
    "/providers/links/sent",
    "/users/invite",
    "/users/invite/pending",
    "/service-desk",
]
ADMINISTRATOR = ["/home", "/users", "/providers", "/administration", "/administration/organisation"]
DESK = [
    "/service-desk",
    "/service-desk/emails",
    "/service-desk/waiting",
    "/service-desk/people-with-no-open-organisation",
    "/service-desk/organisation-lists",
    "/service-desk/audit",
    "/service-desk/audit?since=x",
    "/administration/clusters?q=place",
    f"/administration/clusters/{SUB_ICB}",
    f"/administration/clusters/{SUB_ICB}/new",
    f"/organisations/{MULTI}/who",
]
ELSEWHERE = {
    "register.email",
    "register.organisation",
    "register.role",
    "register.check",
    "requests.review",
    "requests.confirm",  # the same answers as a form is given, after a fresh second factor
    "requests.confirm_many",
    "remove_role.choose",
    "remove_role.confirm",
    "sign_in_help.show",
    "sign_in_help.unlock",
    "sign_in_help.factors",
    "system_date.change",
    "users.person",
    "accounts.disable",
    "accounts.enable",
    "accounts.revoke",
    "invitations.email",
    "invitations.person",
    "invitations.organisation",
    "invitations.role",
    "invitations.check",
    "pending_invitations.confirm",
    "invitation.show",
    "clusters.rename",
    "clusters.choose",
    "clusters.check",
    "clusters.done",
    "clusters.show",
    "clusters.leave",
    "clusters.delete",
    "user_details.show",
    "user_details.organisation",
    "user_details.check",
    "users.why",
    "providers.people",
}
"""Endpoints whose addresses are only known while the tests run: each has a test of its own below."""
NO_PAGES = {
    "public.health",
    "public.security_contact",
    "signin.start",
    "signin.callback",
    "register.suggest",
    "request_access.suggest",
    "invitations.suggest",
    "providers.download",
    "audit.download",
    "users.download",
    "access.decision_point",
    "access.protected_resource",
    "access.document",
    "access.ready",
    "who_sees.download",
}
"""Endpoints that answer with a redirect, with data or with a file; their error pages are those of all."""
ERRORS = Path(portal.__file__).parent / "pages" / "errors"
BROKEN_WORDS = """() => {
  const broken = [];
  const texts = document.createTreeWalker(document.querySelector("table"), NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    for (const word of text.data.matchAll(/[\\p{L}\\d]+/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""


@pytest.fixture(scope="module")
def look(world: World, chromium: Browser, page_files: Path) -> Iterator[Look]:  # noqa: ARG001
    """Chromium at a portal that is served on a port, with its style sheets."""
    with served(world.app, free_port()) as portal:
        yield Look.through(chromium, world, portal)


@pytest.fixture(scope="module")
def busy(world: World) -> Person:
    """Somebody who commissions, serves everybody and works at a practice, with requests to see."""
    held = ((SUB_ICB, Role.COMMISSIONER_APPROVER), ("", Role.SERVICE_DESK), (SINGLE, Role.PROVIDER_USER))
    person = world.person("busy@nhs.net", *held, first="Bea", last="Busy")
    world.person("pa@nhs.net", (MULTI, Role.PROVIDER_APPROVER), first="Pat", last="Manager")
    for number in range(12):
        world.open_request(
            f"a.rather.long.address.{number}@a-rather-long-domain-name.nhs.uk", reason="Claims"
        )
    world.open_request("reception@nhs.net", first_name="Front")
    world.open_request("busy@nhs.net", MULTI)
    return person


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(look: Look, path: str) -> None:
    look.at(path)


@pytest.mark.parametrize("path", ANYBODY)
def test_pages_of_ones_own(look: Look, busy: Person, path: str) -> None:
    look.at(path, busy, look.world.holding(SINGLE, Role.PROVIDER_USER))


@pytest.mark.parametrize("path", COMMISSIONER)
def test_pages_of_a_commissioner(look: Look, busy: Person, path: str) -> None:
    look.at(path, busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))


@pytest.mark.parametrize("path", DESK)
def test_pages_of_the_service_desk(look: Look, busy: Person, path: str) -> None:
    look.at(path, busy, look.world.holding("", Role.SERVICE_DESK))


@pytest.mark.parametrize("path", ADMINISTRATOR)
def test_pages_of_an_administrator(look: Look, path: str) -> None:
    person = look.world.person("administrator@nhs.net", (SUB_ICB, Role.ORGANISATION_ADMINISTRATOR))
    look.at(path, person, look.world.holding(SUB_ICB, Role.ORGANISATION_ADMINISTRATOR))


INVITING = ("email", "person", "organisation", "role", "check")


def invited(look: Look, email: str) -> Visitor:
    """Somebody of a practice, who has answered every question of inviting."""
    pam = look.world.person(f"pam.{email}", (MULTI, Role.PROVIDER_APPROVER))
    visitor = look.world.browser(pam, look.world.holding(MULTI, Role.PROVIDER_APPROVER))
    visitor.open("/users/invite").send("Next", email=email)
    visitor.send("Next", first_name="Nina", last_name="New").send("Next", code=MULTI)
    return visitor.send("Next", role="provider-user")


@pytest.mark.parametrize("step", INVITING)
def test_inviting(look: Look, step: str) -> None:
    visitor = invited(look, f"{step}@a-rather-long-domain-name.nhs.uk")
    draft = visitor.path.split("/")[3]
    look.at_answer(visitor.open(f"/users/invite/{draft}/{step}"))
    assert visitor.path == f"/users/invite/{draft}/{step}"


def test_invitations_that_wait_and_that_end(look: Look) -> None:
    """The list, the confirmation of a cancellation, and the mailed link before and after."""
    email = "waits@a-rather-long-domain-name.nhs.uk"
    visitor = invited(look, email).send("Send")
    look.at_answer(visitor)
    with look.world.sessions() as db:
        one = db.query(Invitation).filter_by(email=email).one()
    token = link_token(look.world.services.settings.secret_key, one.id, 1)
    look.at(f"/invitation/{one.id}/{token}")
    look.at(f"/invitation/{one.id}/wrong")
    look.at_answer(visitor.open(f"/users/invite/pending/{one.id}/cancel"))
    look.at_answer(visitor.send("Cancel invitation"))
    look.at(f"/invitation/{one.id}/{token}")


def test_links_to_be_mailed(look: Look, busy: Person) -> None:
    visitor = look.world.browser(busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    visitor.open(f"/providers/links?chosen={SINGLE}&chosen={MULTI}")
    look.at_answer(visitor.send("Continue", **{"chosen": [SINGLE, MULTI], f"to-{SINGLE}": "manager@nhs.net"}))


@pytest.mark.parametrize("path", ["/home", "/users", "/requests"])
def test_pages_of_a_role_that_reaches_nobody(look: Look, path: str) -> None:
    """Where it is said why."""
    person = look.world.person("left.over@nhs.net", (SINGLE, Role.PROVIDER_APPROVER))
    look.at(path, person, look.world.holding(SINGLE, Role.PROVIDER_APPROVER))


@pytest.mark.parametrize("path", ["/home", "/users", "/role", "/profile/roles"])
def test_pages_at_a_closed_organisation(look: Look, path: str) -> None:
    """Where it is said that it has closed."""
    held = ((CLOSED, Role.PROVIDER_APPROVER), (SINGLE, Role.PROVIDER_USER))
    person = look.world.person("closed.place@nhs.net", *held)
    look.world.directory.change(CLOSED, status="closed")
    look.world.mirror_organisation(CLOSED)
    look.at(path, person, look.world.holding(CLOSED, Role.PROVIDER_APPROVER))


@pytest.mark.parametrize("email", ["reception@nhs.net", "plain@nhs.net"])
def test_a_request_to_decide(look: Look, busy: Person, email: str) -> None:
    """With a warning and without."""
    asked = look.world.open_request(email, role=Role.PROVIDER_FINANCE)
    look.at(f"/requests/{asked}", busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))


def test_removing_a_role(look: Look, busy: Person) -> None:
    """The choice of one of several, and the confirmation with its warning."""
    both = ((SINGLE, Role.PROVIDER_USER), (SINGLE, Role.PROVIDER_FINANCE))
    una = look.world.person("two-roles@a-rather-long-domain-name.nhs.uk", *both)
    pat = look.world.directory.person_by_email("pa@nhs.net")
    assert pat
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    look.at(f"/users/{una.id}/roles/{SINGLE}/remove", busy, acting_as)
    look.at(f"/users/{pat.id}/roles/{MULTI}/remove/provider-approver", busy, acting_as)


TWO_ROLES = "two-roles@nhs.net"
STEPS = ("email", "organisation", "role", "check")


@pytest.mark.parametrize("step", STEPS)
def test_registering(look: Look, step: str) -> None:
    visitor = (
        look.world.browser().open(f"/register?organisation={SINGLE}").send("Continue", email="n@nhs.net")
    )
    visitor.send("Continue", role="provider-user", first_name="Nina", last_name="New")
    draft = visitor.path.split("/")[2]
    look.at_answer(visitor.open(f"/register/{draft}/{step}"))
    assert visitor.path == f"/register/{draft}/{step}"


def test_what_is_confirmed(look: Look, busy: Person) -> None:
    """The pages that a form leads to: a decision, several together and what became of them, a request."""
    approver = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    asked = [str(look.world.open_request(f"confirm{number}@nhs.net")) for number in range(3)]
    visitor = look.world.browser(busy, approver)
    look.at_answer(
        visitor.open(f"/requests/{asked[0]}").send("Continue", decision="reject", reason="Not known")
    )
    look.at_answer(visitor.open("/requests").send("Approve ticked requests", chosen=asked))
    look.at_answer(visitor.send("Confirm", chosen=asked))
    access = visitor.open(f"/profile/request-access/{MULTI}")
    look.at_answer(access.send("Continue", role="provider-finance", reason="I do the claims"))


@pytest.fixture(scope="module")
def faulty(database: str) -> World:
    world = raising(database)
    world.person(TWO_ROLES, (SINGLE, Role.PROVIDER_USER), (MULTI, Role.PROVIDER_FINANCE))
    return world


@pytest.mark.parametrize("name", FAULTS)
def test_error_pages(look: Look, faulty: World, name: str) -> None:
    """By name of their templates, as somebody with two roles sees them."""
    person = faulty.directory.person_by_email(TWO_ROLES)
    assert person
    visitor = faulty.browser(person, faulty.holding(SINGLE, Role.PROVIDER_USER)).open(f"/raises/{name}")
    assert visitor.status >= HTTPStatus.BAD_REQUEST
    look.at_answer(visitor)


def test_every_error_page_is_looked_at() -> None:
    """One without a fault above that leads to it fails here."""
    assert {file.stem for file in ERRORS.glob("*.jinja")} == set(FAULTS)


def test_every_page_is_looked_at(world: World) -> None:
    """Each route that answers a link is opened by a test of this file; a new one fails here until it is."""
    addresses = world.app.url_map.bind("localhost")
    known = [path for path in (*PUBLIC, *ANYBODY, *COMMISSIONER, *ADMINISTRATOR, *DESK) if path != "/nowhere"]
    opened = {addresses.match(path.partition("?")[0], method="GET")[0] for path in known}
    rules = [rule for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert opened | ELSEWHERE | NO_PAGES == {rule.endpoint for rule in rules} - {"static"}


def test_the_audit_breaks_no_word(look: Look, busy: Person) -> None:
    """On a desk's screen each word of a table is in one line, but for addresses, which have no spaces."""
    desk = look.world.holding("", Role.SERVICE_DESK)
    asked = look.world.open_request("audited@nhs.net")
    approver = look.world.browser(busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    approver.open(f"/requests/{asked}").send("Continue", decision="approve").send("Confirm")
    page = look.open("/service-desk/audit", busy, desk)
    page.get_by_text(f"Commissioner Approver, {SUB_ICB}").first.wait_for()
    assert page.evaluate(BROKEN_WORDS) == []


def test_helping_somebody_to_sign_in(look: Look, busy: Person) -> None:
    """With a lock and two second factors: what there is, and both confirmations."""
    una = look.world.person("cannot.sign.in@a-rather-long-domain-name.nhs.uk", (SINGLE, Role.PROVIDER_USER))
    for kind in (FactorKind.AUTHENTICATOR_APP, FactorKind.PASSKEY):
        look.world.directory.add_second_factor(una.id, kind)
    look.world.directory.lock(una.id)
    look.world.mirror(una.id)
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    for path in ("sign-in", "unlock", "second-factors/remove"):
        look.at(f"/users/{una.id}/{path}", busy, acting_as)


def test_signing_in_with_much_to_show(look: Look) -> None:
    """Two second factors, one with a long name of its person's, and three places."""
    una = look.world.person("many.places@nhs.net", (SINGLE, Role.PROVIDER_USER))
    for kind in (FactorKind.AUTHENTICATOR_APP, FactorKind.PASSKEY):
        look.world.directory.add_second_factor(una.id, kind, "Telephone-of-the-reception-desk-upstairs")
    for number in range(2):
        look.world.directory.sign_in(una.id, f"elsewhere-{number}", "2001:db8:85a3:8d3:1319:8a2e:370:7348")
    look.at("/profile/sign-in", una)


def test_the_system_date_and_its_banner(look: Look, database: str) -> None:
    """A number that is none, the date moved, and the banner that every page has then."""
    world = build_places(database, CQRS_SYSTEM_DATE_CHANGE="true")
    ahead = AheadClock(world.services.sessions, now)
    moved = replace(world, services=replace(world.services, clock=ahead))
    moved.services.wait.services = moved.services
    visitor = moved.browser(moved.person("moves.the.date@nhs.net", (SINGLE, Role.PROVIDER_USER)))
    visitor.open("/profile/system-date")
    look.at_answer(visitor.send("Save", days="-1"))
    look.at_answer(visitor.send("Save", days="30"))
    ahead._until = 0
    look.at_answer(visitor.open("/profile"))
    assert f"is now {ahead().day} {ahead():%B %Y}" in visitor.text


def test_a_person_and_the_changes_of_their_account(look: Look, busy: Person) -> None:
    """With roles, a request set aside and a history: the page, and each confirmation."""
    una = look.world.person("leaving.soon@a-rather-long-domain-name.nhs.uk", (SINGLE, Role.PROVIDER_USER))
    gone = look.world.person("gone.already@nhs.net", (SINGLE, Role.PROVIDER_USER))
    ask(look.world.services, gone.id, AskedRole(MULTI, Role.PROVIDER_USER, "Two days a week"), HERE)
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    browser = look.world.browser(busy, acting_as)
    look.at_answer(browser.open(f"/users/{gone.id}/disable").send("Continue", why="left"))
    browser.send("Disable account")
    look.world.work()
    for address in (f"{una.id}", f"{una.id}/disable", f"{una.id}/revoke", f"{gone.id}", f"{gone.id}/enable"):
        look.at(f"/users/{address}", busy, acting_as)


def test_making_changing_and_deleting_a_cluster(look: Look, busy: Person) -> None:
    """In the job aids' order, with people in it, an error, and changes that are not submitted."""
    visitor = look.world.browser(busy, look.world.holding("", Role.SERVICE_DESK))
    visitor.open(f"/administration/clusters/{SUB_ICB}/new")
    look.at_answer(visitor.send("Continue", name=""))
    visitor.send("Continue", name="Coastal practices", description="By the sea")
    visitor.send("Add these codes", codes="NOSUCH B01")
    look.at_answer(visitor)
    look.at_answer(visitor.send("Continue", chosen=[SINGLE, MULTI]))
    look.at_answer(visitor.send("No"))
    visitor.send("Continue").send("Continue")
    look.at_answer(visitor.send("Yes"))
    (made,) = look.world.directory.clusters(SUB_ICB)
    both = (SUB_ICB, Role.COMMISSIONER_USER)
    member = look.world.person("in.a.cluster@nhs.net", both, first="Mia", last="Member")
    look.world.directory.restrict(member.id, SUB_ICB, [made.id])
    look.world.mirror(member.id)
    here = f"/administration/clusters/{SUB_ICB}/{made.short_name}"
    look.at_answer(visitor.open(f"/administration/clusters/{SUB_ICB}"))
    look.at_answer(visitor.open(here).send("Remove organisation"))
    look.at_answer(visitor.open(f"{here}/leave"))
    look.at_answer(visitor.open(f"{here}/delete"))


def test_user_details_and_why_somebody_sees_an_organisation(look: Look, busy: Person) -> None:
    """With an organisation added, changes not submitted, what they come to, and an answer of both kinds."""
    world, desk = look.world, look.world.holding("", Role.SERVICE_DESK)
    one = world.person("set.by.admins@nhs.net", (SUB_ICB, Role.COMMISSIONER_USER), first="Sam", last="Set")
    made = world.directory.create_cluster(SUB_ICB, "seen", "Looked at", "", [SINGLE])
    world.directory.create_cluster(SUB_ICB, "seen too", "Looked at as well", "", [MULTI])
    visitor, here = world.browser(busy, desk), f"/users/{one.id}/details"
    look.at_answer(visitor.open(here))
    look.at_answer(visitor.open(here).send("Add organisation"))
    look.at_answer(visitor.send("Add organisation", code=SINGLE))
    look.at_answer(visitor.send("Continue", **{f"role:{SUB_ICB}": []}))
    look.at_answer(visitor.open(here).send("Continue", **{f"cluster:{SUB_ICB}": made.id}))
    visitor.send("Submit")
    world.work()
    for code in (SINGLE, MULTI):
        look.at(f"/users/{one.id}/why?organisation={code}", busy, desk)
    look.at(f"/users/{one.id}/why?q=fair", busy, desk)


def test_suggestions_by_keyboard(look: Look) -> None:
    """REG-1: typed, moved with the arrows, chosen with Enter; read out by the list's state."""
    page = look.open("/register")
    page.get_by_label("What is your email address?").fill("keyboard@nhs.net")
    page.keyboard.press("Enter")
    box = page.get_by_role("combobox")
    box.fill("fair isle")  # all at once, so that no later answer takes the mark away
    page.get_by_role("option", name="Fair Isle Surgery").wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert Axe().run(page, options={"runOnly": WCAG}).violations_count == 0
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "q-suggestions-0"
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("fair isle s")
    page.get_by_role("option", name="Fair Isle Surgery").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your role and name").wait_for()


def test_where_the_people_of_a_closed_provider_go(look: Look, busy: Person) -> None:
    """The successor, who would get what, and what became of each."""
    world = look.world
    for number in range(3):
        email = f"a.rather.long.address.{number}@a-rather-long-domain-name.nhs.uk"
        world.person(email, (CLOSED, Role.PROVIDER_USER), first="Del", last=f"Dogger-{number}")
    world.directory.grant(busy.id, world.directory.organisation(CLOSED), Role.PROVIDER_FINANCE)
    world.directory.change(CLOSED, status="closed", postcode="ZE1 0AA")
    world.directory.change(SINGLE, postcode="ZE1 0AA")
    for code in (CLOSED, SINGLE):
        world.mirror_organisation(code)
    visitor = world.browser(busy, world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    look.at_answer(visitor.open(f"/providers/{CLOSED}/people"))
    look.at_answer(visitor.send("Continue", to=SINGLE))
    look.at_answer(visitor.send("Confirm"))
    look.at_answer(visitor.open(f"/providers/{CLOSED}/people?to={SINGLE}"))


def test_runs_of_the_sync(look: Look, busy: Person) -> None:
    run = SyncRun("host-of-the-timer", 7, ("eauth.zip", "epraccur.zip"), now(), now())
    counts, changes = (
        {"create": 12440, "move": 31},
        ("create P81001 A RATHER LONG NAME OF A SURGERY / CLINIC",),
    )
    for state in RunState:
        problem = "Keycloak does not answer at https://keycloak.example" if state is RunState.FAILED else ""
        more = {"state": state, "counts": counts, "changes": changes, "problem": problem}
        look.world.directory.note_run(replace(run, **more))
    look.at("/service-desk/organisation-lists", busy, look.world.holding("", Role.SERVICE_DESK))
