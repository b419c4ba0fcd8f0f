"""The record is tampered with by somebody with the owner's own rights: `cqrs audit verify` fails."""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from commands.audit import app
from portal.model.audit import AuditEntry
from portal.store import audit
from portal.store.audit_check import verify as check
from tests.support.builders.rows import as_owner
from tests.support.builders.world import World

FAILED, NOT_FOUND_OUT = 1, 3
CHANGED, MISSING = "it was changed, or written without the key", "entry {} is missing"
UNCHAINED = "it doesn't follow from the entry before"
UNREADABLE = "it, or one after it, can't be read"
TAMPERINGS: dict[str, tuple[str, int, str]] = {
    "a reason changed": ("UPDATE audit_entry SET reason = 'because' WHERE seq = 2", 2, CHANGED),
    "what was done changed": (
        """UPDATE audit_entry SET after = after || '{"role": "service-desk"}' WHERE seq = 1""",
        1,
        CHANGED,
    ),
    "another actor": ("UPDATE audit_entry SET actor_name = 'Somebody Else' WHERE seq = 4", 4, CHANGED),
    "another time": ("UPDATE audit_entry SET at = at + interval '1 second' WHERE seq = 3", 3, CHANGED),
    "a hash of nothing": ("UPDATE audit_entry SET hash = repeat('0', 64) WHERE seq = 2", 2, CHANGED),
    "one removed": ("DELETE FROM audit_entry WHERE seq = 2", 3, MISSING.format(2)),
    "the first removed": ("DELETE FROM audit_entry WHERE seq = 1", 2, MISSING.format(1)),
    "one removed, and the others moved up": (
        "DELETE FROM audit_entry WHERE seq = 2; UPDATE audit_entry SET seq = -seq WHERE seq > 2;"
        " UPDATE audit_entry SET seq = -seq - 1 WHERE seq < 0",
        2,
        UNCHAINED,
    ),
    "one slipped in": (
        "CREATE TEMPORARY TABLE copied AS SELECT * FROM audit_entry WHERE seq = 1;"
        " UPDATE copied SET seq = 8; INSERT INTO audit_entry SELECT * FROM copied",
        8,
        UNCHAINED,
    ),
    "two exchanged": (
        "UPDATE audit_entry SET seq = 99 WHERE seq = 2; UPDATE audit_entry SET seq = 2 WHERE seq = 3;"
        " UPDATE audit_entry SET seq = 3 WHERE seq = 99",
        2,
        UNCHAINED,
    ),
    "the oldest retired by hand": (
        "DELETE FROM audit_entry WHERE seq < 3; INSERT INTO audit_anchor VALUES (2, repeat('0', 64))",
        3,
        UNCHAINED,
    ),
    "a time that no clock shows": ("UPDATE audit_entry SET at = 'infinity' WHERE seq = 2", 1, UNREADABLE),
    "a time before our calendar": (
        "UPDATE audit_entry SET at = '0044-03-15 12:00+00 BC' WHERE seq = 2",
        1,
        UNREADABLE,
    ),
    "a kind that there is not": ("UPDATE audit_entry SET kind = 'nonsense' WHERE seq = 2", 2, CHANGED),
    "a number that nobody reads": (
        """UPDATE audit_entry SET after = '{"people": 1e5000}' WHERE seq = 2""",
        1,
        UNREADABLE,
    ),
    "a list without a bottom": (
        "UPDATE audit_entry SET after = (repeat('[', 3000) || repeat(']', 3000))::jsonb WHERE seq = 2",
        1,
        UNREADABLE,
    ),
    "one there twice": (
        "ALTER TABLE audit_entry DROP CONSTRAINT pk_audit_entry;"
        " INSERT INTO audit_entry SELECT * FROM audit_entry WHERE seq = 2",
        2,
        MISSING.format(3),
    ),
    "two beginnings": (
        "INSERT INTO audit_anchor VALUES (1, repeat('0', 64)), (2, repeat('1', 64))",
        1,
        "more than one beginning is on record",
    ),
}
"""What is done past the guard; the first entry that doesn't hold then, and why."""


@dataclass(frozen=True)
class Told:
    """How `cqrs audit verify` ended, and what it said."""

    code: int
    said: str


@pytest.fixture
def world(world: World) -> World:
    """With seven entries on record."""
    for number in range(3):
        world.registered(f"new{number}@p001.example")
    with world.services.sessions() as session:
        assert check(session).entries == 7
    return world


def options(world: World, *words: str) -> list[str]:
    settings = world.services.settings
    return ["verify", "--database", settings.database_url, "--audit-key", settings.audit_key, *words]


