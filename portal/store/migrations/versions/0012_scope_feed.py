"""The database notes what may change somebody's scope, and keeps a feed of who gained or lost what."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Of a statement, once: each function is told what rows there were and are. Whoever is told twice is looked
# at once, so a thing may be noted more often than it changed, never less.
NOTE = """
CREATE FUNCTION scope_touched(what text, keys text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scope_touched (what, key) SELECT DISTINCT $1, one FROM unnest(keys) one WHERE one IS NOT NULL;
    IF FOUND THEN
        PERFORM pg_notify('scope_touched', '');
    END IF;
END $$;
"""
# Of a person only what decides: names and addresses change nobody's scope.
# ruff: noqa: S608 - names of this file
PERSON_FACTS = "(n.enabled, n.access) IS DISTINCT FROM (o.enabled, o.access)"
PLACE_FACTS = "(n.path, n.status, n.type) IS DISTINCT FROM (o.path, o.status, o.type)"
CLUSTER_FACTS = "n.organisations IS DISTINCT FROM o.organisations"
RESTRICTED = "SELECT array_agg(r.person_id) FROM mirrored_restriction r JOIN {rows} c ON r.cluster_id = c.id"
TABLES = {
    # table: what is noted, the keys of rows that came or went, and those of rows that changed.
    "mirrored_person": (
        "person",
        "SELECT array_agg(id) FROM {rows}",
        f"SELECT array_agg(id) FROM new_rows n JOIN old_rows o USING (id) WHERE {PERSON_FACTS}",
    ),
    "mirrored_holding": (
        "person",
        "SELECT array_agg(person_id) FROM {rows}",
        "SELECT array_agg(person_id) FROM (TABLE new_rows UNION TABLE old_rows) both_rows",
    ),
    "mirrored_restriction": (
        "person",
        "SELECT array_agg(person_id) FROM {rows}",
        "SELECT array_agg(person_id) FROM (TABLE new_rows UNION TABLE old_rows) both_rows",
    ),
    "mirrored_organisation": (
        "organisation",
        "SELECT array_agg(code) FROM {rows}",
        f"SELECT array_agg(code) FROM new_rows n JOIN old_rows o USING (code) WHERE {PLACE_FACTS}",
    ),
    "mirrored_cluster": (
        "person",
        RESTRICTED,
        "SELECT array_agg(r.person_id) FROM new_rows n JOIN old_rows o USING (id)"
        f" JOIN mirrored_restriction r ON r.cluster_id = n.id WHERE {CLUSTER_FACTS}",
    ),
}
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM scope_touched('{what}', ({keys}));
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
EVENTS = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows"}
EVENTS["update"] = f"{EVENTS['insert']} {EVENTS['delete']}"


def upgrade() -> None:
    op.add_column("mirrored_person", sa.Column("access", sa.Text(), nullable=False, server_default=""))
    _make_tables()
    op.execute(NOTE)
    for table, (what, came_or_went, changed) in TABLES.items():
        for event, rows in EVENTS.items():
            name = f"{table}_{event}_touches"
            keys = changed if event == "update" else came_or_went.format(rows=rows.split()[-1])
            op.execute(FUNCTION.format(name=name, what=what, keys=keys))
            op.execute(TRIGGER.format(name=name, event=event.upper(), table=table, rows=rows))
    op.execute("SELECT scope_touched('person', (SELECT array_agg(id) FROM mirrored_person))")


def _make_tables() -> None:
    op.create_table(
        "scope_touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scope_touched"),
    )
    op.create_table(
        "reach",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.String(60), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "role", "organisation_code", name="pk_reach"),
    )
    op.create_index("ix_reach_organisation_code", "reach", ["organisation_code"])
    op.create_table(
        "scope_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.String(60), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("gained", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scope_change"),
    )
    op.create_index("ix_scope_change_at", "scope_change", ["at"])
    op.create_table(
        "feed_position",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("feed", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("gone_to", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_position"),
    )


def downgrade() -> None:
    for table in TABLES:
        for event in EVENTS:
            op.execute(f"DROP TRIGGER {table}_{event}_touches ON {table}")
            op.execute(f"DROP FUNCTION {table}_{event}_touches()")
    op.execute("DROP FUNCTION scope_touched(text, text[])")
    for name in ("feed_position", "scope_change", "reach", "scope_touched"):
        op.drop_table(name)
    op.drop_column("mirrored_person", "access")
