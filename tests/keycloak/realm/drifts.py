"""What somebody may do to the realm by hand, and how the plan names each."""

from collections.abc import Callable

from tests.support.realm.console import Console


def weaken_passwords(console: Console) -> None:
    console.change_realm(passwordPolicy="length(4)")


def open_registration(console: Console) -> None:
    console.change_realm(registrationAllowed=True)


def stop_details(console: Console) -> None:
    console.change_realm(adminEventsDetailsEnabled=False, enabledEventTypes=["LOGIN"])


def loosen_redirects(console: Console) -> None:
    addresses = console.client("cqrs-portal")["redirectUris"]
    console.change_client("cqrs-portal", redirectUris=[*addresses, "https://elsewhere.example/*"])


def allow_direct_grants(console: Console) -> None:
    console.change_client("cqrs-portal", directAccessGrantsEnabled=True)


def forget_pkce(console: Console) -> None:
    attributes = console.client("cqrs-portal")["attributes"]
    console.change_client("cqrs-portal", attributes=attributes | {"pkce.code.challenge.method": ""})


def change_secret(console: Console) -> None:
    console.change_client("cqrs-reader", secret="hand-made")


def remove_client(console: Console) -> None:
    console.server.delete(f"/clients/{console.client('cqrs-sync')['id']}")


def remove_mapper(console: Console) -> None:
    client = console.client("cqrs-portal")
    mapper = next(one for one in client["protocolMappers"] if one["name"] == "audience cqrs")
    console.server.delete(f"/clients/{client['id']}/protocol-mappers/models/{mapper['id']}")


def make_scope_optional(console: Console) -> None:
    path = f"/clients/{console.client('cqrs-portal')['id']}"
    scope = next(one for one in console.server.get("/client-scopes") if one["name"] == "roles")["id"]
    console.server.delete(f"{path}/default-client-scopes/{scope}")
    console.server.put(f"{path}/optional-client-scopes/{scope}", {})


def rename_role(console: Console) -> None:
    path = f"/clients/{console.client('cqrs')['id']}/roles/provider-user"
    console.server.put(path, console.server.get(path) | {"description": "changed by hand"})


def remove_role(console: Console) -> None:
    console.server.delete(f"/clients/{console.client('cqrs')['id']}/roles/provider-finance")


def hide_role_from_tokens(console: Console) -> None:
    portal, cqrs = console.client("cqrs-portal")["id"], console.client("cqrs")["id"]
    path = f"/clients/{portal}/scope-mappings/clients/{cqrs}"
    console.server.delete(path, [console.role("cqrs", "provider-user")])


def remove_group(console: Console) -> None:
    console.server.delete(f"/groups/{console.group('/organisations/service-desk')['id']}")


def give_everybody_a_role(console: Console) -> None:
    group, client = console.group("/organisations")["id"], console.client("cqrs")["id"]
    console.server.post(
        f"/groups/{group}/role-mappings/clients/{client}", [console.role("cqrs", "service-desk")]
    )


def strengthen_reader(console: Console) -> None:
    console.give("service-account-cqrs-reader", "realm-management", "manage-users")


def open_profile(console: Console) -> None:
    profile = console.server.get("/users/profile")
    console.server.put("/users/profile", profile | {"unmanagedAttributePolicy": "ENABLED"})


def let_people_edit_payment_types(console: Console) -> None:
    profile = console.server.get("/users/profile")
    for attribute in profile["attributes"]:
        if attribute["name"] == "payment_types":
            attribute["permissions"]["edit"] = ["admin", "user"]
    console.server.put("/users/profile", profile)


def forget_current_password(console: Console) -> None:
    path = "/authentication/required-actions/UPDATE_PASSWORD/config"
    console.server.put(path, {"config": {"max_auth_age": "300"}})


def unregister_action(console: Console) -> None:
    console.server.delete("/authentication/required-actions/CONFIGURE_TOTP")


