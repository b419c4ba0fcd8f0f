"""USR-7 as the National job aid *Restricting user access* walks through it, and what the pages refuse."""

from collections.abc import Collection
from uuid import uuid4

import pytest

from directory.vocabulary import Person, Role
from tests.portal.acts.user_details import ENHANCED, QOF
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build
from tests.support.pages.browser import Browser

USER_ADMIN, STAFF, FINANCE = Role.USER_ADMINISTRATOR, Role.COMMISSIONER_USER, Role.COMMISSIONER_FINANCE


@pytest.fixture
def world(database: str) -> World:
    return build(database)


@pytest.fixture
def ada(world: World) -> Browser:
    person = world.person(f"{uuid4()}@a01.example", (SUB_ICB, USER_ADMIN), first="Ada")
    return world.browser(person, world.holding(SUB_ICB, USER_ADMIN))


@pytest.fixture
def sam(world: World) -> Person:
    return world.person(f"{uuid4()}@a01.example", (SUB_ICB, STAFF), first="Sam", last="Staff")


def here(person: Person) -> str:
    return f"/users/{person.id}/details"


def tick(
    browser: Browser,
    button: str,
    add: Collection[tuple[str, str]] = (),
    clear: Collection[tuple[str, str]] = (),
) -> Browser:
    """Sends the form with the boxes as they are on the page, but for some: each a name and a value."""
    boxes = [
        (one.get("name", ""), one.get("value", ""), "checked" in one.attrib)
        for one in browser.page.iter("input")
        if one.get("type") == "checkbox"
    ]
    assert {*add, *clear} <= {box[:2] for box in boxes}, boxes
    on = {box[:2] for box in boxes if box[2]} - set(clear) | set(add)
    sent = {name: sorted(value for at, value in on if at == name) for name, _, _ in boxes}
    shown = [one.get("value", "") for one in browser.page.iter("input") if one.get("name") == "shown"]
    return browser.send(button, shown=shown, **sent)


def role(code: str, one: Role) -> tuple[str, str]:
    return f"role:{code}", one.value


def roles(world: World, person: Person) -> set[tuple[str, Role]]:
    return {(one.organisation, one.role) for one in world.directory.standing(person.id).holdings}


def test_restricting_a_user(world: World, ada: Browser, sam: Person) -> None:
    """Users, the person, User details, a cluster, Submit, confirmation; and what it comes to, before it."""
    made = world.directory.create_cluster(SUB_ICB, "key", "Coastal practices", "", [SINGLE])
    ada.open("/administration").follow("Users")
    ada.follow("View Sam Staff at Place A").follow("User details")
    assert ada.heading == "User details"
    tick(ada, "Continue", [(f"cluster:{SUB_ICB}", made.id)])
    assert ada.heading == "Check the changes"
    assert "Only Coastal practices (A01-1)" in ada.said
    assert "No longer sees 3 organisations" in ada.said
    assert "Cromarty Medical (P002)" in ada.said
    assert world.directory.standing(sam.id).restrictions == frozenset()
    ada.send("Submit")
    assert "Sam Staff was successfully updated." in ada.said
    assert {one.short_name for one in world.directory.standing(sam.id).restrictions} == {"", made.short_name}
    assert (
        "checked"
        in next(one for one in ada.open(here(sam)).page.iter("input") if one.get("value") == made.id).attrib
    )


def test_an_organisation_is_added_with_role_and_payment_types(
    world: World, ada: Browser, sam: Person
) -> None:
    """What is ticked is kept while another page is open; nothing counts until Submit."""
    ada.open(here(sam))
    assert "There are no Provider Clusters defined for this organisation." in ada.said
    tick(ada, "Add organisation", [role(SUB_ICB, FINANCE), (f"payment:{SUB_ICB}", QOF)])
    assert ada.heading == "Add organisation"
    assert next(one for one in ada.page.iter("input") if one.get("type") == "radio").get("value") == SUB_ICB
    ada.open(f"{here(sam)}/organisation?q=fair").send("Add organisation", code=SINGLE)
    assert "This person has no role here yet." in ada.said
    tick(ada, "Continue", [role(SINGLE, Role.PROVIDER_USER), (f"payment:{SINGLE}", ENHANCED)])
    for words in ("Gains the role Commissioner Finance", "Gains the role Provider User"):
        assert words in ada.said
    assert roles(world, sam) == {(SUB_ICB, STAFF)}
    ada.send("Submit")
    assert roles(world, sam) == {(SUB_ICB, STAFF), (SUB_ICB, FINANCE), (SINGLE, Role.PROVIDER_USER)}
    assert world.directory.payment_types(sam.id) == {SUB_ICB: {QOF}, SINGLE: {ENHANCED}}


