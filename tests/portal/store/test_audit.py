"""The record of what was done, and how tampering shows."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from directory.vocabulary import Role
from portal.acts.register import Registration, register
from portal.mirroring.follow import follow
from portal.model import AuditKind
from portal.model.audit import SHAPES, AuditEntry, AuditEvent, WrongShape
from portal.store import audit
from portal.store.audit_check import verify
from portal.store.queries import audit as search
from portal.store.queries.audit import Sought
from tests.portal.acts.test_journey import approve
from tests.support.builders.rows import as_owner
from tests.support.builders.world import HERE, World


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
        of_request = select(AuditEntry).where(AuditEntry.request_id == request_id).order_by(AuditEntry.seq)
        story = session.scalars(of_request).all()
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
    """AUD-1: never changed or deleted, by the tables' owner neither."""
    world.registered()
    with world.services.sessions() as session:
        as_owner(session)
        with pytest.raises(DBAPIError, match="never changed"):
            session.execute(text(statement))


def test_what_is_past_its_keeping_goes_and_the_chain_holds(world: World) -> None:
    """AUD-2: retention is configured."""
    world.registered("old@p001.example")
    with world.services.sessions() as session:
        old = search.listing(session, Sought()).total
    world.clock.move(timedelta(days=40))
    world.registered("young@p001.example")
    with world.services.sessions.begin() as session:
        as_owner(session)
        assert audit.retire(session, world.clock() - timedelta(days=30), world.clock()) == old
    world.registered("younger@p001.example")
    with world.services.sessions() as session:
        verified = verify(session)
        left = {entry.subject for entry in search.listing(session, Sought()).items}
    assert (verified.fault, verified.entries) == (None, 5)
    assert left == {"young@p001.example", "younger@p001.example", "audit"}


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
        "carol": 2,
        "her address": 2,
        "kind": 1,
        "organisation": 1,
        "elsewhere": 0,
        "later": 0,
    }


def found(world: World, person: str) -> list[str]:
    """The kinds of what is found for this, the oldest first."""
    with world.services.sessions() as session:
        entries = [entry.kind.value for entry in search.listing(session, Sought(person=person)).items]
        assert [one.kind.value for one in search.download(session, Sought(person=person))] == entries[::-1]
    return entries[::-1]


STORY = ["request-made", "request-approved", "role-granted"]


@pytest.mark.parametrize("typed", ["Zoë O'Néw", "zoe onew", "O’New, Zoë", "Zo", "ZOE"])  # noqa: RUF001
def test_a_newcomer_is_found_by_name(world: World, typed: str) -> None:
    """AUD-2: also where the entry is about an e-mail address, as there was no account yet."""
    asked = Registration("n1@p001.example", "P001", Role.PROVIDER_USER, "Zo\u00eb", "O\u2019N\u00e9w")
    register(world.services, asked, HERE)
    world.work()
    approve(world, world.request_of("n1@p001.example").id)
    world.work()
    assert found(world, typed) == STORY
    assert found(world, "Zoe Nobody") == []


def test_somebody_is_found_by_name_after_their_account_has_gone(world: World) -> None:
    """AUD-2: what they did and what became of them, by the names in the entries."""
    request_id = world.registered()
    approve(world, request_id)
    world.directory.delete_person(world.people["carol"].id)
    follow(world.services)
    assert found(world, "Carol Person") == ["request-approved", "role-granted", "account-changed"]
    assert found(world, "carol@approvers") == ["account-changed"]


@pytest.mark.parametrize("typed", ["%", "_", "' OR '1'='1", "a & | ! ( :*", "\\"])
def test_nothing_typed_is_part_of_the_query(world: World, typed: str) -> None:
    """AUD-2: what isn't letters finds nothing and breaks nothing."""
    world.registered()
    assert found(world, typed) == []


def test_a_search_by_person_reads_no_more_than_it_finds(world: World) -> None:
    """AUD-2: each part by its index, however many entries there are."""
    asked: list[tuple[str, object]] = []
    with world.services.sessions() as session:
        event.listen(session.bind, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        search.listing(session, Sought(person="Nora New"))
        session.execute(text("SET LOCAL enable_seqscan = off"))
        statements = [one for one in asked if "FROM audit_entry" in one[0]]
        plans = [session.connection().exec_driver_sql(f"EXPLAIN {sql}", facts) for sql, facts in statements]
        shown = ["\n".join(plan.scalars()) for plan in plans]
    assert len(shown) == 2
    for plan, index in product(shown, ("subject", "actor_id", "words")):
        assert f"ix_audit_entry_{index}" in plan, plan
