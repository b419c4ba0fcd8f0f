"""The base of the mapped classes: how Python's types become PostgreSQL's."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Enum, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase

constraint_names = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every mapped class; times carry their zone, text has no length of its own."""

    metadata = MetaData(naming_convention=constraint_names)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        str: Text,
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
    }


def one_of(kind: type[StrEnum]) -> Enum:
    """A column of this enum's values, kept as text so that a new value needs no change of type."""
    return Enum(kind, native_enum=False, create_constraint=False, length=60, values_callable=_values)


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]
