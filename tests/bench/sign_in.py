"""Signing in through the portal, beside the same with Keycloak alone: a client's three requests."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle

import requests

from directory.vocabulary import Role
from tests.bench.rows import Row, alternate, median, p95
from tests.bench.servers import Bench
from tests.browser.accounts import make_person
from tests.browser.stack_facts import SamplePerson, StackFacts
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.sign_in_form import SignInForm
from tests.support.servers.realm import TestRealm

TIMES = 100
WARM_UP = 150
"""Of each: by then the Keycloak of this stack, just started, has compiled what a sign-in calls."""
AT_ONCE, EACH, ROUNDS = 4, 10, 5
GOAL = 1.15
PEOPLE = 24
"""Who take turns: Keycloak refuses a person's sign-in while it is still writing down the one before."""


def realm_of(stack: Bench) -> TestRealm:
    """The stack's own realm, as the tests' helpers take one."""
    return TestRealm("cqrs", stack.running, dict(stack.service_environment()))


def run(stack: Bench) -> Sequence[Row]:
    """How long one takes, and how long each of four at once."""
    facts = StackFacts(stack.facts)
    held = (Role.PROVIDER_USER, "ZZ1001")
    people = cycle([make_person(facts, "Sigrid", "Bench", held) for _ in range(PEOPLE)])
    realm = realm_of(stack)

    def ours() -> None:
        by_portal(facts.portal, next(people))

    def alone() -> None:
        by_keycloak(realm, next(people))

    alternate(WARM_UP, ours, alone)
    return [_one(ours, alone), _several(ours, alone)]


def by_portal(portal: str, person: SamplePerson) -> None:
    """From the portal's link, over Keycloak's page, to the portal's answer that the person is signed in."""
    browser = requests.Session()
    begun = browser.get(f"{portal}/signin", allow_redirects=False, timeout=30)
    sent = SignInForm(begun.headers["Location"]).send(person.email, person.password)
    assert sent.is_redirect, sent.text
    back = browser.get(sent.headers["Location"], allow_redirects=False, timeout=30)
    assert back.headers["Location"] == "/home", back.text[:500]


def by_keycloak(realm: TestRealm, person: SamplePerson) -> None:
    """From the address that the portal's link leads to, to the tokens."""
    client = KeycloakPages(realm)
    sent = SignInForm(client.authorisation(scope="openid profile email")).send(person.email, person.password)
    client.left_for = sent.headers["Location"]
    assert client.tokens()["id_token"]


def _one(ours: Callable[[], None], alone: Callable[[], None]) -> Row:
    mine, bare = alternate(TIMES, ours, alone)
    note = f"{TIMES} of each in turn; p95 {p95(mine) * 1000:.0f} and {p95(bare) * 1000:.0f} ms"
    name = "sign-in through the portal, median"
    return Row(name, median(mine) * 1000, "ms", median(bare) * 1000, "Keycloak alone", GOAL, note=note)


def _several(ours: Callable[[], None], alone: Callable[[], None]) -> Row:
    mine, bare = (
        median(taken) for taken in alternate(ROUNDS, partial(_at_once, ours), partial(_at_once, alone))
    )
    count = AT_ONCE * EACH
    note = f"{count / mine:.1f} and {count / bare:.1f} a second; {ROUNDS} rounds of {count} in turn"
    name = f"sign-in through the portal, {AT_ONCE} at once, of the whole per sign-in"
    return Row(name, mine / count * 1000, "ms", bare / count * 1000, "Keycloak alone", GOAL, note=note)


def _at_once(act: Callable[[], None]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as browsers:
        list(browsers.map(lambda _: act(), range(AT_ONCE * EACH)))
