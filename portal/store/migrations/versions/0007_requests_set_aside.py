"""A request is set aside while its applicant is disabled, and no deadline counts that time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_request", sa.Column("set_aside_at", sa.DateTime(timezone=True)))
    op.add_column("access_request", sa.Column("paused", sa.Interval(), server_default="0", nullable=False))


def downgrade() -> None:
    """What was set aside is open again."""
    op.execute("UPDATE access_request SET state = 'open' WHERE state = 'set-aside'")
    op.drop_column("access_request", "paused")
    op.drop_column("access_request", "set_aside_at")
