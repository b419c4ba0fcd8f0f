"""The mirror knows service provider clusters, and who is restricted to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mirrored_cluster",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("commissioner_code", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("organisations", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mirrored_cluster"),
    )
    op.create_index("ix_mirrored_cluster_commissioner_code", "mirrored_cluster", ["commissioner_code"])
    op.create_index(
        "ix_mirrored_cluster_organisations", "mirrored_cluster", ["organisations"], postgresql_using="gin"
    )
    op.create_table(
        "mirrored_restriction",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("commissioner_code", sa.Text(), nullable=False),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["mirrored_person.id"],
            name="fk_mirrored_restriction_person_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "person_id", "commissioner_code", "cluster_id", name="pk_mirrored_restriction"
        ),
    )
    op.create_index("ix_mirrored_restriction_cluster_id", "mirrored_restriction", ["cluster_id"])


def downgrade() -> None:
    op.drop_table("mirrored_restriction")
    op.drop_table("mirrored_cluster")
