"""What many changed rows touch is found by hashing them, not by comparing each with each.

PostgreSQL knows nothing of how many rows a statement changed, and keeps the plan that it made for a few: with
100,000 people the first reconcile compared for longer than a statement may take.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FUNCTIONS = [f"mirrored_{table}_update_touches()" for table in ("person", "organisation", "cluster")]


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"ALTER FUNCTION {function} SET enable_nestloop TO off")


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"ALTER FUNCTION {function} RESET enable_nestloop")