def typed(world: World, *words: str) -> Told:
    """The command, as it is typed."""
    command = [sys.executable, "-m", "commands", "audit", *options(world, *words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Told(done.returncode, done.stdout or done.stderr)


def verify(world: World, *words: str) -> Told:
    """The same command in this process: to start another costs a processor more than a second."""
    done = CliRunner().invoke(app, options(world, *words))
    return Told(done.exit_code, done.stdout or done.stderr)


def past_the_guard(session: Session, statement: str, **values: str) -> None:
    as_owner(session)
    session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
    session.execute(text(statement), values)
    session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))
    session.expire_all()


def test_the_record_is_whole(world: World) -> None:
    """AUD-1: nothing was done to it."""
    told = typed(world)
    assert (told.code, told.said.partition(" The newest")[0]) == (0, "7 entries, all in order.")
    assert "No head was given" in told.said


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_shows(world: World, how: str) -> None:
    """AUD-1: somebody goes round the guard; the chain tells."""
    statement, first, why = TAMPERINGS[how]
    with world.services.sessions.begin() as session:
        past_the_guard(session, statement)
    assert verify(world) == Told(FAILED, f"Broken at entry {first}: {why}.\n")


@pytest.mark.parametrize(("key", "first", "why"), [("another key", 2, CHANGED), (None, 3, UNCHAINED)])
def test_a_change_with_its_hash_made_again_shows(world: World, key: str | None, first: int, why: str) -> None:
    """AUD-3: without the key no hash holds; who has it too has to make all of them again."""
    with world.services.sessions.begin() as session:
        past_the_guard(session, "UPDATE audit_entry SET reason = 'because' WHERE seq = 2")
        again = audit.digest(session.get_one(AuditEntry, 2), key or world.services.settings.audit_key)
        past_the_guard(session, "UPDATE audit_entry SET hash = :again WHERE seq = 2", again=again)
    assert verify(world) == Told(FAILED, f"Broken at entry {first}: {why}.\n")


CUT_OFF = "it was kept outside and is gone: the newest entries were cut off"


def test_the_newest_cut_off_show_by_a_head_that_was_kept(world: World, tmp_path: Path) -> None:
    """AUD-3: the command is given the worker's file, or what was copied from a log or a mail."""
    (kept,) = re.findall("[0-9]+:[0-9a-f]{64}", verify(world).said)
    file = tmp_path / "heads"
    file.write_text(f"2026-01-05T10:00:00+00:00 {kept}\n")
    assert verify(world, "--heads", str(file)).code == 0
    with world.services.sessions.begin() as session:
        past_the_guard(session, "DELETE FROM audit_entry WHERE seq > 4")
    assert verify(world).code == 0
    for words in (("--head", kept), ("--heads", str(file))):
        assert typed(world, *words) == Told(FAILED, f"Broken at entry 7: {CUT_OFF}.\n")


def test_a_head_that_is_none_is_refused(world: World) -> None:
    """A slip while copying is said, and is not taken for a check."""
    told = verify(world, "--head", "7:abc")
    assert (told.code, told.said) == (2, "Not a head, which is written NUMBER:HASH: 7:abc\n")


def test_what_could_not_be_found_out_is_no_tampering(world: World) -> None:
    """AUD-1: a nightly check during an outage, or after the password was changed, doesn't cry wolf."""
    right = make_url(world.services.settings.database_url)
    refused = verify(world, "--database", right.set(password="wrong").render_as_string(hide_password=False))
    assert refused.code == NOT_FOUND_OUT
    assert "is CQRS_DATABASE_URL its address?" in refused.said
    empty = right.set(database="template1").render_as_string(hide_password=False)
    elsewhere = verify(world, "--database", empty)
    assert elsewhere.code == NOT_FOUND_OUT
    assert elsewhere.said.count("\n") == refused.said.count("\n") == 1


def test_an_answer_that_cannot_be_written_is_no_tampering(world: World) -> None:
    """AUD-1: the disk of a nightly job's log is full."""
    command = [sys.executable, "-m", "commands", "audit", *options(world)]
    with Path("/dev/full").open("w") as full:
        assert subprocess.run(command, stdout=full, check=False).returncode not in (0, FAILED)
        assert subprocess.run(command, stdout=full, stderr=full, check=False).returncode not in (0, FAILED)


@pytest.mark.parametrize("nowhere", [">/dev/full 2>/dev/full", ">&- 2>&-"])
def test_tampering_that_cannot_be_told_ends_with_1_all_the_same(world: World, nowhere: str) -> None:
    """AUD-1: whoever is paged by the code needs no words."""
    with world.services.sessions.begin() as session:
        past_the_guard(session, "UPDATE audit_entry SET reason = 'because' WHERE seq = 2")
    command = shlex.join([sys.executable, "-m", "commands", "audit", *options(world)])
    assert subprocess.run(["/bin/sh", "-c", f"{command} {nowhere}"], check=False).returncode == FAILED
