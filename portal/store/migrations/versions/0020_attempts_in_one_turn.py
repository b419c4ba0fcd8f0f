"""An attempt is judged and noted by one turn to the database.

Each statement of the function sees what was committed before it, so under the lock no attempt is missed.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CREATE = """
CREATE FUNCTION attempt_beyond(
    lock bigint, of_what text, of_whom text, most bigint, per interval, moment timestamptz, noted boolean
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    how_many bigint;
    earliest timestamptz;
BEGIN
    IF noted THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(of_what || ' ' || of_whom, lock));
    END IF;
    SELECT count(*), min(at) INTO how_many, earliest
        FROM attempt WHERE action = of_what AND client = of_whom AND at > moment - per;
    IF how_many >= most THEN
        RETURN earliest;
    END IF;
    IF noted THEN
        INSERT INTO attempt (action, client, at) VALUES (of_what, of_whom, moment);
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute("DROP FUNCTION attempt_beyond(bigint, text, text, bigint, interval, timestamptz, boolean)")
