"""Providers, their people and their approval level; users."""

from datetime import timedelta
from uuid import uuid4

from directory.vocabulary import ApprovalLevel, Role
from portal.casework.audit_events import THE_PORTAL
from portal.effects import approval_level
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

ROLE = Role.COMMISSIONER_APPROVER


def commissioner(world: World) -> Browser:
    person = world.person(f"{uuid4()}@icb.nhs.uk", (SUB_ICB, ROLE), first="Kim")
    return world.browser(person, world.holding(SUB_ICB, ROLE))


def practice(world: World, code: str, level: ApprovalLevel = ApprovalLevel.SINGLE) -> str:
    world.directory.place(code, f"Practice {code}", parent=SUB_ICB, approval_level=level)
    world.mirror_organisation(code)
    return code


def test_the_list(world: World) -> None:
    """ORG-4: own providers only, with level, users and open requests; search by code."""
    world.directory.place("44Z", "Elsewhere")
    world.directory.place("F99001", "Foreign Practice", parent="44Z")
    world.mirror_organisation("44Z")
    world.mirror_organisation("F99001")
    browser = commissioner(world).open("/providers")
    assert "Fair Isle Surgery" in browser.said
    assert "Foreign Practice" not in browser.said
    assert browser.open(f"/providers?q={MULTI}").said.count("View") == 1
    assert browser.open("/providers/F99001").status == 404
    assert browser.open("/providers/F99001/level").status == 404


def test_to_multi_level(world: World) -> None:
    """ORG-3: tick, confirm; nobody is promoted."""
    code = practice(world, "G10001")
    browser = commissioner(world).open(f"/providers/{code}").send("Continue", multi="y")
    assert browser.heading == "Confirm the change to multi-level"
    assert world.directory.organisation(code).approval_level is ApprovalLevel.SINGLE
    browser.send("Confirm")
    assert f"Practice {code} is now multi-level." in browser.said
    assert world.directory.organisation(code).approval_level is ApprovalLevel.MULTI


def test_a_level_that_waits_is_not_said_to_be_set(world: World) -> None:
    """ORG-3: behind another change of the same provider that Keycloak hasn't taken yet."""
    code = practice(world, "G10006")
    browser = commissioner(world).open(f"/providers/{code}/level")
    services = world.app.extensions["cqrs"]
    with services.sessions.begin() as session:
        later = services.clock() + timedelta(minutes=1)
        approval_level.queue(session, code, ApprovalLevel.SINGLE, THE_PORTAL, later)
    browser.send("Confirm")
    assert f"Practice {code} will soon be multi-level." in browser.said
    assert "is now multi-level" not in browser.said


def test_to_single_level_names_the_approvers(world: World) -> None:
    """ORG-3: each Provider Approver is named and becomes a Provider User."""
    code = practice(world, "G10002", ApprovalLevel.MULTI)
    person = world.person("pa2@nhs.net", (code, Role.PROVIDER_APPROVER), first="Pat", last="Manager")
    browser = commissioner(world).open(f"/providers/{code}")
    fields = {"csrf_token": browser.form("Continue").fields["csrf_token"]}
    browser._arrived(browser.client.post(browser.path, data=fields, follow_redirects=True))
    assert browser.heading == "Confirm the change to single-level"
    assert "Pat Manager" in browser.said
    browser.send("Confirm")
    run_due(world.app.extensions["cqrs"], person.email)
    held = {holding.role for holding in world.directory.standing(person.id).holdings}
    assert held == {Role.PROVIDER_USER}


def test_somebody_who_was_not_named_is_shown_first(world: World) -> None:
    """An approver who came after the page was made isn't demoted unseen."""
    code = practice(world, "G10003", ApprovalLevel.MULTI)
    browser = commissioner(world).open(f"/providers/{code}/level")
    late = world.person("late.pa@nhs.net", (code, Role.PROVIDER_APPROVER), first="Lou", last="Late")
    browser.send("Confirm")
    assert "What this would do has changed. Check it again." in browser.said
    assert "Lou Late" in browser.said
    assert {one.role for one in world.directory.standing(late.id).holdings} == {Role.PROVIDER_APPROVER}


def test_a_level_that_somebody_else_has_just_asked_back(world: World) -> None:
    """ORG-3: the page shows what it would do now, and doesn't speak of people, of whom it names none."""
    code = practice(world, "G10009")
    browser = commissioner(world).open(f"/providers/{code}/level")
    world.directory.change(code, approval_level=ApprovalLevel.MULTI)
    services = world.app.extensions["cqrs"]
    with services.sessions.begin() as session:
        later = services.clock() + timedelta(minutes=1)
        approval_level.queue(session, code, ApprovalLevel.SINGLE, THE_PORTAL, later)
    browser.send("Confirm")
    assert browser.heading == "Confirm the change to single-level"
    assert "What this would do has changed. Check it again." in browser.said


def test_an_unchanged_box_changes_nothing(world: World) -> None:
    code = practice(world, "G10004")
    browser = commissioner(world).open(f"/providers/{code}").send("Continue")
    assert "The approval level is unchanged." in browser.said


def test_a_forged_level_is_refused(world: World) -> None:
    code = practice(world, "G10005")
    browser = commissioner(world).open(f"/providers/{code}/level")
    assert browser.send("Confirm", level="none").status == 400


def test_links_to_register(world: World) -> None:
    """REG-5: for one, for many, and as a file; only for own providers."""
    browser = commissioner(world).open(f"/providers/{SINGLE}")
    assert f"/register?organisation={SINGLE}" in browser.text
    browser.open(f"/providers/links?chosen={SINGLE}&chosen={MULTI}&chosen=F99001&chosen=X")
    assert f"Fair Isle Surgery ({SINGLE})" in browser.text
    assert "F99001" not in browser.text
    text = browser.client.get(f"/providers/links.csv?chosen={SINGLE}").get_data(as_text=True)
    assert (
        text.splitlines()[1]
        == f"{SINGLE},Fair Isle Surgery,http://localhost:8000/register?organisation={SINGLE}"
    )
    assert "No provider was chosen" in browser.open("/providers/links").said


def test_users_shows_who_waits(world: World) -> None:
    """APR-2: as Pending Access Request, with the way to the request."""
    world.person("works@nhs.net", (SINGLE, Role.PROVIDER_USER), first="Wendy")
    world.open_request("waits@nhs.net", first_name="Wanda")
    browser = commissioner(world).open("/users?q=wanda")
    assert "Pending Access Request" in browser.said
    browser.follow("View the request of Wanda Asker at Fair Isle Surgery")
    assert browser.heading == "Wanda Asker"
    assert "Wendy" in browser.open("/users?sort=first-name&order=descending&size=100").said
    assert "Wendy" not in browser.open("/users?status=pending").said


def test_users_takes_any_address(world: World) -> None:
    """Nonsense in the address is left out."""
    browser = commissioner(world).open("/users?status=x&sort=y&order=z&page=-1&size=0&q=%00%25")
    assert browser.status == 200
