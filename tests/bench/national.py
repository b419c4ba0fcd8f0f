"""The national list in the stack's realm, brought there once for all parts that need it."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.model.mirror import MirroredOrganisation
from portal.store.engine import make_engine, make_sessions
from stack.sample import FILES as SAMPLE
from tests.bench.servers import Bench
from tests.support.builders.national import National, national

LONGEST = 300.0


@dataclass(frozen=True)
class Place:
    """A large commissioner of the list, and how many organisations the portal knows now."""

    commissioner: str
    organisations: int


def import_national(stack: Bench) -> Place:
    """Runs `cqrs sync apply` and waits until the portal's mirror has all of it; does nothing when it has."""
    lists = national(stack.state / "national")
    there = mirrored(stack)
    if there < lists.organisations:
        apply(stack, lists)
        there = _wait_for(stack, lists.organisations)
    return Place(lists.largest, there)


def apply(stack: Bench, lists: National) -> None:
    """The command as an administrator would type it; raises AssertionError with what it printed.

    With the sample's own lists: what is in none of the files is taken for closed.
    """
    files = (*lists.files, *sorted(SAMPLE.glob("*.csv")))
    command = [sys.executable, "-m", "commands", "sync", "apply", *map(str, files)]
    environ = stack.service_environment()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"created", done.stdout), done.stdout


def mirrored(stack: Bench) -> int:
    """How many organisations the portal's mirror holds."""
    with make_sessions(make_engine(stack.portal_database))() as session:
        return session.scalar(select(func.count()).select_from(MirroredOrganisation)) or 0


def _wait_for(stack: Bench, count: int) -> int:
    end = time.monotonic() + LONGEST
    while (there := mirrored(stack)) < count:
        assert time.monotonic() < end, f"the mirror has {there} of {count} organisations after {LONGEST} s"
        time.sleep(0.5)
    return there
