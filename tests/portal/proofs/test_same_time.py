"""Nobody learns who has an account from how long the portal's public forms take: the same work for everybody.

Work is counted, which no busy machine disturbs: each statement, each commit, each question to the directory.
The clock is held against it with a wide margin, and only in the middle of many tries taken in turn, in one
of a few rounds.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from directory.vocabulary import Role
from tests.support.builders.world import SINGLE, World, build_places
from tests.support.fakes.faults import Fault
from tests.support.proofs.stopwatch import Seconds, check_as_long

WIDEST = 1.5
"""How far apart the two medians may be. One query more or less would not show in it: that the count tells."""
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
SHOWN = re.compile(r'name="shown"[^>]* value="([^"]+)"')
OWN = re.compile(rf'{TOKEN.pattern}|{SHOWN.pattern}|nonce="[^"]+"|(?<=/register/)[\w-]{{12}}(?=/)')
Answer = tuple[int, str, str]
"""What a stranger sees of an answer: its status, where it leads, and its words."""
Form = Callable[[FlaskClient, str], list[Answer]]


@pytest.fixture
def world(database: str) -> World:
    return build_places(database)


def seen(answer: TestResponse, email: str) -> Answer:
    """Without what is different for each try: its address, its draft's name, its tokens."""
    where, text = answer.headers.get("Location", ""), answer.text.replace(email.partition("@")[0], "")
    return answer.status_code, OWN.sub("", where), OWN.sub("", text)


def new_link(client: FlaskClient, email: str) -> list[Answer]:
    """The form that sends the link of a new account again."""
    return _one_field(client, email, "/register/new-link")


def forgotten_password(client: FlaskClient, email: str) -> list[Answer]:
    """The form that sends a link to set another password."""
    return _one_field(client, email, "/forgotten-password")


def _one_field(client: FlaskClient, email: str, path: str) -> list[Answer]:
    asked = client.get(path)
    fields = {"csrf_token": TOKEN.findall(asked.text)[0], "email": email}
    return [seen(one, email) for one in (asked, client.post(path, data=fields))]


def register(client: FlaskClient, email: str) -> list[Answer]:
    """Every page of a registration."""
    asked = client.get("/register")
    token = {"csrf_token": TOKEN.findall(asked.text)[0]}
    led = client.post("/register", data=token | {"email": email})
    draft = led.headers["Location"].rpartition("/")[0]
    person = {"role": "provider-user", "first_name": "Jo", "last_name": "Lee"}
    answers = [asked, led, client.post(f"{draft}/organisation", data=token | {"code": SINGLE})]
    answers += [client.post(f"{draft}/role", data=token | person), client.get(f"{draft}/check")]
    shown = {"shown": SHOWN.findall(answers[-1].text)[0]}
    answers += [client.post(f"{draft}/check", data=token | shown), client.get("/register/thank-you")]
    return [seen(one, email) for one in answers]


@contextmanager
def work(world: World) -> Iterator[Counter[str]]:
    """Counts each statement by its text, and the commits, until the end."""
    engine, done = world.sessions.kw["bind"], Counter[str]()

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        done[statement] += 1

    def committed(_connection: Any) -> None:
        done["COMMIT"] += 1

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", executed)
        event.remove(engine, "commit", committed)


def tried(world: World, form: Form, email: str) -> tuple[list[Answer], Counter[str], float]:
    """What came back, what was done for it, and the seconds it took."""
    client = world.app.test_client()
    with work(world) as done:
        began = time.perf_counter()
        answers = form(client, email)
        return answers, done, time.perf_counter() - began


@pytest.mark.parametrize(
    ("form", "tries"),
    [(new_link, 200), (forgotten_password, 200), (register, 60)],
    ids=["new-link", "forgotten-password", "register"],
)
def test_known_and_unknown_in_turn(world: World, form: Form, tries: int) -> None:
    """AUT-9, REG-2: in words, in work and in time; the directory is not even asked."""
    expected = tried(world, form, "zzyzx@nhs.net")

    def measured(turn: int) -> Seconds:
        world.directory.go_right()
        for number in range(tries):
            world.person(f"known{turn}x{number}@nhs.net", (SINGLE, Role.PROVIDER_USER))
        world.directory.go_wrong(Fault.unavailable())
        seconds: Seconds = {"known": [], "unknown": []}
        for number in range(tries):
            for who, taken in seconds.items():
                answers, done, spent = tried(world, form, f"{who}{turn}x{number}@nhs.net")
                assert answers == expected[0], who
                assert done == expected[1], (who, done - expected[1], expected[1] - done)
                taken.append(spent)
        assert world.directory.faults_left == 1
        return seconds

    check_as_long(measured, WIDEST)
