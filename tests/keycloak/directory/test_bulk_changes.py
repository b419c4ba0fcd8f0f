"""Changes that come by the thousand, as after an import of a whole region."""

from datetime import UTC, datetime

import pytest

from directory import events
from directory.admin_session import AdminSession
from directory.contract import ChangeKind
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.directory.scene import address, code

pytestmark = pytest.mark.keycloak


def test_more_in_one_moment_than_a_page_holds(keycloak: KeycloakScene) -> None:
    """SYN-7: an import writes all its events at one moment; none is passed over, and none told twice."""
    start, prefix = datetime.now(UTC), code()
    names = [f"{prefix}-{number}" for number in range(70)]
    imported = [{"name": name, "path": f"/{name}"} for name in names]
    answer = keycloak.ask("POST", "partialImport", {"ifResourceExists": "FAIL", "groups": imported}).json()
    wanted = {result["id"] for result in answer["results"]}
    session = AdminSession(keycloak.realm.connection("reader"), keycloak.realm.name)
    told = [change.subject for change in events.changes(session, start, page=20)]
    assert len(told) == len(set(told))
    assert wanted <= set(told)


def test_a_whole_subtree_at_once(keycloak: KeycloakScene) -> None:
    """What is below an imported group has no event of its own: only a reconcile tells."""
    start, top = datetime.now(UTC), code()
    below = {"name": "P1", "path": f"/{top}/P1"}
    tree = {"name": top, "path": f"/{top}", "subGroups": [below]}
    keycloak.ask("POST", "partialImport", {"ifResourceExists": "FAIL", "groups": [tree]})
    assert ChangeKind.EVERYTHING in {change.kind for change in keycloak.reader.changes(start)}


def test_imported_people(keycloak: KeycloakScene) -> None:
    start, email = datetime.now(UTC), address()
    user = {"username": email, "email": email, "enabled": True}
    keycloak.ask("POST", "partialImport", {"ifResourceExists": "FAIL", "users": [user]})
    person = keycloak.reader.person_by_email(email)
    assert person is not None
    assert [c.kind for c in keycloak.reader.changes(start) if c.subject == person.id] == [ChangeKind.PERSON]


def test_a_role_group_moved_by_hand(keycloak: KeycloakScene) -> None:
    """ORG-2: its members now hold the role elsewhere, and the event does not name them."""
    one, other = keycloak.place(code()), keycloak.place(code())
    group = keycloak.group("provider-user", one.id)
    start = datetime.now(UTC)
    keycloak.ask("POST", f"groups/{other.id}/children", {"id": group, "name": "provider-user"})
    assert {change.kind for change in keycloak.reader.changes(start)} == {ChangeKind.EVERYTHING}
