"""Browser sessions kept in PostgreSQL: the cookie holds a random token, the table only its hash.

A session is written when it first holds something, so a visit to a public page leaves no row. Signing in
gives it a new token. Anything that ends a session (sign-out elsewhere, an account disabled) deletes its row.

Nobody waits for the disk where a session begins or goes on: who loses it with the power signs in again. An
end is never so.

That of somebody signed in lasts as long as Keycloak's, as Keycloak says at sign-in and whenever it is asked
again (`portal.web.renewal`): its settings are the only ones.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Delete,
    bindparam,
    delete,
    not_,
    select,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import CallbackDict

from portal.model.sessions import PortalSession
from portal.store import browser_sessions
from portal.store.browser_sessions import has_ended
from portal.store.engine import SOON_ON_DISK, one_by_one
from portal.web.reading import reading, straight
from portal.web.static_files import URL

LIFETIME = timedelta(hours=12)
WRITE_SEEN_EVERY = timedelta(minutes=1)
ASK_AGAIN = timedelta(seconds=30)
"""After Keycloak didn't answer."""
RENEWALS = 6
"""How many times Keycloak is asked at least while its session would last unused."""
FOR_APPLICATIONS = "/access/"
PERSON, KEYCLOAK_SID = "person_id", "keycloak_sid"
UNTIED = {"refresh_token": "", "renew_at": None, "address": "", "device": ""}
THIS_ONE = select(PortalSession).where(
    PortalSession.token_hash == bindparam("token_hash"),
    not_(has_ended(bindparam("now", type_=DateTime(timezone=True)))),
)
"""Put together once: every page asks it."""


@dataclass(frozen=True)
class Tie:
    """What ties a session to Keycloak's: how long that lasts unused, and the token that asks for more."""

    refresh_token: str
    lasts: timedelta


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """What the portal remembers of one browser. `token` is empty until the session has been stored."""

    def __init__(self, data: dict[str, Any] | None = None, token: str = "") -> None:
        super().__init__(data, self._changed)
        self.token = token
        self.retired: list[str] = []
        self.new = not token
        self.modified = False
        self.accessed = True
        self.unavailable = False
        self.renew_at: datetime | None = None
        self.tie: Tie | None = None
        self.whereabouts = ("", "")

    @staticmethod
    def _changed(itself: "BrowserSession") -> None:
        itself.modified = True

    def start_anew(self) -> None:
        """Gives the session a new token and forgets all it held: at sign-in and sign-out."""
        if self.token:
            self.retired.append(self.token)
        self.token = ""
        self.clear()
        self.modified = True

    def tie_to(self, tie: Tie, address: str, device: str) -> None:
        """Lasts as long as Keycloak's from now on; address and device are there for its person to read."""
        self.tie, self.whereabouts = tie, (address, device)
        self.modified = True


class DatabaseSessions(SessionInterface):
    """Opens and saves browser sessions; `clock` gives the present time with its zone."""

    def __init__(
        self, sessions: sessionmaker[Session], clock: Callable[[], datetime], *, secure: bool
    ) -> None:
        self._sessions = sessions
        self.clock = clock
        self._secure = secure
        self.cookie_name = "__Host-cqrs" if secure else "cqrs"

    def open_session(self, app: Flask, request: Request) -> BrowserSession | None:  # noqa: ARG002
        """The browser's session, or a new one; marked as unavailable when the database is.

        None for applications, to whom a cookie counts for nothing.
        """
        if request.path.startswith(FOR_APPLICATIONS):
            return None
        token = request.cookies.get(self.cookie_name, "")
        if not token or request.path.startswith(URL):
            return BrowserSession()
        try:
            return self._read(token)
        except OperationalError:
            unknown = BrowserSession()
            unknown.unavailable = True
            return unknown

    def _read(self, token: str) -> BrowserSession:
        now = self.clock()
        with reading() as db:
            row = db.scalar(THIS_ONE, {"token_hash": hashed(token), "now": now})
        if row is None:
            return BrowserSession()
        if row.last_seen_at <= now - WRITE_SEEN_EVERY:
            with one_by_one(self._sessions) as db:
                seen = update(PortalSession).where(_is(token)).values(last_seen_at=now)
                db.execute(seen.returning(SOON_ON_DISK))
        found = BrowserSession(dict(row.data), token)
        found.renew_at = row.renew_at
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002
        """Writes what changed and sets the cookie; the emptied session leaves neither row nor cookie."""
        if not isinstance(session, BrowserSession) or session.unavailable:
            return
        response.vary.add("Cookie")
        if not session.modified:
            return
        if session:
            self._write(session)
            self._set_cookie(response, session.token)
        elif session.retired:
            with one_by_one(self._sessions) as db:
                db.execute(_retiring(session))
            response.delete_cookie(self.cookie_name, path="/", secure=self._secure, httponly=True)

    def _write(self, session: BrowserSession) -> None:
        """One that was ended elsewhere meanwhile is not brought back to life."""
        now = self.clock()
        facts = {
            "data": dict(session),
            "person_id": session.get(PERSON),
            "keycloak_sid": session.get(KEYCLOAK_SID),
        }
        if session.tie:
            facts["address"], facts["device"] = session.whereabouts
            facts |= _tied(session.tie, now)
        if session.token:
            with one_by_one(self._sessions) as db:
                known = update(PortalSession).where(_is(session.token))
                db.execute(known.values(facts).returning(SOON_ON_DISK))
        else:
            session.token = secrets.token_urlsafe(32)
            begun = {"token_hash": hashed(session.token), "now": now, "expires_at": now + LIFETIME}
            retired = map(hashed, session.retired)
            browser_sessions.begin(straight(), [*retired], UNTIED | begun | facts)

    def claim_renewal(self, token: str) -> str:
        """The token to ask Keycloak with, for the first of this browser's requests that finds it is time.

        Empty for the others. Who claimed it and fails leaves it to a later one.
        """
        now = self.clock()
        due = _is(token) & (PortalSession.renew_at <= now)
        claim = update(PortalSession).where(due).values(renew_at=now + ASK_AGAIN)
        with self._sessions.begin() as db:
            return db.scalar(claim.returning(PortalSession.refresh_token)) or ""

    def refresh_token(self, token: str) -> str:
        """What this browser's session is tied to Keycloak's by; empty when it isn't, or has ended."""
        tied = select(PortalSession.refresh_token).where(_is(token))
        with self._sessions() as db:
            return db.scalar(tied) or ""

    def renew(self, token: str, tie: Tie) -> None:
        """The session lasts longer; one that was ended meanwhile stays ended."""
        with self._sessions.begin() as db:
            db.execute(update(PortalSession).where(_is(token)).values(_tied(tie, self.clock())))

    def _set_cookie(self, response: Response, token: str) -> None:
        response.set_cookie(
            self.cookie_name, token, path="/", secure=self._secure, httponly=True, samesite="Lax"
        )


def _tied(tie: Tie, now: datetime) -> dict[str, Any]:
    """What the session's row says of what ties it."""
    renew_at = now + tie.lasts / RENEWALS if tie.refresh_token else None
    return {"refresh_token": tie.refresh_token, "expires_at": now + tie.lasts, "renew_at": renew_at}


def _retiring(session: BrowserSession) -> Delete:
    return delete(PortalSession).where(
        PortalSession.token_hash.in_([hashed(token) for token in session.retired])
    )


def _is(token: str) -> ColumnElement[bool]:
    return PortalSession.token_hash == hashed(token)


def hashed(token: str) -> str:
    """What the table keeps of a cookie's token."""
    return hashlib.sha256(token.encode()).hexdigest()
