"""`python -m tests.containers`: builds the images, brings everything up, and walks the newcomer's journey;
takes it down and up again, walks once more with the data kept; takes it down. Then once with https in front.

Everything is bounded in time, on this machine's own addresses, and gone afterwards.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from tests.browser.running import free_ports
from tests.browser.stack_facts import StackFacts
from tests.containers import https
from tests.containers.engine import ROOT, Engine, EngineFailed, NoEngine

JOURNEY = "tests/browser/test_newcomer.py::test_at_a_sample_practice"


def main() -> None:
    """Raises EngineFailed, AssertionError or requests' own errors when something isn't as it should be."""
    ports = dict(zip(("portal", "keycloak", "mail", "console"), free_ports(4), strict=True))
    asked = {f"CQRS_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    plain = Engine(asked | {"CQRS_SECOND_FACTOR": "demanded"})
    behind_https = replace(plain, files=(*plain.files, "docker-compose.https.yml"))
    plain.look()
    say("building the images")
    plain.build()
    with _taken_down(plain):
        walk(plain, ports)
    with _taken_down(behind_https):
        say("bringing everything up behind https")
        behind_https.up()
        https.look(behind_https, ports)
    say("everything was seen to work, and is gone")


def walk(engine: Engine, ports: dict[str, int]) -> None:
    """The journey, twice, the second time on data that outlived their containers."""
    say("bringing everything up")
    engine.up()
    facts = read_facts(engine, ports)
    people = count_people(facts)
    journey(facts)
    assert count_people(facts) == people + 1, "the newcomer's account"
    say("taking everything down, and up again")
    engine.down()
    engine.up()
    assert count_people(facts) == people + 1, "an account was lost with its container"
    journey(facts)
    assert count_people(facts) == people + 2, "the second newcomer's account"


def read_facts(engine: Engine, ports: dict[str, int]) -> dict[str, Any]:
    """What `make run` writes in its run.json, of the containers."""
    made = json.loads(engine.read("secrets", "/made/all/secrets.json"))
    return {
        **{name: f"http://localhost:{port}" for name, port in ports.items() if name != "console"},
        "people": json.loads(engine.read("setup", "/state/sample-people.json")),
        "administrator": {"username": "admin", "password": made["keycloak_admin_password"]},
        "environment": {},
    }


def count_people(facts: dict[str, Any]) -> int:
    """The accounts of the realm."""
    where = f"{facts['keycloak']}/admin/realms/cqrs/users/count"
    return int(StackFacts(facts).as_administrator("GET", where))


def journey(facts: dict[str, Any]) -> None:
    """The newcomer's, in a browser, against the containers. Raises EngineFailed."""
    say("walking the newcomer's journey")
    assert requests.get(f"{facts['portal']}/health", timeout=30).ok
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / "run.json"
        named.write_text(json.dumps(facts))
        walked = subprocess.run(
            [sys.executable, "-m", "pytest", JOURNEY, "-p", "no:cacheprovider"],
            cwd=ROOT, env=os.environ | {"CQRS_TEST_RUN": str(named)}, check=False,
        )  # fmt: skip
        facts["apps"] = json.loads(named.read_text()).get("apps", {})
    if walked.returncode:
        raise EngineFailed("the newcomer's journey ended early, as pytest says above")


@contextmanager
def _taken_down(engine: Engine) -> Iterator[None]:
    """However it ends, nothing stays; what the containers said is shown when it ended badly."""
    engine.down(forget=True)
    try:
        yield
    except BaseException:
        print(engine.compose("logs", "--no-color", "--tail", "30"), file=sys.stderr)
        raise
    finally:
        engine.down(forget=True)


def say(what: str) -> None:
    print(f"containers: {what}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (NoEngine, EngineFailed) as problem:
        sys.exit(str(problem))
