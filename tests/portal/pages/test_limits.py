"""Limits on what anybody may send."""

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.model import Mail, MailKind
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build_places
from tests.support.pages.browser import Browser


@pytest.fixture(scope="module")
def world(database: str) -> World:
    """A portal that takes three an hour from a network, two a day for an e-mail address and by a person."""
    limits = {"REGISTER": "3", "ADDRESS": "2", "ASK": "2", "LINK": "2"}
    return build_places(database, **{f"CQRS_{name}_LIMIT": limit for name, limit in limits.items()})


def register(world: World, email: str) -> Browser:
    browser = world.browser().open(f"/register?organisation={SINGLE}").send("Continue", email=email)
    return browser.send("Continue", role="provider-user", first_name="Jo", last_name="Lee").send("Register")


def test_a_page_that_explains(world: World) -> None:
    """REG-4: 429, in words, with when to come back and whom to ask; nothing typed is lost."""
    for number in range(3):
        assert register(world, f"limit{number}@nhs.net").path == "/register/thank-you"
    browser = register(world, "limit4@nhs.net")
    assert browser.status == 429
    assert browser.heading == "You have tried too many times"
    assert "Try again in" in browser.said
    assert Browser(browser.client).open(browser.path).heading == "Check your answers"


def test_requests_for_roles(world: World) -> None:
    """REG-4, PRO-4: somebody who is signed in is told the same way."""
    browser = world.browser(world.person("eager@nhs.net", (SINGLE, Role.PROVIDER_USER)))
    for code, role in ((MULTI, "provider-user"), (MULTI, "provider-finance"), (SUB_ICB, "commissioner-user")):
        browser.open(f"/profile/request-access/{code}").send("Continue", role=role, reason="x").send("Send")
    assert browser.status == 429
    assert browser.heading == "You have tried too many times"
    assert "by one person" in browser.said
    assert browser.open("/profile/roles").said.count("Pending") == 2


def test_links_to_register(world: World) -> None:
    """REG-5: each address counts, and of what is too much nothing goes."""
    carol = world.person("sends@nhs.net", (SUB_ICB, Role.COMMISSIONER_APPROVER))
    browser = world.browser(carol, world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    for many, status in (([SINGLE], 200), ([SINGLE, MULTI], 429), ([MULTI], 200), ([SINGLE], 429)):
        browser.open("/providers/links?" + "&".join(f"chosen={code}" for code in many))
        typed = {f"to-{code}": f"{code}@links.example".lower() for code in many}
        browser.send("Continue", chosen=many, **typed)
        shown = [one.get("value", "") for one in browser.page.iter("input") if one.get("name") == "shown"]
        browser.send("Send emails", chosen=many, shown=shown)
        assert browser.status == status, many
    assert browser.heading == "You have tried too many times"
    world.work()
    with world.sessions() as db:
        sent = db.scalars(select(Mail.to_address).where(Mail.kind == MailKind.REGISTER_LINK)).all()
    assert sorted(sent) == ["p001@links.example", "p002@links.example"]


def test_when_to_come_back_is_said_to_programs_too(world: World) -> None:
    browser = world.browser().open("/register/new-link")
    form = browser.form("Send a new link")
    answers = [
        browser.client.post("/register/new-link", data=form.fields | {"email": "again@nhs.net"})
        for _ in range(4)
    ]
    assert [answer.status_code for answer in answers][-1] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_the_address_that_counts(database: str) -> None:
    """Behind a proxy of ours it is the one the proxy names; else what a browser claims is worth nothing."""
    for proxies, allowed in ((1, True), (0, False)):
        world = build_places(database, CQRS_REGISTER_LIMIT="1", CQRS_TRUSTED_PROXIES=str(proxies))
        client = world.app.test_client()
        for number in range(2):
            page = Browser(client).open("/register/new-link")
            fields = page.form("Send a new link").fields | {"email": f"proxy{proxies}{number}@nhs.net"}
            claimed = {"X-Forwarded-For": f"10.{proxies}.0.{number}"}
            origin = {"REMOTE_ADDR": f"192.0.2.{proxies}"}
            answer = client.post("/register/new-link", data=fields, headers=claimed, environ_base=origin)
        assert (answer.status_code == 303) == allowed


def test_a_new_link_is_answered_alike(database: str) -> None:
    """REG-3: an expired link offers a new one, and never says whether the address is known."""
    world = build_places(database, CQRS_REGISTER_LIMIT="1000")
    world.person("has.account@nhs.net")
    said = set()
    for email in ("has.account@nhs.net", "unknown.to.us@nhs.net"):
        browser = world.browser().open("/register/new-link").send("Send a new link", email=email)
        said.add(browser.said)
    assert len(said) == 1
    assert browser.heading == "Check your email"
