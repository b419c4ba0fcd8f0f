"""The mirror counts at how many organisations each person holds a role: the users list is counted by it.

And the worker is told which effects somebody waits for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

PLACES = "(SELECT count(DISTINCT h.organisation_code) FROM mirrored_holding h WHERE h.person_id = p.id)"
# Once for each statement, however many rows it wrote; whoever writes somebody's holdings holds their lock.
COUNT = f"""
CREATE FUNCTION count_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mirrored_person p SET places = {PLACES}
    WHERE p.id IN (SELECT person_id FROM changed) AND p.places <> {PLACES};
    RETURN NULL;
END $$
"""  # noqa: S608 - our own words
QUEUED = """
CREATE OR REPLACE FUNCTION effect_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('effect_queued', {lane} || ' ' || NEW.id);
    RETURN NULL;
END $$;
"""
LANE = "CASE WHEN NEW.kind = 'mail' THEN 'mail' WHEN NEW.urgency = 0 THEN 'awaited' ELSE 'other' END"
LANE_BEFORE = "CASE WHEN NEW.kind = 'mail' THEN 'mail' ELSE 'other' END"
TRIGGERS = {"insert": "NEW", "delete": "OLD"}


def upgrade() -> None:
    op.execute(QUEUED.format(lane=LANE))
    op.add_column(
        "mirrored_person", sa.Column("places", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.execute(f"UPDATE mirrored_person p SET places = {PLACES}")  # noqa: S608 - our own words
    op.execute(COUNT)
    for event, rows in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER count_places_{event} AFTER {event.upper()} ON mirrored_holding"
            f" REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_places()"
        )
    op.create_index(
        "ix_mirrored_person_roleless", "mirrored_person", ["id"], postgresql_where=sa.text("places = 0")
    )
    op.create_index(
        "ix_mirrored_person_several",
        "mirrored_person",
        ["id"],
        postgresql_include=["places"],
        postgresql_where=sa.text("places > 1"),
    )


def downgrade() -> None:
    op.execute(QUEUED.format(lane=LANE_BEFORE))
    op.drop_index("ix_mirrored_person_several", "mirrored_person")
    op.drop_index("ix_mirrored_person_roleless", "mirrored_person")
    for event in TRIGGERS:
        op.execute(f"DROP TRIGGER count_places_{event} ON mirrored_holding")
    op.execute("DROP FUNCTION count_places()")
    op.drop_column("mirrored_person", "places")
