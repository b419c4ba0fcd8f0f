"""The mirror knows an organisation's town, and which one took over from it.

What is there is filled in by the worker, who is asked to read everything again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("town", "successor"):
        column = sa.Column(name, sa.Text(), server_default="", nullable=False)
        op.add_column("mirrored_organisation", column)
    op.create_index("ix_mirrored_organisation_postcode", "mirrored_organisation", ["postcode"])
    op.execute("UPDATE mirror_position SET reconcile_asked_at = now()")


def downgrade() -> None:
    op.drop_index("ix_mirrored_organisation_postcode", "mirrored_organisation")
    for name in ("successor", "town"):
        op.drop_column("mirrored_organisation", name)
