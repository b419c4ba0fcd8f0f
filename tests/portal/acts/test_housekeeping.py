"""What the worker lets go of in time, and what it keeps."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from portal.acts.housekeeping import keep_house
from portal.model import AuditEntry, AuditKind
from portal.services import Services
from portal.store.audit import Verified, verify
from portal.worker import Worker
from tests.support.builders.world import World
from tests.support.waiting import wait_until

KEPT = timedelta(days=30)
HALF = timedelta(days=15, minutes=1)


def keeping(world: World, kept: timedelta = KEPT) -> Services:
    return replace(
        world.services, settings=world.services.settings.model_copy(update={"audit_keep_days": kept.days})
    )


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
    keep_house(keeping(world))
    *stayed, last = entries(world)
    assert [one.hash for one in stayed] == [one.hash for one in before[len(gone) :]]
    assert {one.subject for one in stayed} == {"middle@p001.example", "young@p001.example"}
    assert (last.kind, last.after, last.actor_name) == (
        AuditKind.AUDIT_RETIRED,
        {"entries": len(gone)},
        "The portal",
    )
    assert (verified(world).fault, verified(world).entries) == (None, len(stayed) + 1)


def test_what_is_within_its_keeping_stays_and_nothing_is_on_record(world: World) -> None:
    """AUD-2: eight years unless told."""
    before = three_ages(world)
    world.clock.move(timedelta(days=8 * 365 - 40))
    keep_house(world.services)
    assert [one.hash for one in entries(world)] == [one.hash for one in before]
    world.clock.move(timedelta(days=45))
    keep_house(world.services)
    assert [one.kind for one in entries(world) if one.subject == "old@p001.example"] == []
    assert verified(world).fault is None


def test_it_goes_on_after_everything_has_gone(world: World) -> None:
    """AUD-2: the chain isn't begun anew."""
    three_ages(world)
    world.clock.move(timedelta(days=60))
    for _ in range(3):
        keep_house(keeping(world))
        world.clock.move(timedelta(days=60))
    world.registered("late@p001.example")
    assert verified(world).fault is None
    assert "late@p001.example" in {one.subject for one in entries(world)}


def test_the_worker_does_it_of_itself(world: World) -> None:
    """AUD-2: nobody has to think of it."""
    before = three_ages(world)
    with working(keeping(world)):
        wait_until(lambda: entries(world)[-1].kind is AuditKind.AUDIT_RETIRED, 60)
    left = {one.subject for one in entries(world)}
    assert {"middle@p001.example", "young@p001.example"} <= left
    assert "old@p001.example" in {one.subject for one in before} - left
    assert verified(world).fault is None


@contextmanager
def working(services: Services) -> Iterator[None]:
    worker = Worker(services)
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(30)
