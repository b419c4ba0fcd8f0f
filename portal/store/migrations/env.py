"""How Alembic reaches the database: in one transaction, and one process at a time."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from portal.model import Base
from portal.store.rights import check_role, give_rights

MIGRATION_LOCK = 7_204_002

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.begin() as connection:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    role = context.config.attributes["running_role"]
    if role:
        check_role(connection, role)
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
    context.run_migrations()
    if role:
        give_rights(connection, role)
