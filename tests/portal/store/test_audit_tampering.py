"""The record is tampered with by somebody with the database's own rights: `cqrs audit verify` fails."""

import re
import subprocess
import sys
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.model.audit import AuditEntry
from portal.store import audit
from tests.support.builders.world import World

FAILED = 1
CHANGED, MISSING = "it was changed after it was written", "entry {} is missing"
UNCHAINED = "it doesn't follow from the entry before"
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
        "DELETE FROM audit_entry WHERE seq = 2; UPDATE audit_entry SET seq = seq - 1 WHERE seq > 2",
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
        assert audit.verify(session).entries == 7
    return world


def verify(world: World) -> Told:
    """The command, as it is typed."""
    url = world.services.settings.database_url
    command = [sys.executable, "-m", "commands", "audit", "verify", "--database", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Told(done.returncode, done.stdout or done.stderr)


def past_the_guard(session: Session, statement: str, **values: str) -> None:
    session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
    session.execute(text(statement), values)
    session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))
    session.expire_all()


def test_the_record_is_whole(world: World) -> None:
    """AUD-1: nothing was done to it."""
    told = verify(world)
    assert (told.code, told.said.partition(" The last")[0]) == (0, "7 entries, all in order.")


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_shows(world: World, how: str) -> None:
    """AUD-1: somebody goes round the guard; the chain tells."""
    statement, first, why = TAMPERINGS[how]
    with world.services.sessions.begin() as session:
        past_the_guard(session, statement)
    assert verify(world) == Told(FAILED, f"Broken at entry {first}: {why}.\n")


def test_a_change_with_its_hash_made_again_shows_at_the_next(world: World) -> None:
    """AUD-1: who knows how the hashes are made has to make all of them again."""
    with world.services.sessions.begin() as session:
        past_the_guard(session, "UPDATE audit_entry SET reason = 'because' WHERE seq = 2")
        again = audit.digest(session.get_one(AuditEntry, 2))
        past_the_guard(session, "UPDATE audit_entry SET hash = :again WHERE seq = 2", again=again)
    assert verify(world) == Told(FAILED, f"Broken at entry 3: {UNCHAINED}.\n")


def test_the_newest_cut_off_show_by_the_hash_that_was_kept(world: World) -> None:
    """AUD-1: the chain alone can't tell, so the command says the last hash for keeping elsewhere."""
    kept = re.findall("[0-9a-f]{64}", verify(world).said)
    with world.services.sessions.begin() as session:
        past_the_guard(session, "DELETE FROM audit_entry WHERE seq > 4")
    told = verify(world)
    assert told.code == 0
    assert told.said.startswith("4 entries, all in order.")
    assert re.findall("[0-9a-f]{64}", told.said) != kept
