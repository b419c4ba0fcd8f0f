"""Planning and applying the realm on a running Keycloak."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from directory.admin_session import AdminSession
from directory.realm import REALM_FILES, Plan, apply, plan
from tests.keycloak.realm.drifts import DRIFTS, change_secret, let_people_edit_payment_types
from tests.support.realm.console import Console
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def planned(realm: TestRealm) -> Plan:
    return plan(realm.admin, REALM_FILES, realm.environment)


def shown(realm: TestRealm) -> list[str]:
    return [str(difference) for difference in planned(realm).differences]


@pytest.fixture
def unmade(realm: TestRealm) -> Iterator[TestRealm]:
    """A name for a realm that is not there."""
    name = f"test-{secrets.token_hex(4)}"
    yield TestRealm(name, realm.servers, {**realm.environment, "CQRS_REALM": name})
    AdminSession(realm.admin, name).delete_if_there()


def test_a_realm_loaded_whole_is_as_applied(realm: TestRealm) -> None:
    assert shown(realm) == []


def test_makes_the_realm_where_there_is_none(unmade: TestRealm) -> None:
    assert shown(unmade) == [f"realm {unmade.name}: absent -> present"]
    apply(planned(unmade))
    assert shown(unmade) == []


def test_brings_a_bare_realm_all_the_way_and_twice_changes_nothing(unmade: TestRealm) -> None:
    session = AdminSession(unmade.admin, unmade.name)
    session.create_realm({"realm": unmade.name, "enabled": True, "adminEventsEnabled": True})
    assert len(shown(unmade)) > 50
    apply(planned(unmade))
    assert shown(unmade) == []
    before = len(session.get("admin-events", max="1000"))
    apply(planned(unmade))
    assert len(session.get("admin-events", max="1000")) == before


def test_a_plan_changes_nothing(realm: TestRealm, console: Console) -> None:
    console.change_realm(displayName="Something else")
    before = console.server.get("/admin-events", max="1000")
    assert shown(realm) == ["realm setting displayName: Something else -> CQRS"]
    assert console.server.get("/admin-events", max="1000") == before
    apply(planned(realm))


def test_shows_and_heals_changes_by_hand(realm: TestRealm, console: Console) -> None:
    for drift in DRIFTS:
        drift(console)
    told = shown(realm)
    unsaid = [line for line in DRIFTS.values() if not any(one.startswith(line) for one in told)]
    assert unsaid == [], told
    apply(planned(realm))
    assert shown(realm) == []


def test_heals_a_changed_mapper(realm: TestRealm, console: Console) -> None:
    client = console.client("cqrs-portal")
    mapper = next(one for one in client["protocolMappers"] if one["name"] == "audience cqrs")
    mapper["config"]["access.token.claim"] = "false"
    console.server.put(f"/clients/{client['id']}/protocol-mappers/models/{mapper['id']}", mapper)
    assert shown(realm) == ["mapper cqrs-portal audience cqrs config.access.token.claim: false -> true"]
    apply(planned(realm))
    assert shown(realm) == []


def test_leaves_what_is_somebody_elses(realm: TestRealm, console: Console) -> None:
    server = console.server
    server.post("/clients", {"clientId": "other", "redirectUris": ["https://other.example/"]})
    server.post("/groups", {"name": "other"})
    server.post("/localization/en", {"other": "a text"})
    server.post(f"/groups/{console.group('/organisations')['id']}/children", {"name": "Y58"})
    server.post(f"/clients/{console.client('cqrs')['id']}/roles", {"name": "other"})
    server.put("/users/profile", _with_attribute(server.get("/users/profile"), "shoe_size"))
    console.change_client("cqrs-portal", attributes={**console.client("cqrs-portal")["attributes"], "x": "y"})
    console.change_realm(
        displayName="Drifted", smtpServer=server.get()["smtpServer"] | {"envelopeFrom": "back@other.example"}
    )
    console.change_client("cqrs-portal", implicitFlowEnabled=True)
    let_people_edit_payment_types(console)

    apply(planned(realm))

    assert shown(realm) == []
    assert console.client("other")["redirectUris"] == ["https://other.example/"]
    assert console.group("/other")
    assert server.get("/localization/en")["other"] == "a text"
    assert console.group("/organisations/Y58")
    assert console.role("cqrs", "other")
    names = [attribute["name"] for attribute in server.get("/users/profile")["attributes"]]
    assert "shoe_size" in names
    assert console.client("cqrs-portal")["attributes"]["x"] == "y"
    assert server.get()["smtpServer"]["envelopeFrom"] == "back@other.example"


def test_a_file_of_one_setting_changes_one_setting(
    realm: TestRealm, console: Console, tmp_path: Path
) -> None:
    before = console.server.get()
    file = tmp_path / "realm.json"
    file.write_text('{"realm": "${CQRS_REALM}", "displayName": "Try-out"}')
    apply(plan(realm.admin, [file], realm.environment))
    after = console.server.get()
    assert {key for key in after if after[key] != before[key]} == {"displayName"}
    apply(planned(realm))


def test_shows_no_secret(realm: TestRealm, console: Console) -> None:
    change_secret(console)
    found = planned(realm)
    told = repr(found) + repr(found.differences) + "".join(shown(realm))
    assert "client cqrs-reader secret" in told
    for hidden in ("hand-made", realm.environment["CQRS_READER_SECRET"]):
        assert hidden not in told
    assert "guarded" not in repr(replace(realm.admin, password="guarded"))
    apply(found)


def _with_attribute(profile: dict[str, list[dict[str, object]]], name: str) -> dict[str, object]:
    own = {"name": name, "permissions": {"view": ["admin"], "edit": ["admin"]}, "multivalued": False}
    return {**profile, "attributes": [*profile["attributes"], own]}
