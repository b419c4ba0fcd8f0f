"""Registering, page by page, with everything that people and browsers do."""

import pytest
from sqlalchemy import select

from directory.vocabulary import ApprovalLevel, OrganisationStatus, Role
from portal.model.effects import Effect, EffectKind
from tests.support.builders.world import CLOSED, MULTI, SINGLE, SUB_ICB, World
from tests.support.pages.browser import Browser

THANKS = (
    "Your request is currently under review. You will receive an email to the address you registered with "
    "once our review is complete."
)


def to_organisation(world: World, email: str) -> Browser:
    """A browser at the question for the organisation."""
    return world.browser().open("/register").send("Continue", email=email)


def to_role(world: World, email: str, code: str = SINGLE) -> Browser:
    browser = to_organisation(world, email).send("Search", q=code)
    return browser.send("Continue", code=code)


def to_check(world: World, email: str, role: str = "provider-user") -> Browser:
    answers = {"role": role, "first_name": "Jo", "last_name": "O’Brien"}  # noqa: RUF001 - as phones write it
    return to_role(world, email).send("Continue", **answers)


def registrations(world: World, email: str) -> list[Effect]:
    """What was taken in for this address."""
    with world.sessions() as db:
        kinds = Effect.kind == EffectKind.REGISTRATION
        return list(db.scalars(select(Effect).where(kinds, Effect.key == email)))


def test_the_whole_way(world: World) -> None:
    """REG-1: e-mail, organisation, role and name, check, sent, and the message word for word."""
    browser = to_check(world, "New.Person@NHS.net ")
    assert browser.heading == "Check your answers"
    assert "new.person@nhs.net" in browser.said
    browser.send("Register")
    assert browser.path == "/register/thank-you"
    assert THANKS in browser.said
    [taken] = registrations(world, "new.person@nhs.net")
    assert taken.payload["organisation_code"] == SINGLE
    assert taken.payload["last_name"] == "O’Brien"  # noqa: RUF001


def test_a_known_address_is_answered_alike(world: World) -> None:
    """REG-2: page for page the same for somebody who has an account."""
    world.person("known@nhs.net", (SINGLE, Role.PROVIDER_USER))
    known, unknown = to_check(world, "known@nhs.net"), to_check(world, "nobody.knows@nhs.net")
    assert known.send("Register").said == unknown.send("Register").said


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Enter your email address"),
        ("   ", "Enter your email address"),
        ("jo", "Enter an email address in the correct format, like name@nhs.net"),
        ("jo@nhs", "Enter an email address in the correct format, like name@nhs.net"),
        ("jo@nhs.net, al@nhs.net", "Enter an email address in the correct format, like name@nhs.net"),
        ("<script>@nhs.net", "Enter an email address in the correct format, like name@nhs.net"),
        ("жо@nhs.net", "Enter an email address in the correct format, like name@nhs.net"),
        ("a" * 65 + "@nhs.net", "Enter an email address in the correct format, like name@nhs.net"),
        ("a@" + "b" * 260 + ".net", "Email address must be 254 characters or fewer"),
        ("jo\x00@nhs.net", "Enter an email address in the correct format, like name@nhs.net"),
    ],
)
def test_a_wrong_address_is_told(world: World, typed: str, told: str) -> None:
    """One clear message, in the summary and at the field, and what was typed is kept."""
    browser = world.browser().open("/register").send("Continue", email=typed)
    assert browser.problems == [told]
    assert browser.path == "/register"


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("", "", ["Enter your first name", "Enter your last name"]),
        ("x" * 61, "Lee", ["First name must be 60 characters or fewer"]),
        (
            "<b>Jo</b>",
            "Lee",
            ["First name must only include letters, spaces, hyphens, apostrophes and full stops"],
        ),
        ("Jo", "-", ["Last name must include a letter"]),
        (
            "Your session expired. Sign in at...",
            "Lee",
            [
                "First name can have a full stop only after an initial or a short form, such as J. or St.,"
                " and then a space"
            ],
        ),
    ],
)
def test_a_wrong_name_is_told(world: World, first: str, last: str, told: list[str]) -> None:
    """Too long, empty, markup, no letter."""
    browser = to_role(world, "names@nhs.net").send(
        "Continue", role="provider-user", first_name=first, last_name=last
    )
    assert browser.problems == told