def move_service_desk(console: Console) -> None:
    console.server.post("/localization/en", {"cqrsServiceDeskPhone": "999"})


def offer_no_second_factor(console: Console) -> None:
    flow = "/authentication/flows/cqrs browser/executions"
    step = next(one for one in console.server.get(flow) if one["displayName"] == "cqrs second factor")
    console.server.put(flow, step | {"requirement": "DISABLED"})


def let_a_level_last(console: Console) -> None:
    flow = "/authentication/flows/cqrs browser/executions"
    step = next(one for one in console.server.get(flow) if one.get("alias") == "cqrs level 3")
    path = f"/authentication/config/{step['authenticationConfig']}"
    changed = {"loa-condition-level": "3", "loa-max-age": "36000"}
    console.server.put(path, console.server.get(path) | {"config": changed})


def sign_in_by_keycloaks_own(console: Console) -> None:
    console.change_realm(browserFlow="browser")


def let_everybody_stay(console: Console) -> None:
    name = console.server.get()["defaultRole"]["name"]
    console.server.post(f"/roles/{name}/composites", [console.server.get("/roles/offline_access")])


def excuse_approvers(console: Console) -> None:
    path = f"/clients/{console.client('cqrs')['id']}/roles/provider-approver/composites"
    console.server.delete(path, [console.server.get("/roles/second-factor-demanded")])


def open_the_account_pages(console: Console) -> None:
    console.change_client("account-console", enabled=True)


def offer_offline_tokens(console: Console) -> None:
    scope = next(one for one in console.server.get("/client-scopes") if one["name"] == "offline_access")
    console.server.put(f"/default-optional-client-scopes/{scope['id']}", {})


DRIFTS: dict[Callable[[Console], None], str] = {
    weaken_passwords: "realm setting passwordPolicy: length(4) -> length(8)",
    open_registration: "realm setting registrationAllowed: True -> False",
    stop_details: "realm setting adminEventsDetailsEnabled: False -> True",
    loosen_redirects: "client cqrs-portal redirectUris: ",
    allow_direct_grants: "client cqrs-portal directAccessGrantsEnabled: True -> False",
    forget_pkce: "client cqrs-portal attributes.pkce.code.challenge.method: ",
    change_secret: "client cqrs-reader secret: a secret, not shown -> a secret, not shown",
    remove_client: "client cqrs-sync: absent -> present",
    remove_mapper: "mapper cqrs-portal audience cqrs: absent -> present",
    make_scope_optional: "client cqrs-portal optionalClientScopes: roles -> ",
    rename_role: "client role cqrs provider-user description: changed by hand -> ",
    remove_role: "client role cqrs provider-finance: absent -> present",
    hide_role_from_tokens: "role in tokens of cqrs-portal provider-user: absent -> present",
    remove_group: "group /organisations/service-desk: absent -> present",
    give_everybody_a_role: "group role /organisations cqrs service-desk: present -> absent",
    strengthen_reader: "service account role cqrs-reader realm-management manage-users: present -> absent",
    open_profile: "user profile unmanagedAttributePolicy: ENABLED -> absent",
    let_people_edit_payment_types: "user profile payment_types permissions: ",
    forget_current_password: "required action UPDATE_PASSWORD config.max_auth_age: 300 -> 0",
    move_service_desk: "text en cqrsServiceDeskPhone: 999 -> ",
    offer_no_second_factor: "step cqrs sign-in / DISABLED cqrs second factor: present -> absent",
    let_a_level_last: "step cqrs fresh factor / REQUIRED conditional-level-of-authentication ",
    sign_in_by_keycloaks_own: "realm setting browserFlow: browser -> cqrs browser",
    let_everybody_stay: "role brought by default-roles-",
    excuse_approvers: "role brought by cqrs provider-approver second-factor-demanded: absent -> present",
    open_the_account_pages: "client account-console enabled: True -> False",
    offer_offline_tokens: "default scope offline_access: present -> absent",
    unregister_action: "required action CONFIGURE_TOTP: absent -> present",
}
