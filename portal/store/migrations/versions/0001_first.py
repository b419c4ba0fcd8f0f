"""The first schema: requests, notices, mail, effects, the mirror, sessions, and the audit with its guard."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REQUESTS = """
CREATE TABLE access_request (
    id UUID NOT NULL,
    kind VARCHAR(60) NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    person_id TEXT,
    organisation_code TEXT NOT NULL,
    organisation_name TEXT NOT NULL,
    role VARCHAR(60) NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    state VARCHAR(60) NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    decided_by TEXT,
    decided_by_name TEXT,
    decided_as VARCHAR(60),
    decision_reason TEXT DEFAULT '' NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    problem TEXT DEFAULT '' NOT NULL,
    reminded_at TIMESTAMP WITH TIME ZONE,
    escalated_at TIMESTAMP WITH TIME ZONE,
    held_by_role VARCHAR(60),
    held_by_organisation TEXT,
    held_since TIMESTAMP WITH TIME ZONE,
    routing INTEGER DEFAULT '0' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_access_request PRIMARY KEY (id)
);
CREATE INDEX ix_access_request_email ON access_request (email);
CREATE INDEX ix_access_request_open_organisation ON access_request (organisation_code)
    WHERE state = 'open';
CREATE INDEX ix_access_request_person_id ON access_request (person_id);
CREATE INDEX ix_access_request_unapplied ON access_request (decided_at)
    WHERE state = 'approved' AND applied_at IS NULL;
CREATE UNIQUE INDEX uq_access_request_open ON access_request (email, organisation_code, role)
    WHERE state = 'open';