@pytest.mark.parametrize("name", ["Zoë", "李", "Мария", "Mary-Jane", "D'Arcy", "  Anne  Marie  "])
def test_names_of_every_alphabet_are_taken(world: World, name: str) -> None:
    """Spaces are made single; nothing else is changed."""
    answers = {"role": "provider-user", "first_name": name, "last_name": "Lee"}
    browser = to_role(world, "alphabets@nhs.net").send("Continue", **answers)
    assert browser.heading == "Check your answers"
    assert " ".join(name.split()) in browser.said


def test_no_role_and_a_forged_role(world: World) -> None:
    """A single-level provider offers no Provider Approver, whatever a form says."""
    browser = to_role(world, "forged@nhs.net")
    assert "Provider Approver" not in browser.said
    assert browser.send("Continue", first_name="Jo", last_name="Lee").problems == ["Select your role"]
    browser.send("Continue", role="provider-approver", first_name="Jo", last_name="Lee")
    assert browser.problems == ["Select a role from the list"]
    browser.send("Continue", role="service-desk", first_name="Jo", last_name="Lee")
    assert browser.problems == ["Select a role from the list"]


def test_each_organisation_offers_its_roles(world: World) -> None:
    """REG-1: a multi-level practice offers three, a commissioner its own."""
    assert "Provider Approver" in to_role(world, "multi@nhs.net", MULTI).said
    assert "Commissioner Approver" in to_role(world, "icb@nhs.net", SUB_ICB).said


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fair isle", SINGLE),
        ("FAIR", SINGLE),
        (SINGLE.lower(), SINGLE),
        ("cromarty med", MULTI),
        ("place a", SUB_ICB),
    ],
)
def test_organisations_are_found(world: World, typed: str, found: str) -> None:
    """By ODS code or by words of the name, in any case."""
    browser = to_organisation(world, "search@nhs.net").send("Search", q=typed)
    assert f"({found})" in browser.said


@pytest.mark.parametrize("typed", ["Atlantis", "%", "'; drop table", "<script>", "∞", "x" * 3000])
def test_nothing_found_says_what_to_do(world: World, typed: str) -> None:
    """Anything may be typed."""
    browser = to_organisation(world, "search2@nhs.net").send("Search", q=typed)
    assert browser.status == 200
    assert "No organisation matches" in browser.said


def test_an_empty_search_asks_for_words(world: World) -> None:
    browser = to_organisation(world, "search3@nhs.net").send("Search", q="  ")
    assert "Enter an ODS code, a name or a postcode to search" in browser.said


def test_closed_organisations_and_regions_cannot_be_asked_for(world: World) -> None:
    """ORG-5: not found, and refused when forged."""
    world.directory.change(CLOSED, status=OrganisationStatus.CLOSED)
    world.mirror_organisation(CLOSED)
    browser = to_organisation(world, "closed@nhs.net").send("Search", q="Dogger")
    assert "No organisation matches" in browser.said
    browser.send("Search", q="Fair").send("Continue", code=CLOSED)
    assert browser.problems == ["Select an open organisation from the list"]
    browser.send("Continue", code="Y90")
    assert browser.problems == ["Select an open organisation from the list"]


def test_too_many_matches_ask_to_narrow(world: World) -> None:
    """Thousands match "surgery": the first twenty, and what to add."""
    for number in range(25):
        world.directory.place(f"C{81000 + number}", f"Lighthouse Surgery {number}", parent=SUB_ICB)
        world.mirror_organisation(f"C{81000 + number}")
    browser = to_organisation(world, "narrow@nhs.net").send("Search", q="Lighthouse")
    assert "More than 20 organisations match" in browser.said


def test_suggestions(world: World) -> None:
    """What the box suggests while somebody types; nothing but public facts."""
    answer = world.app.test_client().get("/register/organisations?q=fair")
    assert answer.json == {
        "organisations": [
            {"code": SINGLE, "name": "Fair Isle Surgery", "about": "Service provider, Place A"}
        ],
        "more": False,
    }


def test_a_link_fills_the_organisation_in(world: World) -> None:
    """REG-5: a commissioner's link; it can still be changed."""
    browser = world.browser().open(f"/register?organisation={SINGLE}")
    assert "You are registering for Fair Isle Surgery" in browser.said
    browser.send("Continue", email="link@nhs.net")
    assert browser.heading == "Your role and name"
    answers = {"role": "provider-finance", "first_name": "Jo", "last_name": "Lee"}
    browser.send("Continue", **answers)
    browser.follow("Change organisation")
    assert "You chose Fair Isle Surgery" in browser.said


