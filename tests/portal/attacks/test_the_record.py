"""Somebody wants the record to say otherwise: the running service itself, or the owner of its tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.model.audit import AuditEntry
from portal.store.audit import Head, digest, head
from portal.store.audit_check import verify
from tests.support.builders.rows import as_owner
from tests.support.builders.world import World, build

ENTRIES = 7
AS_THE_SERVICE = (
    "UPDATE audit_entry SET reason = 'x' WHERE seq = 1",
    "DELETE FROM audit_entry WHERE seq > 3",
    "TRUNCATE audit_entry",
    "ALTER TABLE audit_entry DISABLE TRIGGER USER",
    "DROP TRIGGER audit_entry_stays ON audit_entry",
    "DROP TABLE audit_entry",
    "SELECT audit_retire(now())",
    "INSERT INTO audit_anchor VALUES (3, repeat('0', 64))",
    "DELETE FROM audit_anchor",
    "UPDATE alembic_version SET version_num = '0001'",
    "CREATE TABLE audit_entry_of_mine (seq bigint)",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "SET session_replication_role = replica",
)
COLUMNS = ("actor_id", "actor_name", "actor_role", "actor_organisation", "subject", "organisation_code")
EDITS = (
    *(f"UPDATE audit_entry SET {name} = {name} || 'x' WHERE seq = :seq" for name in COLUMNS),  # noqa: S608
    "UPDATE audit_entry SET reason = reason || ' ', origin = '203.0.113.9' WHERE seq = :seq",
    "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE seq = :seq",
    "UPDATE audit_entry SET kind = 'link-sent' WHERE seq = :seq",
    "UPDATE audit_entry SET request_id = gen_random_uuid() WHERE seq = :seq",
    "UPDATE audit_entry SET before = before || '{\"x\": 1}' WHERE seq = :seq",
    "UPDATE audit_entry SET after = after || '{\"x\": 1}' WHERE seq = :seq",
    "UPDATE audit_entry SET hash = 'g' || left(hash, 63) WHERE seq = :seq",
    "UPDATE audit_entry SET previous_hash = 'f' || left(previous_hash, 63) WHERE seq = :seq",
    "DELETE FROM audit_entry WHERE seq = :seq",
    "DELETE FROM audit_entry WHERE seq >= :seq",
    "DELETE FROM audit_entry WHERE seq <= :seq",
    "UPDATE audit_entry SET seq = seq + 100 WHERE seq >= :seq",
    "UPDATE audit_entry SET seq = seq + 100 WHERE seq > :seq;"
    " INSERT INTO audit_entry SELECT (jsonb_populate_record(one, jsonb_build_object('seq', :seq + 1))).*"
    " FROM audit_entry one WHERE seq = :seq",
    "INSERT INTO audit_anchor SELECT seq, hash FROM audit_entry WHERE seq = :seq;"
    " DELETE FROM audit_entry WHERE seq <= :seq",
)


@pytest.fixture(scope="module")
def country(database: str) -> World:
    """With seven entries on record."""
    world = build(database)
    for number in range(3):
        world.registered(f"new{number}@p001.example")
    return world


@pytest.mark.parametrize("statement", AS_THE_SERVICE)
def test_the_running_service_can_undo_nothing(country: World, statement: str) -> None:
    """AUD-3: whoever takes the portal or the worker over has their database role, and no more."""
    with country.sessions() as session, pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        session.execute(text(statement))


def test_nor_remove_it_all(country: World) -> None:
    """AUD-3: nor does it own what holds the table."""
    with country.sessions() as session, pytest.raises(DBAPIError, match="must be owner"):
        session.execute(text("DROP SCHEMA public CASCADE"))


@given(edit=st.sampled_from(EDITS), seq=st.integers(1, ENTRIES), rechained=st.booleans())
def test_whatever_the_owner_does_shows(country: World, edit: str, seq: int, rechained: bool) -> None:
    """AUD-3: any change, cut or insertion, chained anew or not, with the head that was put outside."""
    with country.sessions() as session:
        kept = head(session)
        assert kept is not None
        assert verify(session, [kept]).fault is None
        as_owner(session)
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        for statement in edit.split("; "):
            session.execute(text(statement), {"seq": seq})
        if rechained:
            chain_anew(session, "a key that was guessed")
        session.expire_all()
        assert verify(session, [kept]).fault is not None
        session.rollback()


def test_chained_anew_with_the_key_shows_by_the_head(country: World) -> None:
    """AUD-3: even who has the owner's rights and the key can't change what was put outside."""
    with country.sessions() as session:
        kept = head(session)
        assert kept is not None
        as_owner(session)
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        session.execute(text("UPDATE audit_entry SET reason = 'because' WHERE seq = 2"))
        chain_anew(session, country.services.settings.audit_key)
        session.expire_all()
        assert verify(session).fault is None
        fault = verify(session, [kept]).fault
        assert fault is not None
        assert (fault.seq, fault.problem) == (ENTRIES, "its hash is not the one that was kept")
        session.rollback()


def chain_anew(session: Session, key: str) -> None:
    """All entries there are, from one on, each with a hash that follows the one before."""
    last = Head(0, "0" * 64)
    session.expire_all()
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all():
        session.expunge(entry)
        values = {"old": entry.seq, "seq": last.seq + 1, "previous": last.hash}
        entry.seq, entry.previous_hash = last.seq + 1, last.hash
        last = Head(entry.seq, digest(entry, key))
        statement = (
            "UPDATE audit_entry SET seq = :seq, previous_hash = :previous, hash = :hash WHERE seq = :old"
        )
        session.execute(text(statement), values | {"hash": last.hash})
