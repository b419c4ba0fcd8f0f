"""The scope check of one worker, beside Keycloak's token introspection, with few people and with many.

Both are asked over one kept-open connection in turn, then by four at once. Introspection is what an
application would ask instead: whether a token, and with it what it says, still counts.
"""

import json
import math
import os
import random
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import psutil
from sqlalchemy import Engine, delete

from directory.vocabulary import Role
from portal.model.mirror import MirroredPerson
from portal.store.engine import make_engine, make_sessions
from tests.bench.crowd import fill_mirror, provider_codes
from tests.bench.national import import_national
from tests.bench.rows import Row, alternate, median, seconds
from tests.bench.servers import Bench
from tests.browser.stack_facts import StackFacts
from tests.support.pages.serving import free_port
from tests.support.waiting import wait_until

FEW, MANY = 1_000, 100_000
TIMES, WARM_UP, AT_ONCE, EACH = 1_000, 100, 4, 500
QUESTIONS = 5_000
CLIENT = "asks-scope"
SCOPES = ("cqrs.evaluate", "cqrs.place.everywhere", "cqrs.role.provider-user")
ONE_WORKER = ("--workers", "1", "--threads", "4", "--log-level", "warning")
INTROSPECTION = "Keycloak's token introspection"
MB = 2**20


