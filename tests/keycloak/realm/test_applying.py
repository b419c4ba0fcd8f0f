"""Planning and applying the realm on a running Keycloak."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from directory.admin_session import AdminSession
from directory.realm import REALM_FILES, Plan, apply, plan
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


def _weaken_passwords(console: Console) -> None:
    console.change_realm(passwordPolicy="length(4)")


def _open_registration(console: Console) -> None:
    console.change_realm(registrationAllowed=True)


def _stop_details(console: Console) -> None:
    console.change_realm(adminEventsDetailsEnabled=False, enabledEventTypes=["LOGIN"])


def _loosen_redirects(console: Console) -> None:
    addresses = console.client("cqrs-portal")["redirectUris"]
    console.change_client("cqrs-portal", redirectUris=[*addresses, "https://elsewhere.example/*"])


def _allow_direct_grants(console: Console) -> None:
    console.change_client("cqrs-portal", directAccessGrantsEnabled=True)


def _forget_pkce(console: Console) -> None:
    attributes = console.client("cqrs-portal")["attributes"]
    console.change_client("cqrs-portal", attributes=attributes | {"pkce.code.challenge.method": ""})


def _change_secret(console: Console) -> None:
    console.change_client("cqrs-reader", secret="hand-made")


def _remove_client(console: Console) -> None:
    console.server.delete(f"/clients/{console.client('cqrs-sync')['id']}")


def _remove_mapper(console: Console) -> None:
    client = console.client("cqrs-portal")
    mapper = next(one for one in client["protocolMappers"] if one["name"] == "audience cqrs")
    console.server.delete(f"/clients/{client['id']}/protocol-mappers/models/{mapper['id']}")


def _make_scope_optional(console: Console) -> None:
    path = f"/clients/{console.client('cqrs-portal')['id']}"
    scope = next(one for one in console.server.get("/client-scopes") if one["name"] == "roles")["id"]
    console.server.delete(f"{path}/default-client-scopes/{scope}")
    console.server.put(f"{path}/optional-client-scopes/{scope}", {})


def _rename_role(console: Console) -> None:
    path = f"/clients/{console.client('cqrs')['id']}/roles/provider-user"
    console.server.put(path, console.server.get(path) | {"description": "changed by hand"})


def _remove_role(console: Console) -> None:
    console.server.delete(f"/clients/{console.client('cqrs')['id']}/roles/provider-finance")


def _hide_role_from_tokens(console: Console) -> None:
    portal, cqrs = console.client("cqrs-portal")["id"], console.client("cqrs")["id"]
    path = f"/clients/{portal}/scope-mappings/clients/{cqrs}"
    console.server.delete(path, [console.role("cqrs", "provider-user")])


def _remove_group(console: Console) -> None:
    console.server.delete(f"/groups/{console.group('/organisations/service-desk')['id']}")


def _give_everybody_a_role(console: Console) -> None:
    group, client = console.group("/organisations")["id"], console.client("cqrs")["id"]
    console.server.post(
        f"/groups/{group}/role-mappings/clients/{client}", [console.role("cqrs", "service-desk")]
    )


def _strengthen_reader(console: Console) -> None:
    console.give("service-account-cqrs-reader", "realm-management", "manage-users")


def _open_profile(console: Console) -> None:
    profile = console.server.get("/users/profile")
    console.server.put("/users/profile", profile | {"unmanagedAttributePolicy": "ENABLED"})


def _let_people_edit_payment_types(console: Console) -> None:
    profile = console.server.get("/users/profile")
    for attribute in profile["attributes"]:
        if attribute["name"] == "payment_types":
            attribute["permissions"]["edit"] = ["admin", "user"]
    console.server.put("/users/profile", profile)


def _forget_current_password(console: Console) -> None:
    path = "/authentication/required-actions/UPDATE_PASSWORD/config"
    console.server.put(path, {"config": {"max_auth_age": "300"}})


def _unregister_action(console: Console) -> None:
    console.server.delete("/authentication/required-actions/CONFIGURE_TOTP")


def _move_service_desk(console: Console) -> None:
    console.server.post("/localization/en", {"cqrsServiceDeskPhone": "999"})


def _offer_no_second_factor(console: Console) -> None:
    flow = "/authentication/flows/cqrs browser/executions"
    step = next(one for one in console.server.get(flow) if one["displayName"] == "cqrs second factor")
    console.server.put(flow, step | {"requirement": "DISABLED"})


def _let_a_level_last(console: Console) -> None:
    flow = "/authentication/flows/cqrs browser/executions"
    step = next(one for one in console.server.get(flow) if one.get("alias") == "cqrs level 3")
    path = f"/authentication/config/{step['authenticationConfig']}"
    changed = {"loa-condition-level": "3", "loa-max-age": "36000"}
    console.server.put(path, console.server.get(path) | {"config": changed})


def _sign_in_by_keycloaks_own(console: Console) -> None:
    console.change_realm(browserFlow="browser")


def _let_everybody_stay(console: Console) -> None:
    name = console.server.get()["defaultRole"]["name"]
    console.server.post(f"/roles/{name}/composites", [console.server.get("/roles/offline_access")])


def _excuse_approvers(console: Console) -> None:
    path = f"/clients/{console.client('cqrs')['id']}/roles/provider-approver/composites"
    console.server.delete(path, [console.server.get("/roles/second-factor-demanded")])


def _open_the_account_pages(console: Console) -> None:
    console.change_client("account-console", enabled=True)


def _offer_offline_tokens(console: Console) -> None:
    scope = next(one for one in console.server.get("/client-scopes") if one["name"] == "offline_access")
    console.server.put(f"/default-optional-client-scopes/{scope['id']}", {})


DRIFTS: dict[Callable[[Console], None], str] = {
    _weaken_passwords: "realm setting passwordPolicy: length(4) -> length(8)",
    _open_registration: "realm setting registrationAllowed: True -> False",
    _stop_details: "realm setting adminEventsDetailsEnabled: False -> True",
    _loosen_redirects: "client cqrs-portal redirectUris: ",
    _allow_direct_grants: "client cqrs-portal directAccessGrantsEnabled: True -> False",
    _forget_pkce: "client cqrs-portal attributes.pkce.code.challenge.method: ",
    _change_secret: "client cqrs-reader secret: a secret, not shown -> a secret, not shown",
    _remove_client: "client cqrs-sync: absent -> present",
    _remove_mapper: "mapper cqrs-portal audience cqrs: absent -> present",
    _make_scope_optional: "client cqrs-portal optionalClientScopes: roles -> ",
    _rename_role: "client role cqrs provider-user description: changed by hand -> ",
    _remove_role: "client role cqrs provider-finance: absent -> present",
    _hide_role_from_tokens: "role in tokens of cqrs-portal provider-user: absent -> present",
    _remove_group: "group /organisations/service-desk: absent -> present",
    _give_everybody_a_role: "group role /organisations cqrs service-desk: present -> absent",
    _strengthen_reader: "service account role cqrs-reader realm-management manage-users: present -> absent",
    _open_profile: "user profile unmanagedAttributePolicy: ENABLED -> absent",
    _let_people_edit_payment_types: "user profile payment_types permissions: ",
    _forget_current_password: "required action UPDATE_PASSWORD config.max_auth_age: 300 -> 0",
    _move_service_desk: "text en cqrsServiceDeskPhone: 999 -> ",
    _offer_no_second_factor: "step cqrs sign-in / DISABLED cqrs second factor: present -> absent",
    _let_a_level_last: "step cqrs fresh factor / REQUIRED conditional-level-of-authentication ",
    _sign_in_by_keycloaks_own: "realm setting browserFlow: browser -> cqrs browser",
    _let_everybody_stay: "role brought by default-roles-",
    _excuse_approvers: "role brought by cqrs provider-approver second-factor-demanded: absent -> present",
    _open_the_account_pages: "client account-console enabled: True -> False",
    _offer_offline_tokens: "default scope offline_access: present -> absent",
    _unregister_action: "required action CONFIGURE_TOTP: absent -> present",
}


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
    _let_people_edit_payment_types(console)

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
    _change_secret(console)
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
