"""Attempts to register or to request something, counted so that they can be limited."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.model.base import Base


class Attempt(Base):
    """One attempt at `action` by `client`: a network, an e-mail's hash, a person's id, a sending's name."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_client", "action", "client", "at"), Index("ix_attempt_at", "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    action: Mapped[str]
    client: Mapped[str]
    at: Mapped[datetime]


class ApplicationUse(Base):
    """How many questions an application's processes of ours have `taken` for it in this minute."""

    __tablename__ = "application_use"

    application: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[datetime]
    taken: Mapped[int]
