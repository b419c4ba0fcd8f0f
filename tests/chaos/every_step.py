"""Nonsense on the way through what takes several pages: each step is reached as people do, then spoiled."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.chaos.nonsense import NASTY, SCRIPT, WORDS
from tests.support.builders.world import MULTI, SINGLE, World, build
from tests.support.pages.browser import Browser

EXAMPLES = 60


@dataclass(frozen=True)
class Way:
    """Who goes it, where it begins, and what is pressed and answered at each step; {names} are filled in."""

    who: str
    begins: str
    steps: tuple[tuple[str, dict[str, str]], ...]


NAME = {"first_name": "Jo", "last_name": "Lee"}
WAYS = {
    "registering": Way(
        "",
        "/register",
        (
            ("Continue", {"email": "new@chaos.example"}),
            ("Search", {"q": SINGLE}),
            ("Continue", {"code": SINGLE}),
            ("Continue", {"role": "provider-user", **NAME}),
            ("Register", {}),
        ),
    ),
    "inviting": Way(
        "pam",
        "/users/invite",
        (
            ("Next", {"email": "invited@chaos.example"}),
            ("Next", NAME),
            ("Next", {"code": MULTI}),
            ("Next", {"role": "provider-user"}),
            ("Send", {}),
        ),
    ),
    "rejecting": Way(
        "pam",
        "/requests/{request}",
        (("Continue", {"decision": "reject", "reason": "Not known here"}), ("Confirm", {})),
    ),
    "disabling": Way(
        "carol",
        "/users/{una}/disable",
        (("Continue", {"why": "other", "text": "Away"}), ("Disable account", {})),
    ),
}


@pytest.fixture
def world(database: str) -> World:
    return build(database)


@pytest.mark.parametrize(
    ("name", "step"), [(name, n) for name, way in WAYS.items() for n in range(len(way.steps))]
)
def test_nonsense_at_every_step(world: World, name: str, step: int) -> None:
    """Every answer is one that we meant, and so is the page that follows."""
    way = WAYS[name]
    request = world.open_request("newcomer@chaos.example", MULTI)
    begins = way.begins.format(request=request, una=world.people["una"].id)
    button, right = way.steps[step]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def spoil(data: st.DataObject) -> None:
        browser = _at(world, way, begins, step)
        form = browser.form(button)
        named = {*form.fields, *right} - {"csrf_token"}
        # At least one is nonsense, so that the way is never gone to its end: that is other tests' business.
        values = {one: data.draw(NASTY | WORDS) for one in named}
        pressed = form.button(button)
        assert pressed
        with capture_logs() as log:
            sent = form.fields | pressed.adds | values
            answer = browser.client.post(pressed.action or form.action, data=sent, follow_redirects=True)
        assert answer.status_code < 500, (values, log)
        assert not [line for line in log if line["event"] in {"failed", "refused_by_keycloak"}], (values, log)
        assert SCRIPT not in answer.get_data(as_text=True), values

    spoil()


def _at(world: World, way: Way, begins: str, step: int) -> Browser:
    browser = world.browser(world.people[way.who] if way.who else None).open(begins)
    for button, values in way.steps[:step]:
        browser.send(button, **values)
    assert browser.status == 200, browser.said
    return browser