CREATE TABLE notice (
    id UUID NOT NULL,
    person_id TEXT NOT NULL,
    kind VARCHAR(60) NOT NULL,
    name TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    request_id UUID,
    sequence INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notice PRIMARY KEY (id),
    CONSTRAINT uq_notice_once UNIQUE (person_id, kind, request_id, sequence),
    CONSTRAINT fk_notice_request_id FOREIGN KEY(request_id) REFERENCES access_request (id)
);
CREATE INDEX ix_notice_person ON notice (person_id, created_at);
CREATE INDEX ix_notice_unread ON notice (person_id) WHERE read_at IS NULL;
CREATE TABLE mail (
    id UUID NOT NULL,
    to_address TEXT NOT NULL,
    kind VARCHAR(60) NOT NULL,
    context JSONB NOT NULL,
    state VARCHAR(60) NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    retry_until TIMESTAMP WITH TIME ZONE NOT NULL,
    last_attempt_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    error TEXT DEFAULT '' NOT NULL,
    request_id UUID,
    message_id TEXT NOT NULL,
    CONSTRAINT pk_mail PRIMARY KEY (id),
    CONSTRAINT fk_mail_request_id FOREIGN KEY(request_id) REFERENCES access_request (id)
);
CREATE INDEX ix_mail_request_id ON mail (request_id);
CREATE INDEX ix_mail_state ON mail (state, created_at);
CREATE INDEX ix_mail_to_address ON mail (to_address);
"""

WORK = """
CREATE TABLE effect (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind VARCHAR(60) NOT NULL,
    key TEXT NOT NULL,
    payload JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    last_error TEXT DEFAULT '' NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    parked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_effect PRIMARY KEY (id)
);
CREATE INDEX ix_effect_done_at ON effect (done_at);
CREATE INDEX ix_effect_next ON effect (id) WHERE done_at IS NULL AND parked_at IS NULL;
CREATE INDEX ix_effect_parked ON effect (id) WHERE done_at IS NULL AND parked_at IS NOT NULL;
CREATE INDEX ix_effect_waiting ON effect (key, id) WHERE done_at IS NULL AND parked_at IS NULL;
CREATE TABLE attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    action TEXT NOT NULL,
    client TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_attempt PRIMARY KEY (id)
);
CREATE INDEX ix_attempt_at ON attempt (at);
CREATE INDEX ix_attempt_client ON attempt (action, client, at);
"""

MIRROR = """
CREATE TABLE mirrored_organisation (
    code TEXT NOT NULL,
    group_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type VARCHAR(60) NOT NULL,
    path TEXT[] NOT NULL,
    parent_code TEXT,
    postcode TEXT DEFAULT '' NOT NULL,
    status VARCHAR(60) NOT NULL,
    approval_level VARCHAR(60) NOT NULL,
    words TEXT[] NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    search TSVECTOR GENERATED ALWAYS AS (array_to_tsvector(words)) STORED NOT NULL,
    CONSTRAINT pk_mirrored_organisation PRIMARY KEY (code)
);
CREATE INDEX ix_mirrored_organisation_group_id ON mirrored_organisation (group_id);
CREATE INDEX ix_mirrored_organisation_parent_code ON mirrored_organisation (parent_code);
CREATE INDEX ix_mirrored_organisation_path ON mirrored_organisation USING gin (path);
CREATE INDEX ix_mirrored_organisation_search ON mirrored_organisation USING gin (search);
CREATE TABLE mirrored_person (
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    locked BOOLEAN DEFAULT false NOT NULL,
    wants_email BOOLEAN DEFAULT true NOT NULL,
    words TEXT[] NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    search TSVECTOR GENERATED ALWAYS AS (array_to_tsvector(words)) STORED NOT NULL,
    CONSTRAINT pk_mirrored_person PRIMARY KEY (id)
);
CREATE INDEX ix_mirrored_person_email ON mirrored_person (email);
CREATE INDEX ix_mirrored_person_name ON mirrored_person (last_name, first_name, id);
CREATE INDEX ix_mirrored_person_search ON mirrored_person USING gin (search);
CREATE TABLE mirrored_holding (
    person_id TEXT NOT NULL,
    organisation_code TEXT NOT NULL,
    role VARCHAR(60) NOT NULL,
    CONSTRAINT pk_mirrored_holding PRIMARY KEY (person_id, organisation_code, role)
);
CREATE INDEX ix_mirrored_holding_organisation ON mirrored_holding (organisation_code, role, person_id);
CREATE TABLE mirror_position (
    id INTEGER NOT NULL,
    read_to TIMESTAMP WITH TIME ZONE NOT NULL,
    seen TEXT[] DEFAULT '{}' NOT NULL,
    reconciled_at TIMESTAMP WITH TIME ZONE,
    reconcile_asked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mirror_position PRIMARY KEY (id)
);
"""

SESSIONS = """
CREATE TABLE portal_session (
    token_hash TEXT NOT NULL,
    person_id TEXT,
    keycloak_sid TEXT,
    data JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_portal_session PRIMARY KEY (token_hash)
);
CREATE INDEX ix_portal_session_expires_at ON portal_session (expires_at);
CREATE INDEX ix_portal_session_keycloak_sid ON portal_session (keycloak_sid);
CREATE INDEX ix_portal_session_person_id ON portal_session (person_id);
CREATE TABLE seen_logout_token (
    jti TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_seen_logout_token PRIMARY KEY (jti)
);
"""

AUDIT = """
CREATE TABLE audit_entry (
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind VARCHAR(60) NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    actor_organisation TEXT NOT NULL,
    subject TEXT NOT NULL,
    organisation_code TEXT NOT NULL,
    request_id UUID,
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    reason TEXT NOT NULL,
    origin TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (seq)
);
CREATE INDEX ix_audit_entry_actor_id ON audit_entry (actor_id, at);
CREATE INDEX ix_audit_entry_at ON audit_entry (at);
CREATE INDEX ix_audit_entry_organisation_code ON audit_entry (organisation_code, at);
CREATE INDEX ix_audit_entry_request_id ON audit_entry (request_id);
CREATE INDEX ix_audit_entry_subject ON audit_entry (subject, at);
"""

# Nothing changes an entry, and only audit_retire deletes any: it leaves the last one's hash behind, from
# which the chain goes on.
GUARD = """
CREATE TABLE audit_anchor (seq BIGINT NOT NULL, hash TEXT NOT NULL);

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('cqrs.audit_retiring', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit entries are never changed or deleted';
END $$;

CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_is_kept BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

CREATE FUNCTION audit_retire(older_than timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last audit_entry%ROWTYPE;
    gone bigint;
BEGIN
    SELECT * INTO last FROM audit_entry
        WHERE seq < (SELECT coalesce(min(seq) FILTER (WHERE at >= older_than), max(seq)) FROM audit_entry)
        ORDER BY seq DESC LIMIT 1;
    IF last.seq IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM set_config('cqrs.audit_retiring', 'yes', true);
    DELETE FROM audit_entry WHERE seq <= last.seq;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('cqrs.audit_retiring', 'no', true);
    DELETE FROM audit_anchor;
    INSERT INTO audit_anchor VALUES (last.seq, last.hash);
    RETURN gone;
END $$;
"""
TABLES = (
    "audit_anchor audit_entry seen_logout_token portal_session mirror_position mirrored_holding"
    " mirrored_person mirrored_organisation attempt effect mail notice access_request"
)


def upgrade() -> None:
    for script in (REQUESTS, WORK, MIRROR, SESSIONS, AUDIT, GUARD):
        op.execute(script)


def downgrade() -> None:
    for table in TABLES.split():
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION audit_retire(timestamptz)")
    op.execute("DROP FUNCTION audit_refuse()")
