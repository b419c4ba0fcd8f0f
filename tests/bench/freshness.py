"""How soon the scope API knows of a change in the portal, and of one in Keycloak's console, under load."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from directory.vocabulary import Organisation, Person, Role
from portal.services import Services
from tests.bench.approval import a_practice, approve, make_request
from tests.bench.national import import_national
from tests.bench.rows import Row, median, p95
from tests.bench.servers import Bench
from tests.bench.signed_in import SignedIn, sign_in_as_approver
from tests.browser.accounts import services_of
from tests.browser.stack_facts import StackFacts

TIMES, CLIENTS = 100, 2
SCOPE = "cqrs.evaluate cqrs.place.everywhere cqrs.role.provider-user"
ROLE = Role.PROVIDER_USER


class Asker:
    """An application that asks, over one kept-open connection, with a token that it renews."""

    def __init__(self, facts: StackFacts) -> None:
        self._facts, self._http, self._until = facts, requests.Session(), 0.0
        self._client, self._secret = f"asks-{secrets.token_hex(4)}", secrets.token_urlsafe(24)
        scopes = {"defaultClientScopes": ["basic"], "optionalClientScopes": SCOPE.split()}
        body = {"clientId": self._client, "secret": self._secret, "serviceAccountsEnabled": True, **scopes}
        facts.as_administrator("POST", f"{facts.keycloak}/admin/realms/cqrs/clients", body)

    def may(self, person_id: str, code: str) -> bool:
        """Whether the person may use the role there, by the API."""
        asked = {
            "subject": {"type": "user", "id": person_id},
            "action": {"name": ROLE.value},
            "resource": {"type": "organisation", "id": code},
        }
        answer = self._http.post(
            f"{self._facts.portal}/access/v1/evaluation", json=asked, headers=self._bearer(), timeout=30
        )
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["decision"])

    def _bearer(self) -> dict[str, str]:
        if time.monotonic() > self._until:
            form = {"grant_type": "client_credentials", "client_id": self._client, "scope": SCOPE}
            address = f"{self._facts.keycloak}/realms/cqrs/protocol/openid-connect/token"
            answer = requests.post(address, data=form | {"client_secret": self._secret}, timeout=30)
            self._token: dict[str, Any] = answer.json()
            self._until = time.monotonic() + 60
        return {"Authorization": f"Bearer {self._token['access_token']}"}


def run(stack: Bench) -> Sequence[Row]:
    """100 changes of each kind, one after another, while two clients ask without a pause."""
    place = import_national(stack)
    facts = StackFacts(stack.facts)
    services = services_of(facts)
    client = sign_in_as_approver(stack, place.commissioner)
    practice = a_practice(services, place.commissioner)
    asker = Asker(facts)
    with load(facts, practice, services) as asked:
        portal = [_in_the_portal(services, client, asker, practice, f"fresh{n}") for n in range(TIMES)]
        console = list(_in_the_console(services, facts, asker, practice))
    note = f"{TIMES} changes of each kind while {asked():,} other questions were answered"
    return [
        _row("change in the portal until the scope API answers so, slowest", portal, 1, note),
        _row("change in Keycloak's console until the scope API answers so, slowest", console, 10, note),
    ]


def _row(name: str, taken: Sequence[float], goal: float, note: str) -> Row:
    figures = f"median {median(taken):.2f} s, p95 {p95(taken):.2f} s; {note}"
    return Row(name, max(taken), "s", goal=goal, note=figures)


def _in_the_portal(
    services: Services, client: SignedIn, asker: Asker, practice: Organisation, name: str
) -> float:
    """Seconds from the answer to the approver's click until the API knows."""
    request_id = make_request(services, practice, name)
    person = services.reader.person_by_email(f"asks-{name}@bench.example")
    assert person
    assert not asker.may(person.id, practice.code)
    approve(client, request_id)
    return _until(lambda: asker.may(person.id, practice.code))


def _in_the_console(
    services: Services, facts: StackFacts, asker: Asker, practice: Organisation
) -> Iterator[float]:
    """Seconds from Keycloak's answer to the console: one person joins the role's group, and leaves it."""
    person: Person = services.writer.ensure_person("console@bench.example", "Console", "Bench")
    base = f"{facts.keycloak}/admin/realms/cqrs"
    children = facts.as_administrator("GET", f"{base}/groups/{practice.id}/children?max=100")
    group = next(one["id"] for one in children if one["name"] == ROLE.value)
    for number in range(TIMES):
        joins = number % 2 == 0
        facts.as_administrator("PUT" if joins else "DELETE", f"{base}/users/{person.id}/groups/{group}")
        yield _until(lambda wanted=joins: asker.may(person.id, practice.code) is wanted)


def _until(so: Callable[[], bool]) -> float:
    began = time.perf_counter()
    while not so():
        assert time.perf_counter() - began < 60, "the API does not know of it in a minute"
        time.sleep(0.005)
    return time.perf_counter() - began


@contextmanager
def load(facts: StackFacts, practice: Organisation, services: Services) -> Iterator[Callable[[], int]]:
    """Clients that ask without a pause meanwhile; the number answered so far."""
    somebody = services.writer.ensure_person("load@bench.example", "Load", "Bench")
    stop, counts = threading.Event(), [0] * CLIENTS

    def keep_asking(number: int) -> None:
        asker = Asker(facts)
        while not stop.is_set():
            asker.may(somebody.id, practice.code)
            counts[number] += 1

    threads = [threading.Thread(target=keep_asking, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: sum(counts)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
