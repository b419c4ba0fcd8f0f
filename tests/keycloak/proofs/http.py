"""The real portal, seen through its pages by people who are signed in."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from directory.vocabulary import Holding
from portal.model.sessions import PortalSession
from portal.services import Services
from portal.web.sessions import hashed
from tests.support.builders.served_app import application
from tests.support.pages.browser import Browser

COOKIE = "cqrs"


@dataclass(frozen=True)
class Portal:
    """The application on these services."""

    app: Flask
    services: Services

    def browser(self, person_id: str, acting_as: Holding | None = None) -> Browser:
        """A browser whose session is this person's, acting in that role."""
        browser = Browser(self.app.test_client())
        browser.client.set_cookie(COOKIE, self._session(person_id, acting_as), domain="localhost")
        return browser

    def _session(self, person_id: str, acting_as: Holding | None) -> str:
        token, now = secrets.token_urlsafe(32), self.services.clock()
        data: dict[str, object] = {"person_id": person_id, "keycloak_sid": token[:6]}
        if acting_as:
            data["active_role"] = {"role": acting_as.role.value, "organisation": acting_as.organisation}
        row = PortalSession(
            token_hash=hashed(token),
            person_id=person_id,
            keycloak_sid=token[:6],
            data=data,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=1),
        )
        with self.services.sessions.begin() as session:
            session.add(row)
        return token


def portal(services: Services) -> Portal:
    return Portal(application(services), services)
