"""Keycloak hears what each call is for: which request of a browser, or which run of the sync."""

from dataclasses import replace

import pytest

from directory.concurrently import concurrently
from directory.reader import KeycloakReader
from directory.trace import named
from directory.tree import Tree
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fault_proxy import fault_proxy
from tests.support.heard import names_heard
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def test_every_call_of_a_page_has_its_name(realm: TestRealm) -> None:
    """Those that are made at the same moment in other threads too; what no page asked for has none."""
    person = KeycloakScene(realm).enrol("traced@nhs.net", "Ann", "Lee", ())
    with fault_proxy(realm.servers.keycloak_url) as proxy:
        reader = KeycloakReader(replace(realm.connection("reader"), url=proxy.url))
        with named("page-0001"):
            concurrently(*[lambda: reader.standing(person.id)] * 3)
        heard = names_heard(proxy, "/admin/realms/")
        assert len(heard) >= 3
        assert {name for _, name in names_heard(proxy)} == {"page-0001"}  # signing in for it too
        proxy.heard.clear()
        reader.standing(person.id)
        assert {name for _, name in names_heard(proxy)} == {""}


def test_bulk_work_has_its_name(realm: TestRealm) -> None:
    """A session that makes many calls at once, each of which may be tried again."""
    with fault_proxy(realm.servers.keycloak_url) as proxy:
        tree = Tree(replace(realm.connection("sync"), url=proxy.url))
        with named("run-0001"):
            tree.read()
        assert len(names_heard(proxy, "/admin/realms/")) >= 1
        assert {name for _, name in names_heard(proxy)} == {"run-0001"}
