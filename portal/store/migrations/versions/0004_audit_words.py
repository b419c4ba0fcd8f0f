"""The audit is found by every name in it, also of somebody who had no account yet or has none any more."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Folded as what is searched for is (portal.store.folding): lower case, no apostrophes, no accents. What is
# neither letter nor digit parts words, so that no parser takes an address or a number for one.
WORDS = """
CREATE FUNCTION audit_words(actor_name text, subject text, before jsonb, after jsonb) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('simple', regexp_replace(regexp_replace(normalize(translate(lower(
        actor_name || ' ' || subject
        || ' ' || coalesce(before ->> 'name', '') || ' ' || coalesce(after ->> 'name', '')
        || ' ' || coalesce(before ->> 'email', '') || ' ' || coalesce(after ->> 'email', '')
    ), '''\u2019\u2018`\u00b4', ''), NFKD), '[\u0300-\u036f]', '', 'g'), '(\\W|_)+', ' ', 'g'));
"""
INDEX = """
CREATE INDEX ix_audit_entry_words ON audit_entry
    USING gin (audit_words(actor_name, subject, before, after));
"""


def upgrade() -> None:
    op.execute(WORDS)
    op.execute(INDEX)


def downgrade() -> None:
    op.execute("DROP INDEX ix_audit_entry_words")
    op.execute("DROP FUNCTION audit_words(text, text, jsonb, jsonb)")
