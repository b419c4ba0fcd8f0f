"""What the users list of the whole country is sorted and counted by; nobody holds a role who isn't there."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A name is sorted by in lower case and by bare letters; what is included lets the index alone answer.
UP = """
CREATE INDEX ix_mirrored_person_first_name ON mirrored_person (lower(first_name) COLLATE "C")
    INCLUDE (first_name, id, enabled, locked);
CREATE INDEX ix_mirrored_person_last_name ON mirrored_person (lower(last_name) COLLATE "C")
    INCLUDE (last_name, id, enabled, locked);
CREATE INDEX ix_mirrored_person_email_order ON mirrored_person (lower(email) COLLATE "C")
    INCLUDE (email, id, enabled, locked);
CREATE INDEX ix_mirrored_person_stopped ON mirrored_person (id) WHERE NOT enabled OR locked;
DROP INDEX ix_mirrored_holding_organisation;
CREATE INDEX ix_mirrored_holding_organisation ON mirrored_holding (organisation_code, person_id, role);
DELETE FROM mirrored_holding h WHERE NOT EXISTS (SELECT FROM mirrored_person p WHERE p.id = h.person_id);
ALTER TABLE mirrored_holding ADD CONSTRAINT fk_mirrored_holding_person_id
    FOREIGN KEY (person_id) REFERENCES mirrored_person (id) ON DELETE CASCADE;
"""
DOWN = """
ALTER TABLE mirrored_holding DROP CONSTRAINT fk_mirrored_holding_person_id;
DROP INDEX ix_mirrored_holding_organisation;
CREATE INDEX ix_mirrored_holding_organisation ON mirrored_holding (organisation_code, role, person_id);
DROP INDEX ix_mirrored_person_stopped;
DROP INDEX ix_mirrored_person_email_order;
DROP INDEX ix_mirrored_person_last_name;
DROP INDEX ix_mirrored_person_first_name;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