def test_nothing_changed_discarded_and_taken_off(world: World, ada: Browser, sam: Person) -> None:
    tick(ada.open(here(sam)), "Continue")
    assert ada.problems == ["Nothing was changed. Tick or clear a box first."]
    ada.open(f"{here(sam)}/organisation").send("Add organisation", code=MULTI)
    tick(ada, "Take this organisation off", [role(MULTI, Role.PROVIDER_USER)])
    assert "Cromarty Medical" not in ada.said
    tick(ada, "Continue", [role(SUB_ICB, FINANCE)])
    ada.follow("Cancel")
    assert "You have changes that are not submitted" in ada.said
    ada.send("Discard changes")
    assert "not submitted" not in ada.said
    assert ada.open(f"{here(sam)}/check").heading == "User details"
    assert roles(world, sam) == {(SUB_ICB, STAFF)}


def test_somebody_else_was_quicker(world: World, ada: Browser, sam: Person) -> None:
    """Between opening and entering, and between entering and Submit; nothing is undone."""
    ada.open(here(sam))
    world.directory.set_payment_types(sam.id, SUB_ICB, [ENHANCED])
    tick(ada, "Continue", [role(SUB_ICB, FINANCE)])
    assert "Somebody else has changed this person's access since you opened it" in ada.said
    tick(ada, "Continue", [role(SUB_ICB, FINANCE)])
    world.directory.set_payment_types(sam.id, SUB_ICB, [QOF])
    ada.send("Submit")
    assert "Somebody else has changed this person's access since you opened it" in ada.said
    assert roles(world, sam) == {(SUB_ICB, STAFF)}
    assert world.directory.payment_types(sam.id) == {SUB_ICB: {QOF}}


def test_what_the_page_does_not_offer(world: World, ada: Browser, sam: Person) -> None:
    """A form made by hand: an administrator's role, a foreign cluster, an organisation next door."""
    foreign = world.directory.create_cluster("B01", "key", "Elsewhere", "", ["P003"])
    ada.open(here(sam))
    ada.send(
        "Continue",
        **{
            f"role:{SUB_ICB}": [STAFF.value, Role.ADVANCED_USER_ADMINISTRATOR.value, "owner"],
            f"cluster:{SUB_ICB}": [foreign.id],
            f"payment:{SUB_ICB}": ["Everything"],
        },
    )
    assert ada.problems == ["Nothing was changed. Tick or clear a box first."]
    for code in ("B01", "QA1", "P003", "NOSUCH"):
        ada.open(f"{here(sam)}/organisation")
        ada.send("Add organisation", code=code)
        assert f"({code})" not in ada.open(here(sam)).said


@pytest.mark.parametrize("who", ["carol", "pam"])
def test_approvers_are_offered_none_of_it(world: World, sam: Person, who: str) -> None:
    person = world.people[who]
    (held,) = world.directory.standing(person.id).holdings
    assert world.browser(person, held).open(here(sam)).status == 403


def test_whom_the_administrator_may_not_change(world: World, ada: Browser) -> None:
    """ROL-3: the person's page says why, and the address answers the same."""
    carol = world.people["carol"]
    ada.open(f"/users/{carol.id}")
    assert "You cannot change this account. This account holds a role that you could not grant." in ada.said
    refused = ada.open(f"/users/{carol.id}/details")
    assert refused.status == 403
    assert "This account holds a role that you could not grant." in refused.said


def test_many_organisations_in_pages(world: World, sam: Person) -> None:
    """What is ticked on one page stays while another is shown."""
    for number in range(14):
        world.directory.place(f"P1{number:02}", f"Practice {number:02}", parent=SUB_ICB)
        world.mirror_organisation(f"P1{number:02}")
        world.directory.grant(sam.id, world.directory.organisation(f"P1{number:02}"), Role.PROVIDER_USER)
    desk = world.browser(world.people["desk"], world.holding("", Role.SERVICE_DESK))
    desk.open(here(sam))
    assert "Page 1 of 2" in desk.said
    tick(desk, "Next page", [("payment:P101", QOF)])
    assert "Page 2 of 2" in desk.said
    tick(desk, "Continue", [("payment:P113", QOF)])
    desk.send("Submit")
    assert world.directory.payment_types(sam.id) == {"P101": {QOF}, "P113": {QOF}}


def test_the_last_approver_is_warned_of(world: World) -> None:
    """ROL-5."""
    world.directory.disable(world.people["chris"].id)
    desk = world.browser(world.people["desk"], world.holding("", Role.SERVICE_DESK))
    desk.open(here(world.people["carol"]))
    tick(desk, "Continue", clear=[role(SUB_ICB, Role.COMMISSIONER_APPROVER)])
    assert "Nobody else approves at Place A" in desk.said
    assert "the Commissioner Approvers of ICB A (QA1) decide" in desk.said
    desk.send("Submit")
    assert roles(world, world.people["carol"]) == set()
