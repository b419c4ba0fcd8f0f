"""Keycloak hears which request of a browser each call is for."""

import pytest
from structlog.contextvars import bound_contextvars

from directory.concurrently import concurrently
from directory.connection import Connection
from directory.reader import KeycloakReader
from portal.logs import TRACE
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def _told(proxy: FaultProxy) -> list[str]:
    """The name that each call to the Admin API had; empty for none."""
    calls = [head.decode("latin-1") for head in proxy.heard if b"/admin/realms/" in head.split(b"\r\n")[0]]
    lines = [
        dict(line.lower().split(": ", 1) for line in call.split("\r\n") if ": " in line) for call in calls
    ]
    return [headers.get("x-request-id", "") for headers in lines]


def test_every_call_of_a_page_has_its_name(realm: TestRealm) -> None:
    """Those that are made at the same moment in other threads too; what no page asked for has none."""
    person = KeycloakScene(realm).enrol("traced@nhs.net", "Ann", "Lee", ())
    with fault_proxy(realm.servers.keycloak_url) as proxy:
        known = realm.connection("reader")
        reader = KeycloakReader(Connection(proxy.url, known.realm, known.client_id, known.client_secret))
        with bound_contextvars(**{TRACE: "page-0001"}):
            concurrently(*[lambda: reader.standing(person.id)] * 3)
        named = _told(proxy)
        assert len(named) >= 3
        assert set(named) == {"page-0001"}
        proxy.heard.clear()
        reader.standing(person.id)
        assert set(_told(proxy)) == {""}
