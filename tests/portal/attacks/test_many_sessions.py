"""A stranger opens pages without end and keeps no cookie, so that the portal keeps sessions for nobody."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal.model.sessions import PortalSession
from tests.portal.pages.test_route_guard import OPENS, PUBLIC
from tests.support.builders.world import World, build_places

LIMIT = 3
COUNTED = (
    "/signin",
    "/register",
    "/register/new-link",
    "/forgotten-password",
    "/invitation/<uuid:invitation_id>/<token>",
)


@pytest.fixture(scope="module")
def world(database: str) -> World:
    return build_places(database, CQRS_SIGNIN_LIMIT=str(LIMIT), CQRS_TRUSTED_PROXIES="1")


def kept(world: World) -> int:
    with world.sessions() as session:
        return session.scalar(select(func.count()).select_from(PortalSession)) or 0


def opened(world: World, page: str, network: str) -> int:
    """By a browser that was never here; the status."""
    path = re.sub("<[^>]+>", "x", page.replace("<uuid:invitation_id>", str(uuid4())))
    return world.app.test_client().get(path, headers={"X-Forwarded-For": network}).status_code


@pytest.mark.parametrize("page", [page for page, who in OPENS.items() if who == PUBLIC])
def test_one_network_leaves_no_more_than_its_limit(world: World, page: str) -> None:
    """Whichever public page it is."""
    before, network = kept(world), f"2001:db8:{len(page):x}:{sum(page.encode()):x}::1"
    statuses = [opened(world, page, network) for _ in range(3 * LIMIT)]
    assert kept(world) - before <= LIMIT
    assert 429 not in statuses[:LIMIT]
    assert set(statuses[LIMIT:]) == {429} or page not in COUNTED


def test_whoever_has_one_is_not_counted(world: World) -> None:
    """Nor are others of other networks held up."""
    browser, there = world.app.test_client(), {"X-Forwarded-For": "198.51.100.1"}
    assert [browser.get("/register", headers=there).status_code for _ in range(3 * LIMIT)] == [
        200
    ] * 3 * LIMIT
    assert opened(world, "/register", "198.51.100.2") == 200
