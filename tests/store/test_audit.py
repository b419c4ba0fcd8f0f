"""The record of what was done, and how tampering shows."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.model import AuditKind
from portal.model.audit import SHAPES, AuditEvent, WrongShape
from portal.store import audit
from portal.store.queries import audit as search
from portal.store.queries.audit import Sought
from tests.acts.test_journey import approve
from tests.builders.world import World


def test_every_kind_declares_its_fields() -> None:
    """AUD-1: no kind of event without a shape."""
    assert set(SHAPES) == set(AuditKind)


@pytest.mark.parametrize("after", [{}, {"address": "a", "more": 1}, {"adress": "a"}])
def test_an_event_of_another_shape_is_refused(after: dict[str, object]) -> None:
    """AUD-1: a missing or extra field raises."""
    with pytest.raises(WrongShape):
        AuditEvent(AuditKind.LINK_SENT, "somebody", after=after)


def test_a_decision_leaves_its_whole_story(world: World) -> None:
    """AUD-1: who, in which role, on whom, before and after, from where."""
    request_id = world.registered()
    approve(world, request_id)
    world.work()
    with world.services.sessions() as session:
        story = search.of_request(session, request_id)
    assert [entry.kind for entry in story] == [
        AuditKind.REQUEST_MADE,
        AuditKind.REQUEST_PASSED,
        AuditKind.REQUEST_APPROVED,
        AuditKind.ROLE_GRANTED,
    ]
    approved = story[2]
    assert (approved.actor_name, approved.actor_role, approved.actor_organisation, approved.origin) == (
        "Carol Person",
        "commissioner-approver",
        "A01",
        "192.0.2.1",
    )
    assert (approved.before, approved.after["state"]) == ({"state": "open"}, "approved")


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_database_refuses_changes(world: World, statement: str) -> None:
    """AUD-1: never changed or deleted."""
    world.registered()
    with world.services.sessions() as session, pytest.raises(DBAPIError, match="never changed"):
        session.execute(text(statement))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET reason = 'because' WHERE seq = 2",
        """UPDATE audit_entry SET after = after || '{"role": "service-desk"}' WHERE seq = 1""",
        "DELETE FROM audit_entry WHERE seq = 2",
        "UPDATE audit_entry SET at = at + interval '1 second' WHERE seq = 3",
    ],
)
def test_tampering_shows(world: World, tampering: str) -> None:
    """AUD-1: somebody with the database's own rights goes round the guard; the chain tells."""
    for number in range(3):
        world.registered(f"new{number}@p001.example")
    with world.services.sessions.begin() as session:
        assert audit.verify(session).fault is None
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        session.execute(text(tampering))
        session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))
        session.expire_all()
        assert audit.verify(session).fault is not None


def test_what_is_past_its_keeping_goes_and_the_chain_holds(world: World) -> None:
    """AUD-2: retention is configured."""
    world.registered("old@p001.example")
    with world.services.sessions() as session:
        old = search.listing(session, Sought()).total
    world.clock.move(timedelta(days=40))
    world.registered("young@p001.example")
    with world.services.sessions.begin() as session:
        assert audit.retire(session, world.clock() - timedelta(days=30)) == old
    world.registered("younger@p001.example")
    with world.services.sessions() as session:
        verified = audit.verify(session)
        left = {entry.subject for entry in search.listing(session, Sought()).items}
    assert (verified.fault, verified.entries) == (None, 4)
    assert left == {"young@p001.example", "younger@p001.example"}


def test_it_is_searched_by_person_organisation_kind_and_date(world: World) -> None:
    """AUD-2: the Service Desk's search."""
    request_id = world.registered()
    approve(world, request_id)
    world.work()
    wanted = {
        "carol": Sought(person="Carol"),
        "her address": Sought(person="carol@approvers.example"),
        "kind": Sought(kind=AuditKind.REQUEST_APPROVED),
        "organisation": Sought(organisation_code="p001", kind=AuditKind.REQUEST_APPROVED),
        "elsewhere": Sought(organisation_code="P003"),
        "later": Sought(since=world.clock() + timedelta(hours=1)),
    }
    with world.services.sessions() as session:
        found = {name: search.listing(session, sought).total for name, sought in wanted.items()}
    assert found == {
        "carol": 1,
        "her address": 1,
        "kind": 1,
        "organisation": 1,
        "elsewhere": 0,
        "later": 0,
    }
