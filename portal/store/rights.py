"""What the running service may do in its database: everything but change the record, or the schema.

Its role is another than the owner's, who migrates and retires. So whoever takes the service over can add to
the audit, and read it, and no more.
"""

from sqlalchemy import Connection, text

ADDED_TO = ("audit_entry",)
READ_ONLY = ("audit_anchor", "alembic_version")


class NoSuchRole(ValueError):
    """The database has no such role, or it owns the tables itself; the message says what to do."""


def check_role(connection: Connection, role: str) -> None:
    """Raises NoSuchRole: an owner can give any right back to itself, so the running role is another."""
    if role == connection.scalar(text("SELECT current_user")):
        raise NoSuchRole(
            f"{role} owns the tables: the running service needs a role of its own, see docs/operate.md."
        )
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise NoSuchRole(f"The database has no role {role}: make it as docs/operate.md says.")


def give_rights(connection: Connection, role: str) -> None:
    """Gives the running service's role its rights on all tables there are, and takes away any others."""
    quote = connection.dialect.identifier_preparer.quote
    name, database = quote(role), quote(str(connection.scalar(text("SELECT current_database()"))))
    for statement in (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {name}",
        f"REVOKE ALL ON DATABASE {database} FROM {name}",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {name}" for table in ADDED_TO),
        *(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {name}" for table in READ_ONLY),
    ):
        connection.execute(text(statement))