@pytest.mark.parametrize("code", ["X99999", "<b>", "Y90", "' or 1=1"])
def test_a_link_to_nothing_lets_one_search(world: World, code: str) -> None:
    """An organisation that is gone, or never was."""
    browser = world.browser().open(f"/register?organisation={code}")
    assert "names an organisation that can't be registered for" in browser.said
    assert browser.send("Continue", email="nolink@nhs.net").heading == "Find your organisation"


def test_change_comes_back_to_the_check(world: World) -> None:
    """Changing one answer keeps the others; another organisation asks the role anew."""
    browser = to_check(world, "change@nhs.net")
    browser.follow("Change email address").send("Continue", email="changed@nhs.net")
    assert browser.heading == "Check your answers"
    assert "changed@nhs.net" in browser.said
    browser.follow("Change organisation").send("Search", q="Cromarty").send("Continue", code=MULTI)
    assert browser.heading == "Your role and name"
    assert browser.form("Continue").fields["first_name"] == "Jo"


def test_a_double_click_and_the_back_button_send_once(world: World) -> None:
    """The second of two clicks, a reload and a step back all end at the thank-you."""
    browser = to_check(world, "twice@nhs.net")
    path, form = browser.path, browser.form("Register")
    browser.send("Register")
    again = browser.client.post(path, data=form.fields, follow_redirects=True)
    assert again.request.path == "/register/thank-you"
    assert browser.open(path).path == "/register/thank-you"
    assert len(registrations(world, "twice@nhs.net")) == 1


def test_two_tabs_do_not_mix(world: World) -> None:
    """Each tab is its own draft."""
    first = to_role(world, "first.tab@nhs.net")
    second = Browser(first.client).open("/register").send("Continue", email="second.tab@nhs.net")
    second.send("Search", q=MULTI).send("Continue", code=MULTI)
    first.send("Continue", role="provider-user", first_name="Jo", last_name="Lee")
    assert "first.tab@nhs.net" in first.said
    assert "Fair Isle Surgery" in first.said


def test_answers_changed_in_another_tab_are_shown_again(world: World) -> None:
    """What is sent is what was seen."""
    first = to_check(world, "same.draft@nhs.net")
    Browser(first.client).open(first.path).follow("Change email address").send(
        "Continue", email="other@nhs.net"
    )
    first.send("Register")
    assert first.heading == "Check your answers"
    assert "Your answers were changed in another tab" in first.said
    assert registrations(world, "same.draft@nhs.net") == []
    first.send("Register")
    assert len(registrations(world, "other@nhs.net")) == 1


def test_a_lost_session_begins_again(world: World) -> None:
    """Cookies gone or expired: nothing was sent, and the way back is there."""
    browser = to_check(world, "lost@nhs.net")
    browser.client.delete_cookie("cqrs", domain="localhost")
    form = browser.form("Register")
    assert Browser(browser.client).open(browser.path).heading == "We no longer have your answers"
    answer = browser.client.post(browser.path, data=form.fields)
    assert answer.status_code == 400
    assert "That page was open for too long" in answer.get_data(as_text=True)
    assert registrations(world, "lost@nhs.net") == []


def test_steps_cannot_be_skipped(world: World) -> None:
    """The check page before its answers leads to the first missing one."""
    browser = to_organisation(world, "skip@nhs.net")
    name = browser.path.split("/")[2]
    assert browser.open(f"/register/{name}/check").heading == "Find your organisation"
    assert browser.open(f"/register/{name}/role").heading == "Find your organisation"


def test_an_organisation_that_changes_meanwhile(world: World) -> None:
    """The role is no longer offered when Register is pressed: choose again, nothing sent."""
    browser = to_role(world, "meanwhile@nhs.net", MULTI)
    browser.send("Continue", role="provider-approver", first_name="Jo", last_name="Lee")
    world.directory.change(MULTI, approval_level=ApprovalLevel.SINGLE)
    world.mirror_organisation(MULTI)
    browser.send("Register")
    assert browser.heading == "Your role and name"
    world.directory.change(MULTI, approval_level=ApprovalLevel.MULTI)
    world.mirror_organisation(MULTI)
    assert registrations(world, "meanwhile@nhs.net") == []
