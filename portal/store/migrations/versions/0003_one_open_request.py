"""One open request for each person, organisation and role, also where the e-mail address has changed."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Of several that are open the oldest stays; the others are ended as if taken back. Requests made before their
# applicant had an account are given to the account that a request of the same address has.
UP = """
UPDATE access_request r SET person_id = known.person_id
    FROM (SELECT email, min(person_id) AS person_id FROM access_request WHERE person_id IS NOT NULL
          GROUP BY email HAVING count(DISTINCT person_id) = 1) known
    WHERE r.person_id IS NULL AND r.state = 'open' AND r.email = known.email;
UPDATE access_request r SET state = 'withdrawn', decided_at = now(),
        decision_reason = 'Another request for the same was open.'
    WHERE r.state = 'open' AND EXISTS (
        SELECT FROM access_request o WHERE o.state = 'open' AND o.person_id = r.person_id
        AND o.organisation_code = r.organisation_code AND o.role = r.role
        AND (o.asked_at, o.id) < (r.asked_at, r.id));
CREATE UNIQUE INDEX uq_access_request_open_person ON access_request (person_id, organisation_code, role)
    WHERE state = 'open' AND person_id IS NOT NULL;
"""
DOWN = "DROP INDEX uq_access_request_open_person"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