@dataclass(frozen=True)
class Server:
    """Where to ask, what of it, and with which headers; `question` makes a body."""

    address: str
    path: str
    headers: dict[str, str]
    question: Callable[[], str]
    good: Callable[[bytes], bool]

    def asking(self) -> Callable[[], None]:
        """Asks once, over a connection of its own that is kept open."""
        connection = HTTPConnection(self.address, timeout=30)

        def ask() -> None:
            connection.request("POST", self.path, self.question(), self.headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text[:300]
            assert self.good(text), text[:300]

        return ask


def run(stack: Bench) -> Sequence[Row]:
    """Latency and rate as ratios, growth, and the worker's memory."""
    import_national(stack)
    engine = make_engine(stack.portal_database)
    facts = StackFacts(stack.facts)
    token = _application(facts)
    with _one_worker(stack) as (address, process):
        _fill(engine, FEW)
        few = _alone(_scope(engine, address, token))
        _fill(engine, MANY)
        scope, keycloak = _scope(engine, address, token), _introspection(facts, token)
        many = _alone(scope)
        _alone(keycloak, WARM_UP)
        ours, theirs = alternate(TIMES, scope.asking(), keycloak.asking())
        pids = stack.facts["pids"]
        rates, work = zip(
            _rate(scope, process.pid, pids["PostgreSQL"]),
            _rate(keycloak, pids["Keycloak"], pids["PostgreSQL"]),
            strict=True,
        )
        memory = process.memory_full_info()
    return [*_rows(ours, theirs, rates), _work(*work), _growth(few, many), _memory(memory.rss, memory.pss)]


def _growth(few: list[float], many: list[float]) -> Row:
    """Both asked alone: beside Keycloak each question finds the processor's caches emptied."""
    name = f"scope check of one worker alone, p50, {MANY:,} people"
    return Row(name, median(many) * 1000, "ms", median(few) * 1000, f"with {FEW:,}", goal=1.2)


def _rows(ours: list[float], theirs: list[float], rates: tuple[float, float]) -> Iterator[Row]:
    name = f"scope check of one worker, {MANY:,} people"
    for of, figure in (("p50", median), ("p99", _p99)):
        yield Row(f"{name}, {of}", figure(ours) * 1000, "ms", figure(theirs) * 1000, INTROSPECTION, goal=0.7)
    note = f"{AT_ONCE} clients at once; {INTROSPECTION} answers {rates[1]:,.0f} a second on all processors"
    yield Row(f"{name}, a second", rates[0], "a second", note=note)
    yield Row(
        f"{name}, time for each of {AT_ONCE} at once",
        1000 / rates[0],
        "ms",
        1000 / rates[1],
        INTROSPECTION,
        goal=1.5,
        at_least=True,
        note="the goal is a rate: so many times as many a second",
    )


def _work(ours: float, theirs: float) -> Row:
    """What a question costs, whatever else the machine does meanwhile."""
    name = f"processor time of a scope check, the worker's and PostgreSQL's, {MANY:,} people"
    return Row(name, ours * 1000, "ms", theirs * 1000, f"{INTROSPECTION} likewise", goal=1.0)


def _memory(resident: int, own: int) -> Row:
    note = f"{own / MB:,.0f} MB its own (PSS), after all these questions"
    return Row("memory of the one worker that answered", resident / MB, "MB", note=note)


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


def _fill(engine: Engine, count: int) -> None:
    """The mirror with so many made-up people, and PostgreSQL's statistics of them."""
    with make_sessions(engine).begin() as session:
        if count == FEW:
            session.execute(delete(MirroredPerson).where(MirroredPerson.email.like("person%@bench.example")))
        fill_mirror(session, count)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _alone(server: Server, times: int = TIMES) -> list[float]:
    ask = server.asking()
    for _ in range(WARM_UP):
        ask()
    (taken,) = alternate(times, ask)
    return taken


def _rate(server: Server, *answering: int) -> tuple[float, float]:
    """How many a second, when several ask at once and without a pause; and the seconds that each costs.

    Of processor time, spent by the processes of these ids and their children.
    """
    asks = [server.asking() for _ in range(AT_ONCE)]

    def often(ask: Callable[[], None]) -> None:
        for _ in range(EACH):
            ask()

    before = _spent(answering)
    with ThreadPoolExecutor(AT_ONCE) as clients:
        taken = seconds(lambda: list(clients.map(often, asks)))
    many = AT_ONCE * EACH
    return many / taken, (_spent(answering) - before) / many


def _spent(pids: Sequence[int]) -> float:
    """Seconds of processor time until now."""
    parents = [psutil.Process(pid) for pid in pids]
    every = [one for parent in parents for one in (parent, *parent.children(recursive=True))]
    return sum(one.cpu_times().user + one.cpu_times().system for one in every)


def _scope(engine: Engine, address: str, token: str) -> Server:
    """Questions about random people who are there, at their own practice and at another."""
    chance = random.Random(11)
    with make_sessions(engine)() as session:
        codes = provider_codes(session)
        people = session.query(MirroredPerson.id).filter(MirroredPerson.email.like("person%")).count()

    def question() -> str:
        number = chance.randrange(people)
        code = codes[(number + chance.randrange(2)) % len(codes)]
        asked = {
            "subject": {"type": "person", "id": str(UUID(int=number))},
            "action": {"name": Role.PROVIDER_USER.value},
            "resource": {"type": "organisation", "id": code},
        }
        return json.dumps(asked)

    # Put together before anything is timed, as the form for introspection is.
    asked = cycle([question() for _ in range(QUESTIONS)])
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Server(
        address, "/access/v1/evaluation", headers, asked.__next__, lambda text: b'"decision"' in text
    )


def _introspection(facts: StackFacts, token: str) -> Server:
    where = urlsplit(facts.keycloak)
    form = urlencode({"client_id": CLIENT, "client_secret": SECRET, "token": token})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"{where.path}/realms/cqrs/protocol/openid-connect/token/introspect"
    return Server(where.netloc, path, headers, lambda: form, lambda text: b'"active":true' in text)


SECRET = secrets.token_urlsafe(24)


def _application(facts: StackFacts) -> str:
    """A token of an application with its scopes, in whose audience it is itself, to introspect it."""
    clients = f"{facts.keycloak}/admin/realms/cqrs/clients"
    audience = {
        "name": "itself",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": {"included.client.audience": CLIENT, "access.token.claim": "true"},
    }
    client = {
        "clientId": CLIENT,
        "secret": SECRET,
        "serviceAccountsEnabled": True,
        "attributes": {"access.token.lifespan": "3600"},
        "defaultClientScopes": ["basic", "service_account", *SCOPES],
        "protocolMappers": [audience],
    }
    facts.as_administrator("POST", clients, client)
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
    connection = HTTPConnection(urlsplit(facts.keycloak).netloc, timeout=30)
    path = f"{urlsplit(facts.keycloak).path}/realms/cqrs/protocol/openid-connect/token"
    connection.request("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
    return str(json.loads(connection.getresponse().read())["access_token"])


@contextmanager
def _one_worker(stack: Bench) -> Iterator[tuple[str, psutil.Process]]:
    """The portal as it is served, in one process: its address, and the process that answers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:portal.web.gunicorn", *ONE_WORKER]
    environment = stack.service_environment() | {
        "CQRS_APPLICATION_LIMIT": "1000000",
        "CQRS_WEB_METRICS_PORT": "0",
    }
    with subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"], env=os.environ | environment, stdout=subprocess.DEVNULL
    ) as master:
        try:
            wait_until(lambda: _answers(port), 60, "the one worker to answer")
            yield f"127.0.0.1:{port}", psutil.Process(master.pid).children()[0]
        finally:
            master.terminate()


def _answers(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
