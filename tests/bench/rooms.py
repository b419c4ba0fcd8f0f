"""How many files an approval runs through, from POST to Keycloak, and a registration to the approver's mail.

`python -m tests.bench.rooms` on the servers that the tests would take. What is entered is seen by the
interpreter's own profile hook, on every thread: nothing is read from the sources. On Keycloak the gateway's
files count too; with the directory in memory they don't.
"""

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from types import FrameType

import structlog

from directory.vocabulary import Role
from portal.store.migrate import upgrade
from tests.bench.report import ROOT
from tests.bench.rows import Row
from tests.bench.servers import Bench
from tests.keycloak.proofs.http import portal
from tests.support.builders.services import KeptPost
from tests.support.builders.world import World, build, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fakes.directory import FakeDirectory
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import AUDIT_KEY, RUNNING_ROLE, RunningPostgres, RunningServers
from tests.support.servers.sources import running_postgres, running_servers

PRODUCT = ("portal", "directory")
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
GOALS = {"an approval, from POST to Keycloak": 25, "a registration, to the approver's mail": 28}
ADDRESS = "newcomer@p001.example"


@dataclass
class Way:
    """The files that were entered, each once, in the order in which they first were."""

    until: Callable[[FrameType], bool]
    files: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def rooms(self) -> list[str]:
        """The folders, each time that one is entered from another."""
        return [room for room, _ in groupby(str(Path(file).parent) for file in self.files)]

    @property
    def returns(self) -> int:
        """How often a folder is entered again that was left before."""
        return len(self.rooms) - len(set(self.rooms))

    def enter(self, frame: FrameType) -> None:
        self.ended = self.ended or self.until(frame)
        file = _of_product(frame)
        if file and file not in self.files:
            self.files.append(file)


class Watch:
    """Sees every call on every thread that begins after `install`, and notes those of the way under way."""

    def __init__(self) -> None:
        self._way: Way | None = None
        self._lock = threading.Lock()

    def install(self) -> None:
        threading.setprofile(self._see)
        sys.setprofile(self._see)

    @contextmanager
    def way(self, until: Callable[[FrameType], bool]) -> Iterator[Way]:
        """Until the context ends, or a call for which `until` is so has begun."""
        self._way = way = Way(until)
        try:
            yield way
        finally:
            self._way = None

    def _see(self, frame: FrameType, kind: str, _: object) -> None:
        if kind == "call" and self._way:
            with self._lock:
                if self._way and not self._way.ended:
                    self._way.enter(frame)


WATCH = Watch()


def _of_product(frame: FrameType) -> str:
    """The file of the function, from the project's root; empty for anybody else's, and for imports."""
    path = Path(frame.f_code.co_filename)
    if frame.f_code.co_name == "<module>" or not path.is_relative_to(ROOT):
        return ""
    file = path.relative_to(ROOT)
    return str(file) if file.parts[0] in PRODUCT else ""


def gives_role(frame: FrameType) -> bool:
    """Whether it is the fake's own grant, or the sending of the PUT to Keycloak that joins a group."""
    if frame.f_code.co_name == "grant":
        return isinstance(frame.f_locals["self"], FakeDirectory)
    sent = frame.f_locals if frame.f_code.co_name == "send" else {}
    return sent.get("verb") == "put" and "/groups/" in str(sent.get("path"))


def sends_mail(frame: FrameType) -> bool:
    return frame.f_code.co_name == "send" and isinstance(frame.f_locals.get("self"), KeptPost)


def approval(world: World) -> Way:
    """From the POST of the decision until the directory is told to give the role, by whichever process."""
    request_id = world.registered(ADDRESS)
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    browser = portal(world.services).browser(carol.person_id, carol.holding)
    found = TOKEN.findall(browser.open(f"/requests/{request_id}").text)
    fields = {"csrf_token": found[0], "decision": "approve", "reason": ""}
    with WATCH.way(gives_role) as way:
        browser.client.post(f"/requests/{request_id}/decision", data=fields)
        world.work()
    assert way.ended, "no role was given"
    return way


def registration(world: World) -> Way:
    """From the POST of Register until the mail server is given the approver's message."""
    browser = portal(world.services).app.test_client()
    answers = {
        "csrf_token": TOKEN.findall(browser.get("/register").text)[0],
        "email": "other@p001.example",
        "code": "P001",
    }
    answers |= {"role": "provider-user", "first_name": "Jo", "last_name": "Lee"}
    where = browser.post("/register", data=answers).headers["Location"]
    while not where.endswith("/check"):
        where = browser.post(where, data=answers).headers["Location"]
    shown = re.findall(r'name="shown"[^>]* value="([^"]+)"', browser.get(where).text)[0]
    with WATCH.way(sends_mail) as way:
        browser.post(where, data=answers | {"shown": shown})
        world.work()
    assert way.ended, "no mail was sent"
    return way


WAYS: dict[str, Callable[[World], Way]] = dict(zip(GOALS, (approval, registration), strict=True))


def walk(servers: RunningServers, postgres: RunningPostgres) -> dict[str, Way]:
    """Each way with the directory in memory, and on a realm of its own."""
    WATCH.install()
    with postgres.fresh_database() as url, fresh_realm(servers) as realm:
        postgres.make_running_role()
        upgrade(url, RUNNING_ROLE, AUDIT_KEY)
        return _walked("in memory", build(url)) | _walked("Keycloak", build_real(url, KeycloakScene(realm)))


def _walked(where: str, world: World) -> dict[str, Way]:
    return {f"{name} ({where})": way(world) for name, way in WAYS.items()}


def show(name: str, way: Way) -> None:
    print(f"{name}: {len(way.files)} files, {way.returns} returns to a folder left before")
    for room, files in groupby(way.files, key=lambda file: str(Path(file).parent)):
        print(f"  {room}: {', '.join(Path(file).name for file in files)}")


def run(stack: Bench) -> Sequence[Row]:
    """A row for each way, walked in a process of its own, where no thread is older than the watch."""
    servers = stack.state / "servers.json"
    servers.write_text(json.dumps(asdict(stack.running) | {"postgres_url": stack.postgres_url}))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rooms", "--json"],
        cwd=ROOT,
        env=os.environ | {"CQRS_TEST_SERVERS": str(servers)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return [_row(name, *counted) for name, counted in json.loads(done.stdout.splitlines()[-1]).items()]


def _row(name: str, files: int, returns: int) -> Row:
    way, _, where = name.partition(" (")
    note = f"{where.rstrip(')')}; {returns} returns to a folder left before"
    return Row(f"files run through by {way}", files, "files", goal=GOALS[way], note=note)


def main(words: Sequence[str]) -> int:
    """Prints the ways; with `--json` only the two numbers of each."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_servers(Path(folder) / "servers") as servers,
        running_postgres(Path(folder) / "database") as postgres,
    ):
        ways = walk(servers, postgres)
    if "--json" in words:
        print(json.dumps({name: [len(way.files), way.returns] for name, way in ways.items()}))
        return 0
    for name, way in ways.items():
        show(name, way)
    return 0


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.exit(main(sys.argv[1:]))
