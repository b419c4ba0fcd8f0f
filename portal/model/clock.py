"""The date of a test environment, which can be moved."""

from sqlalchemy.orm import Mapped, mapped_column

from portal.model.base import Base


class MovedClock(Base):
    """By how many `days` the portal's clock is ahead. One row, id 1."""

    __tablename__ = "moved_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    days: Mapped[int]
