"""When the mirror was last in step with Keycloak, and how much each application has asked."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mirror_position", sa.Column("in_step_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "application_use",
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("application", name="pk_application_use"),
    )


def downgrade() -> None:
    op.drop_table("application_use")
    op.drop_column("mirror_position", "in_step_at")
