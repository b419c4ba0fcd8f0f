"""A stranger begins sign-ins without end, so that the portal does and keeps more and more for nobody."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from sqlalchemy import func, select

from portal.application import create_app
from portal.model.sessions import PortalSession
from portal.services import Services, build
from portal.settings import Settings
from tests.support.pages.serving import served
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
LIMIT = 5


@dataclass
class Door:
    """A portal that lets browsers of one network begin 5 sign-ins a minute, told of networks by a proxy."""

    portal: str
    services: Services

    def begin(self, network: str, page: str = "/home", cookie: str = "") -> requests.Response:
        sent = {"X-Forwarded-For": network, "Cookie": cookie}
        return requests.get(
            f"{self.portal}/signin", {"next": page}, headers=sent, allow_redirects=False, timeout=30
        )

    @property
    def kept(self) -> int:
        """How many sessions there are."""
        with self.services.sessions() as db:
            return db.scalar(select(func.count()).select_from(PortalSession)) or 0


@pytest.fixture(scope="module")
def door(realm: TestRealm, database: str) -> Iterator[Door]:
    told = {"DATABASE_URL": database, "SIGNIN_LIMIT": str(LIMIT), "TRUSTED_PROXIES": "1"}
    environ = realm.environment | {f"CQRS_{name}": value for name, value in told.items()}
    services = build(Settings.from_environment(environ))
    with served(create_app(services)) as portal:
        yield Door(portal, services)


def test_one_network_begins_no_more_than_its_limit(door: Door) -> None:
    """And leaves no session at all. Others begin meanwhile; who is refused is told when to come back."""
    before = door.kept
    answers = [door.begin("203.0.113.1").status_code for _ in range(3 * LIMIT)]
    assert answers == [302] * LIMIT + [429] * 2 * LIMIT
    assert door.kept == before
    assert door.begin("203.0.113.2").status_code == 302
    assert 0 < int(door.begin("203.0.113.1").headers["Retry-After"]) <= 61


def test_a_long_address_to_come_back_to_is_not_kept(door: Door) -> None:
    """However much one browser sends, what it is given to keep stays small, and nothing is kept here."""
    before, cookies = door.kept, dict[str, str]()
    for _ in range(LIMIT):
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        answer = door.begin("203.0.113.3", "/home?q=" + "a" * 20_000, sent)
        assert answer.status_code == 302
        cookies |= answer.cookies.get_dict()
    assert len(cookies) == LIMIT
    assert sum(len(name) + len(value) for name, value in cookies.items()) < 3_000
    assert door.kept == before
