"""Invitations, and the links to register that were mailed, by when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'pending'")
WORD = sa.String(60)


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("invited_by_name", sa.Text(), nullable=False),
        sa.Column("invited_as", WORD, nullable=False),
        sa.Column("invited_from", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_from", sa.Text(), nullable=False, server_default=""),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.Column("request_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.ForeignKeyConstraint(["request_id"], ["access_request.id"], name="fk_invitation_request_id"),
    )
    op.create_index(
        "uq_invitation_pending",
        "invitation",
        ["email", "organisation_code", "role"],
        unique=True,
        postgresql_where=PENDING,
    )
    op.create_index(
        "ix_invitation_pending_organisation", "invitation", ["organisation_code"], postgresql_where=PENDING
    )
    op.create_index("ix_invitation_pending_lapses", "invitation", ["lapses_at"], postgresql_where=PENDING)
    op.create_index("ix_invitation_email", "invitation", ["email"])
    op.create_index(
        "ix_mail_register_link", "mail", ["created_at"], postgresql_where=sa.text("kind = 'register-link'")
    )


def downgrade() -> None:
    op.drop_index("ix_mail_register_link", "mail")
    op.drop_table("invitation")
