"""Browser sessions, kept here so that one can be ended from anywhere."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.model.base import Base


class PortalSession(Base):
    """One browser's session. The cookie carries a token of which only the hash is kept.

    `keycloak_sid` is Keycloak's own session, by which a sign-out elsewhere ends this one. `expires_at` is
    when that ends unless it is used; by its `refresh_token` Keycloak is asked at `renew_at` whether it goes
    on. `address` and `device` say to its person where the browser is.
    """

    __tablename__ = "portal_session"
    __table_args__ = (
        Index("ix_portal_session_keycloak_sid", "keycloak_sid"),
        Index("ix_portal_session_person_id", "person_id"),
        Index("ix_portal_session_expires_at", "expires_at"),
    )

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None]
    keycloak_sid: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    refresh_token: Mapped[str] = mapped_column(default="", server_default="")
    renew_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="", server_default="")
    device: Mapped[str] = mapped_column(default="", server_default="")


class SeenLogoutToken(Base):
    """A logout token already acted on, kept until it would have expired, so that none is taken twice."""

    __tablename__ = "seen_logout_token"

    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
