"""Nonsense to every form that each role meets: refused or taken, but never a fault, nor run by a browser.

A browser of each role goes wherever links lead, some pages of each kind, and keeps the forms that it meets.
Then hypothesis fills them in.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from html5lib import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from directory.vocabulary import Role
from portal.mirroring.reconcile import reconcile
from tests.chaos.nonsense import NASTY, SCRIPT, WORDS
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build

HTML = "{http://www.w3.org/1999/xhtml}"
PAGES_OF_A_KIND, EXAMPLES = 3, 150
ADMINISTRATORS = {
    "oscar": Role.ORGANISATION_ADMINISTRATOR,
    "ursula": Role.USER_ADMINISTRATOR,
    "ada": Role.ADVANCED_USER_ADMINISTRATOR,
}
WHO = ("carol", "iris", "pam", "una", "desk", *ADMINISTRATORS, "")


@dataclass(frozen=True)
class Form:
    """A form that a page had: where it stood, where it goes, and its fields with their values."""

    page: str
    action: str
    method: str
    fields: tuple[tuple[str, str], ...]


@pytest.fixture
def world(database: str) -> World:
    made = build(database)
    made.open_request("newcomer@chaos.example", MULTI)
    for who, role in ADMINISTRATORS.items():
        made.people[who] = made.person(f"{who}@chaos.example", (SUB_ICB, role), first=who.title())
    made.directory.create_cluster(SUB_ICB, "key", "Coast", "", {SINGLE})
    reconcile(made.services)
    return made


@pytest.mark.parametrize("who", WHO)
def test_nonsense_in_every_form(world: World, who: str) -> None:
    """Every answer is one that we meant, and holds nothing that a browser would run."""
    forms = sorted(set(_forms(world, who)), key=repr)
    assert len(forms) > (5 if who else 2)

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def send(data: st.DataObject) -> None:
        form = data.draw(st.sampled_from(forms))
        values = {name: data.draw(NASTY | WORDS | st.just(value)) for name, value in form.fields}
        values |= data.draw(st.dictionaries(WORDS, NASTY, max_size=1))
        with capture_logs() as log:
            answer = _sent(_client(world, who), form, values)
        assert answer.status_code < 500 or _keycloak_is_away(log), (form, values, log)
        assert not [line for line in log if line["event"] in {"failed", "refused_by_keycloak"}], (form, log)
        assert SCRIPT not in answer.get_data(as_text=True), (form, values)
        assert urlsplit(answer.headers.get("Location", "")).hostname in {None, "localhost"}, (form, values)

    send()


def _keycloak_is_away(log: list[Any]) -> bool:
    """There is none here to send a browser to: the page says so, and that it can be tried again."""
    return any(line["event"] == "unavailable" and "SignInUnavailable" in line["fault"] for line in log)


def _client(world: World, who: str) -> FlaskClient:
    return (world.browser(world.people[who]) if who else world.browser()).client


def _sent(client: FlaskClient, form: Form, values: dict[str, str]) -> TestResponse:
    """Sent from the page, with the token that it has now, so that nothing is refused for want of one."""
    if form.method == "get":
        return client.get(form.action.partition("?")[0], query_string=values)
    tokens = [dict(each.fields).get("csrf_token") for each in _forms_of(client, form.page)]
    token = next((each for each in tokens if each), "")
    return client.post(form.action, data=values | {"csrf_token": token})


def _forms(world: World, who: str) -> Iterator[Form]:
    """Of all pages that have an address of their own or that links lead to, so many of each kind."""
    client, seen, waiting = _client(world, who), Counter[str](), _addresses(world)
    met = set(waiting)
    while waiting:
        page = waiting.pop()
        kind = _kind(world, page)
        seen[kind] += 1
        if not kind or seen[kind] > PAGES_OF_A_KIND:
            continue
        yield from _forms_of(client, page)
        links = [urljoin(page, link) for link in _links(client, page)]
        waiting += [link for link in links if link not in met]
        met |= set(links)


def _addresses(world: World) -> list[str]:
    rules = [rule for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted(str(rule) for rule in rules if not rule.arguments)


def _kind(world: World, page: str) -> str:
    """The page's route; empty for none of ours, and for what only signs in or out."""
    if not page.startswith("/") or page.startswith(("//", "/static", "/sign")):
        return ""
    adapter = world.app.url_map.bind("localhost")
    return (
        str(adapter.match(urlsplit(page).path, method="GET")[0])
        if adapter.test(page.partition("?")[0])
        else ""
    )


def _forms_of(client: FlaskClient, page: str) -> list[Form]:
    return [_form(page, element) for element in _page(client, page).iter(f"{HTML}form")]


def _links(client: FlaskClient, page: str) -> list[str]:
    return [link.get("href", "").partition("#")[0] for link in _page(client, page).iter(f"{HTML}a")]


def _page(client: FlaskClient, page: str) -> Any:
    answer = client.get(page, follow_redirects=not page.startswith("/sign"))
    assert answer.status_code < 500 or answer.status_code == 503, page  # 503: Keycloak is away here
    return parse(answer.get_data(as_text=True) if answer.mimetype == "text/html" else "")


def _form(page: str, element: Any) -> Form:
    kinds = ("input", "textarea", "select", "button")
    fields = [
        (one.get("name"), one.get("value") or "") for kind in kinds for one in element.iter(HTML + kind)
    ]
    action = urljoin(page, element.get("action") or page)
    return Form(page, action, (element.get("method") or "get").lower(), tuple(f for f in fields if f[0]))
