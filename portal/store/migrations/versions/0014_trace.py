"""An effect knows which request of a browser it follows from."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("effect", sa.Column("trace", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("effect", "trace")
