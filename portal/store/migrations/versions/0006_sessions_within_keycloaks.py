"""A session knows what keeps it within Keycloak's and where it is; the follower, how far it has told people.

The date of a test environment can be moved.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("refresh_token", "address", "device"):
        op.add_column("portal_session", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("portal_session", sa.Column("renew_at", MOMENT))
    op.add_column("mirror_position", sa.Column("told_to", MOMENT))
    op.create_table(
        "moved_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_clock")),
    )


def downgrade() -> None:
    op.drop_table("moved_clock")
    op.drop_column("mirror_position", "told_to")
    for name in ("renew_at", "device", "address", "refresh_token"):
        op.drop_column("portal_session", name)
