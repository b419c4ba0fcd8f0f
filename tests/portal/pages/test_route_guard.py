"""Every route says who may open it, and is held to what it says."""

import pytest
from flask import Flask

from directory.vocabulary import Role
from portal.web.access import PERMITTED, Access, Permission
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build_places

UNMARKED = "/left-open"
SAMPLE = {"uuid": "9f1c5a52-9b0a-4d5b-bb54-1d2d7e3f0c11", "int": "1", "string": SINGLE}
PUBLIC = {
    "public.start",
    "public.help",
    "public.cookies",
    "public.accessibility",
    "public.health",
    "signin.start",
    "signin.callback",
    "signin.signed_out",
    "signin.sign_out",
    "signin.backchannel_logout",
    "new_link.ask",
    "new_link.sent",
    "register.start",
    "register.suggest",
    "register.thank_you",
    "register.email",
    "register.organisation",
    "register.role",
    "register.check",
}


def routes(app: Flask) -> list[tuple[str, str, Access]]:
    """Endpoint, an address of it, and its mark, of every route of ours."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint != "static":
                access = getattr(app.view_functions[rule.endpoint], "access", None)
                found.append((rule.endpoint, rule.rule, access))
    return found


def test_every_route_is_marked(world: World) -> None:
    """A forgotten mark fails here before it is refused at runtime."""
    assert [endpoint for endpoint, _, access in routes(world.app) if not isinstance(access, Access)] == []


def test_the_public_routes_are_these_and_no_others(world: World) -> None:
    """What is open to everybody is listed here by hand."""
    assert {endpoint for endpoint, _, access in routes(world.app) if not access.signed_in} == PUBLIC


def test_an_unmarked_route_is_refused(database: str) -> None:
    """At runtime, even to a signed-in person."""
    world = build_places(database)
    world.app.add_url_rule(UNMARKED, "left_open", lambda: "open")
    person = world.person("unmarked@nhs.net", ("", Role.SERVICE_DESK))
    assert world.browser(person).open(UNMARKED).status == 500
    assert world.browser().open(UNMARKED).status == 500


def addresses(app: Flask, method: str) -> list[tuple[str, str, Access]]:
    """An address for every route that takes this method, its parts filled in with samples."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or method not in (rule.methods or set()):
            continue
        values = {name: SAMPLE[_kind(rule, name)] for name in rule.arguments}
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
        found.append((rule.endpoint, address, app.view_functions[rule.endpoint].access))
    return found


def _kind(rule: object, name: str) -> str:
    converter = rule._converters[name]  # type: ignore[attr-defined]
    return {"UUIDConverter": "uuid", "IntegerConverter": "int"}.get(type(converter).__name__, "string")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_signed_in_is_sent_to_sign_in(world: World, method: str) -> None:
    """From every page that isn't public; nothing of it is shown."""
    for _, address, access in addresses(world.app, method):
        if access.signed_in:
            answer = world.app.test_client().open(address, method=method)
            assert answer.status_code == 303, address
            assert answer.headers["Location"].startswith("/signin"), address


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_only_its_pages(world: World, role: Role, method: str) -> None:
    """Each role against each page that demands a permission: refused exactly when the role lacks it."""
    code = (
        ""
        if role is Role.SERVICE_DESK
        else SUB_ICB
        if role.value.startswith(("comm", "org", "user", "adv"))
        else MULTI
    )
    person = world.person(f"{role.value}-{method.lower()}@nhs.net", (code, role))
    client = world.browser(person, world.holding(code, role)).client
    for endpoint, address, access in addresses(world.app, method):
        if access.permission is not None:
            answer = client.open(address, method=method)
            refused = "Your active role does not open this page" in answer.get_data(as_text=True)
            assert refused == (role not in PERMITTED[access.permission]), endpoint


def test_permissions_follow_the_table_of_rights() -> None:
    """Who may decide anything opens the requests; who may switch levels opens the providers."""
    assert PERMITTED[Permission.DECIDE_REQUESTS] == {
        Role.PROVIDER_APPROVER,
        Role.COMMISSIONER_APPROVER,
        Role.SERVICE_DESK,
    }
    assert PERMITTED[Permission.CHANGE_LEVELS] == {Role.COMMISSIONER_APPROVER, Role.SERVICE_DESK}
    assert PERMITTED[Permission.SERVE_EVERYBODY] == {Role.SERVICE_DESK}
