"""Brings a database to the newest schema, or to any other."""

from pathlib import Path

from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Applies what is missing, one process at a time; nothing when nothing is."""
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Goes back to an earlier schema."""
    command.downgrade(_config(url), revision)


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config
