"""What a stranger can tell of an address by a stopwatch: each public form, known and unknown in turn."""

import re
import secrets
from collections.abc import Callable, Sequence
from functools import partial

import requests

from directory.people_import import NewPerson, import_people
from tests.bench.rows import Row, median, p95
from tests.bench.servers import Bench
from tests.bench.sign_in import realm_of
from tests.browser.stack_facts import StackFacts
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.sign_in_form import SignInForm
from tests.support.servers.realm import TestRealm

TRIES, GOAL = 200, 1.15
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
SHOWN = re.compile(r'name="shown"[^>]* value="([^"]+)"')
PERSON = {"role": "provider-user", "first_name": "Jo", "last_name": "Lee"}
Kinds = dict[str, list[str]]
Try = Callable[[str], float]
"""Sends an address; the seconds that the answers took."""


def run(stack: Bench) -> Sequence[Row]:
    """A row for each form and kind of account; those that Keycloak itself makes different have no goal."""
    realm = realm_of(stack)
    people = enrolled(realm)
    form = SignInForm(KeycloakPages(realm).authorisation())
    _lock(form, Console(realm), people["locked"][0])
    known, portal = {"known": people["known"]}, StackFacts(stack.facts).portal
    return [
        *_rows(
            "sign-in, wrong password", partial(_wrong, form, "Kelp-forest-99"), people, "known", "disabled"
        ),
        *_rows("sign-in, no password", partial(_wrong, form, ""), known),
        *_rows("forgotten password", partial(_one_field, portal, "/forgotten-password"), known, "known"),
        *_rows("new link", partial(_one_field, portal, "/register/new-link"), known, "known"),
        *_rows("register", partial(_register, portal), known, "known"),
    ]


def enrolled(realm: TestRealm) -> Kinds:
    """Addresses of accounts of each kind, each for one try, as a few wrong ones would lock; one is locked."""
    mark = secrets.token_hex(3)
    made = {kind: _addresses(f"{kind}.{mark}") for kind in ("known", "disabled", "unset")}
    made["locked"] = [f"locked.{mark}@bench.example"]
    people = [
        NewPerson(email, "Ada", "Bench", None if kind == "unset" else PASSWORD)
        for kind, addresses in made.items()
        for email in addresses
    ]
    import_people(realm.admin, realm.name, people)
    console = Console(realm)
    for email in made["disabled"]:
        console.server.put(f"/users/{console.user(email)['id']}", {"enabled": False})
    return made | {"locked": made["locked"] * TRIES}


def _addresses(name: str) -> list[str]:
    return [f"{name}.{number}@bench.example" for number in range(TRIES)]


def _lock(form: SignInForm, console: Console, email: str) -> None:
    person = console.user(email)
    for number in range(1, 6):
        form.send(email, f"Wrong-{number}!")
        console.wait_until_counted(person, number)
    console.wait_until_locked(person)


def _rows(what: str, send: Try, people: Kinds, *with_goal: str) -> list[Row]:
    """One for each kind of account, beside addresses that have none, taken in turn."""
    unknown = _addresses(f"nobody.{secrets.token_hex(3)}")
    taken: dict[str, list[float]] = {kind: [] for kind in (*people, "unknown")}
    for addresses in zip(*people.values(), unknown, strict=True):
        for kind, email in zip(taken, addresses, strict=True):
            taken[kind].append(send(email))
    nobody = taken.pop("unknown")
    return [_row(f"{what}: {kind}", mine, nobody, kind in with_goal) for kind, mine in taken.items()]


def _row(name: str, mine: list[float], nobody: list[float], has_goal: bool) -> Row:
    note = f"{TRIES} of each in turn; p95 {p95(mine) * 1000:.0f} and {p95(nobody) * 1000:.0f} ms"
    goal = GOAL if has_goal else None
    return Row(name, median(mine) * 1000, "ms", median(nobody) * 1000, "unknown", goal, note=note)


def _wrong(form: SignInForm, password: str, email: str) -> float:
    return form.send(email, password).elapsed.total_seconds()


def _one_field(portal: str, path: str, email: str) -> float:
    browser = requests.Session()
    token = _token(browser.get(f"{portal}{path}", timeout=30))
    return _sent(browser, f"{portal}{path}", csrf_token=token, email=email)[0]


def _register(portal: str, email: str) -> float:
    """Every form of a registration; the pages between are the same for everybody."""
    browser = requests.Session()
    token = _token(browser.get(f"{portal}/register", timeout=30))
    spent, to = _sent(browser, f"{portal}/register", csrf_token=token, email=email)
    draft = f"{portal}{to.rpartition('/')[0]}"
    for page, fields in (("organisation", {"code": "ZZ1001"}), ("role", PERSON)):
        spent += _sent(browser, f"{draft}/{page}", csrf_token=token, **fields)[0]
    shown = SHOWN.findall(browser.get(f"{draft}/check", timeout=30).text)[0]
    return spent + _sent(browser, f"{draft}/check", csrf_token=token, shown=shown)[0]


def _token(page: requests.Response) -> str:
    return str(TOKEN.findall(page.text)[0])


def _sent(browser: requests.Session, address: str, **fields: str) -> tuple[float, str]:
    """How long the answer took, and where it leads. Raises AssertionError when it leads nowhere."""
    headers = {"Referer": address}
    answer = browser.post(address, data=fields, headers=headers, allow_redirects=False, timeout=30)
    assert answer.status_code in (200, 302, 303), f"{address}: {answer.status_code} {answer.text[:500]}"
    return answer.elapsed.total_seconds(), answer.headers.get("Location", "")
