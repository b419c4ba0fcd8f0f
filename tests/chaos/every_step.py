"""Nonsense on the way through what takes several pages: each step is reached as people do, then spoiled."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from directory.vocabulary import Role
from tests.chaos.every_form import ADMINISTRATORS
from tests.chaos.nonsense import NASTY, SCRIPT, WORDS
from tests.support.builders.world import CLOSED, MULTI, SINGLE, SUB_ICB, World, build
from tests.support.pages.browser import Browser

EXAMPLES = 60
Steps = tuple[tuple[str, dict[str, str]], ...]


@dataclass(frozen=True)
class Way:
    """Who goes it, where it begins, and what is pressed and answered at each step; {names} are filled in."""

    who: str
    begins: str
    steps: Steps

    def told(self, **facts: str) -> tuple[str, Steps]:
        """Where it begins and its steps, filled in."""
        filled = [
            (button, {name: value.format(**facts) for name, value in values.items()})
            for button, values in self.steps
        ]
        return self.begins.format(**facts), tuple(filled)


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
    "asking for another role": Way(
        "una",
        "/profile/request-access",
        (
            ("Search", {"q": MULTI}),
            ("Continue", {"code": MULTI}),
            ("Continue", {"role": "provider-user", "reason": "Two days a week"}),
            ("Send", {}),
        ),
    ),
    "approving several": Way(
        "pam",
        "/requests",
        (("Approve ticked requests", {"chosen": "{request}"}), ("Confirm", {"chosen": "{request}"})),
    ),
    "changing a level": Way("carol", "/providers/P001", (("Continue", {"multi": "y"}), ("Confirm", {}))),
    "saying where people go": Way(
        "carol", "/providers/P004/people", (("Continue", {"other": SINGLE}), ("Confirm", {}))
    ),
    "making a cluster": Way(
        "oscar",
        "/administration/clusters/A01/new",
        (("Continue", {"name": "Coast"}), ("Continue", {"chosen": SINGLE}), ("Yes", {})),
    ),
    "setting User details": Way(
        "ada",
        "/users/{una}/details",
        (("Continue", {"role:P001": "provider-finance"}), ("Submit", {})),
    ),
}


@pytest.fixture
def world(database: str) -> World:
    made = build(database)
    for who, role in ADMINISTRATORS.items():
        made.people[who] = made.person(f"{who}@chaos.example", (SUB_ICB, role), first=who.title())
    made.person("del@chaos.example", (CLOSED, Role.PROVIDER_USER))
    made.directory.change(CLOSED, status="closed")
    made.mirror_organisation(CLOSED)
    return made


@pytest.mark.parametrize(
    ("name", "step"), [(name, n) for name, way in WAYS.items() for n in range(len(way.steps))]
)
def test_nonsense_at_every_step(world: World, name: str, step: int) -> None:
    """Every answer is one that we meant, and so is the page that follows."""
    way = WAYS[name]
    request = world.open_request("newcomer@chaos.example", MULTI)
    begins, steps = way.told(request=str(request), una=world.people["una"].id)
    button, right = steps[step]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def spoil(data: st.DataObject) -> None:
        browser = _at(world, way.who, begins, steps[:step])
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


def _at(world: World, who: str, begins: str, steps: Steps) -> Browser:
    browser = world.browser(world.people[who] if who else None).open(begins)
    for button, values in steps:
        browser.send(button, **values)
    assert browser.status == 200, browser.said
    return browser
