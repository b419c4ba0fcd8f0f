"""How Alembic reaches the database: in one transaction, and one process at a time."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from portal.model import Base

MIGRATION_LOCK = 7_204_002

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.begin() as connection:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
    context.run_migrations()
