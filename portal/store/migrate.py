"""Brings a database to the newest schema, or to any other."""

from pathlib import Path

from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"


def upgrade(url: str, running_role: str, audit_key: str, revision: str = "head") -> None:
    """Applies what is missing, one process at a time, and gives the running service's role its rights.

    `url` is the owner's. Raises NoSuchRole, before anything is done.
    """
    command.upgrade(_config(url, audit_key, running_role), revision)


def downgrade(url: str, audit_key: str, revision: str) -> None:
    """Goes back to an earlier schema."""
    command.downgrade(_config(url, audit_key), revision)


def _config(url: str, audit_key: str, running_role: str = "") -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes.update(url=url, audit_key=audit_key, running_role=running_role)
    return config
