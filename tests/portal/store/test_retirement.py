"""What of the audit is let go in time, and what is kept: by the owner of its tables alone."""

import subprocess
import sys
from datetime import timedelta

from sqlalchemy import select, text

from portal.model import AuditEntry, AuditKind
from portal.store import audit
from portal.store.audit_check import Verified, verify
from tests.support.builders.rows import as_owner
from tests.support.builders.world import World
from tests.support.servers.running import AUDIT_KEY, RunningPostgres

KEPT = timedelta(days=30)
HALF = timedelta(days=15, minutes=1)


def retire(world: World, kept: timedelta = KEPT) -> int:
    """Lets go of what is older, as the owner does; how many entries."""
    with world.sessions.begin() as session:
        as_owner(session)
        return audit.retire(session, world.clock() - kept, world.clock())


def entries(world: World) -> list[AuditEntry]:
    with world.services.sessions() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def verified(world: World) -> Verified:
    with world.services.sessions() as session:
        return verify(session)


def three_ages(world: World) -> list[AuditEntry]:
    """Entries from just over 30 days ago, from 15 days ago and from now."""
    for name in ("old", "middle", "young"):
        world.registered(f"{name}@p001.example")
        if name != "young":
            world.clock.move(HALF)
    return entries(world)


def test_what_is_older_than_its_keeping_goes_and_the_rest_stays(world: World) -> None:
    """AUD-2: by the days that are configured, on record, and the chain still holds."""
    before = three_ages(world)
    limit = world.clock() - KEPT
    gone = [one for one in before if one.at < limit]
    assert {one.subject for one in gone} >= {"old@p001.example"}
    assert retire(world) == len(gone)
    *stayed, last = entries(world)
    assert [one.hash for one in stayed] == [one.hash for one in before[len(gone) :]]
    assert {one.subject for one in stayed} == {"middle@p001.example", "young@p001.example"}
    assert (last.kind, last.actor_name) == (AuditKind.AUDIT_RETIRED, "The portal")
    assert last.after == {"entries": len(gone), "until": gone[-1].seq, "hash": gone[-1].hash}
    assert (verified(world).fault, verified(world).entries) == (None, len(stayed) + 1)


def test_what_is_within_its_keeping_stays_and_nothing_is_on_record(world: World) -> None:
    """AUD-2: by the day."""
    before = three_ages(world)
    assert retire(world, KEPT + timedelta(days=1)) == 0
    assert [one.hash for one in entries(world)] == [one.hash for one in before]


def test_it_goes_on_after_everything_has_gone(world: World) -> None:
    """AUD-2: the chain isn't begun anew."""
    three_ages(world)
    world.clock.move(timedelta(days=60))
    for _ in range(3):
        retire(world)
        world.clock.move(timedelta(days=60))
    world.registered("late@p001.example")
    assert verified(world).fault is None
    assert "late@p001.example" in {one.subject for one in entries(world)}


def test_no_other_beginning_passes_for_a_retirement(world: World) -> None:
    """AUD-3: more cut off at the start than was retired, and the anchor set by hand to fit."""
    three_ages(world)
    retire(world)
    with world.sessions.begin() as session:
        as_owner(session)
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        oldest = "SELECT seq, hash FROM audit_entry ORDER BY seq LIMIT 1"
        session.execute(text(f"UPDATE audit_anchor SET (seq, hash) = ({oldest})"))  # noqa: S608
        session.execute(text("DELETE FROM audit_entry WHERE seq = (SELECT seq FROM audit_anchor)"))
        session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))
    fault = verified(world).fault
    assert fault is not None
    assert fault.problem == "what was before it has gone, and no retirement on record says so"


def test_the_command_does_it_for_the_owner(world: World, postgres: RunningPostgres) -> None:
    """AUD-2: as a timer calls it. The running service's role is refused, and nothing goes."""
    three_ages(world)
    before = entries(world)
    running = world.services.settings.database_url
    refused = command("--database", running, "--keep-days", "1")
    assert refused.returncode != 0
    assert [one.hash for one in entries(world)] == [one.hash for one in before]
    done = command("--database", postgres.as_administrator(running), "--keep-days", "100000")
    assert (done.returncode, done.stdout) == (0, "0 entries older than 100000 days retired.\n")


def command(*words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "commands", "audit", "retire", "--audit-key", AUDIT_KEY, *words]
    return subprocess.run(line, capture_output=True, text=True, check=False)
