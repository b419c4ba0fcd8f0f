"""The database tells the worker of new effects and the acts of finished ones, the awaited first."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# With the id none is taken for a repetition of another: each effect wakes a thread of its own.
QUEUED = """
CREATE FUNCTION effect_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('effect_queued', CASE WHEN NEW.kind = 'mail' THEN 'mail ' ELSE 'other ' END || NEW.id);
    RETURN NULL;
END $$;
"""
DONE = """
CREATE FUNCTION effect_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('effect_done', NEW.id::text);
    RETURN NULL;
END $$;
"""
ON_QUEUED = """
CREATE TRIGGER effect_queued AFTER INSERT OR UPDATE OF due_at ON effect
    FOR EACH ROW WHEN (NEW.done_at IS NULL AND NEW.parked_at IS NULL) EXECUTE FUNCTION effect_queued();
"""
ON_DONE = """
CREATE TRIGGER effect_done AFTER UPDATE OF done_at, parked_at ON effect
    FOR EACH ROW WHEN (NEW.done_at IS NOT NULL OR NEW.parked_at IS NOT NULL) EXECUTE FUNCTION effect_done();
"""
WAITING = sa.text("done_at IS NULL AND parked_at IS NULL")


def upgrade() -> None:
    op.add_column("effect", sa.Column("urgency", sa.SmallInteger(), nullable=False, server_default="1"))
    op.drop_index("ix_effect_next", "effect")
    op.create_index("ix_effect_next", "effect", ["urgency", "id"], postgresql_where=WAITING)
    for statement in (QUEUED, DONE, ON_QUEUED, ON_DONE):
        op.execute(statement)


def downgrade() -> None:
    for name in ("effect_queued", "effect_done"):
        op.execute(f"DROP TRIGGER {name} ON effect")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_effect_next", "effect")
    op.create_index("ix_effect_next", "effect", ["id"], postgresql_where=WAITING)
    op.drop_column("effect", "urgency")
