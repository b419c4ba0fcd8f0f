"""The audit's newest entry is put outside the database: to a log, a file, an address."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from portal.acts.publish_head import HeadFileUnwritable, publish_head
from portal.model.audit import AuditEvent, AuditKind
from portal.services import WorkerServices
from portal.store import audit
from portal.store.audit import Head, head
from portal.store.audit_check import Break, verify
from tests.portal.store.test_audit_tampering import past_the_guard
from tests.support.builders.world import World, empty

OPERATOR = "records@operator.example"


def newest(world: World) -> Head:
    with world.sessions() as session:
        found = head(session)
    assert found is not None
    return found


def told(world: World, **where: str) -> WorkerServices:
    """Services whose settings name these places."""
    return replace(world.services, settings=world.services.settings.model_copy(update=where))


def heads(file: Path) -> list[Head]:
    return [Head.read(line.split()[-1]) for line in file.read_text().splitlines()]


def test_to_the_log(world: World) -> None:
    """AUD-3: regularly, whatever else is told."""
    world.registered()
    with capture_logs() as logged:
        publish_head(world.services)
    assert [one["head"] for one in logged if one["event"] == "audit-head"] == [str(newest(world))]


def test_to_a_file_that_the_check_reads(world: World, tmp_path: Path) -> None:
    """AUD-3: a line for each new head, and none while there is no newer one."""
    file = tmp_path / "heads"
    services = told(world, audit_head_file=str(file))
    written = []
    for number in range(2):
        world.registered(f"new{number}@p001.example")
        written.append(newest(world))
        publish_head(services)
        publish_head(services)
    assert heads(file) == written
    with world.sessions() as session:
        assert verify(session, heads(file)).fault is None


def test_an_entry_put_in_the_place_of_one_that_was_published_shows(world: World, tmp_path: Path) -> None:
    """AUD-3: the service itself chains the next entry where one was cut off, and publishes that one too."""
    file = tmp_path / "heads"
    services = told(world, audit_head_file=str(file))
    world.registered()
    publish_head(services)
    cut_off = newest(world)
    with world.sessions.begin() as session:
        past_the_guard(session, "DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)")
    another = AuditEvent(AuditKind.LINK_SENT, "somebody", after={"address": OPERATOR})
    with world.sessions.begin() as session:
        audit.append(session, another, world.clock())
    publish_head(services)
    kept = heads(file)
    assert [one.seq for one in kept] == [cut_off.seq] * 2
    for order in (kept, kept[::-1]):
        with world.sessions() as session:
            fault = verify(session, order).fault
        assert fault == Break(cut_off.seq, "its hash is not the one that was kept")


def test_to_an_address_once_a_day(world: World) -> None:
    """AUD-3: also when the worker starts again and again."""
    world.registered()
    services = told(world, audit_head_mail=OPERATOR)
    first = str(newest(world))
    for hours in (0, 1, 22, 2):
        world.clock.move(timedelta(hours=hours))
        publish_head(services)
        world.work()
    assert world.post.to(OPERATOR) == ["The newest entry of the audit"] * 2
    mail = next(one for one in world.post.sent if one["To"] == OPERATOR)
    body = mail.get_body(("plain",))
    assert body is not None
    assert first in body.get_content()


def test_a_file_that_cannot_be_written_is_said(world: World, tmp_path: Path) -> None:
    """AUD-3: the worker goes on, and its log says so each time; the log has the head all the same."""
    world.registered()
    with capture_logs() as logged, pytest.raises(HeadFileUnwritable, match="CQRS_AUDIT_HEAD_FILE"):
        publish_head(told(world, audit_head_file=str(tmp_path / "nowhere" / "heads")))
    assert [one["event"] for one in logged] == ["audit-head"]


@pytest.mark.parametrize("place", ["audit_head_file", "audit_head_mail"])
def test_with_nothing_on_record_nothing_is_put_outside(world: World, tmp_path: Path, place: str) -> None:
    """A service that has just been set up."""
    empty(world.services)
    publish_head(told(world, **{place: str(tmp_path / "heads") if place.endswith("file") else OPERATOR}))
    world.work()
    assert not (tmp_path / "heads").exists()
    assert world.post.sent == []
