"""The mirror has people's payment types too, so that a change in Keycloak's console is put on record.

It is asked for everything anew: else the first change of somebody's would look as if they had had none.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "mirrored_person", sa.Column("payment_types", ARRAY(sa.Text()), server_default="{}", nullable=False)
    )
    op.execute("UPDATE mirror_position SET reconcile_asked_at = clock_timestamp()")


def downgrade() -> None:
    op.drop_column("mirrored_person", "payment_types")
