"""Who may open which page, written by hand, and held against what each route really answers.

Nothing here is read from the code's own marks: a route that isn't in the table fails, as does a wrong mark.
"""

from collections.abc import Collection, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from directory.vocabulary import Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World, build_places

UNMARKED = "/left-open"
SAMPLE = {"uuid": "9f1c5a52-9b0a-4d5b-bb54-1d2d7e3f0c11", "int": "1", "default": SINGLE}
REFUSED = "Your active role does not open this page"

ROLES = frozenset(Role)
DESK = frozenset({Role.SERVICE_DESK})
COMMISSIONING = frozenset({Role.COMMISSIONER_APPROVER, Role.SERVICE_DESK})
APPROVING = frozenset({Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER, Role.SERVICE_DESK})
ADMINISTERING = frozenset(
    {Role.ORGANISATION_ADMINISTRATOR, Role.USER_ADMINISTRATOR, Role.ADVANCED_USER_ADMINISTRATOR}
)
SEEING_PROVIDERS, SEEING_USERS = COMMISSIONING | ADMINISTERING, APPROVING | ADMINISTERING
CLUSTERS = frozenset({Role.ORGANISATION_ADMINISTRATOR, Role.SERVICE_DESK})
ASSIGNING = frozenset({Role.USER_ADMINISTRATOR, Role.ADVANCED_USER_ADMINISTRATOR, Role.SERVICE_DESK})
ROWS = (
    ROLES,
    DESK,
    COMMISSIONING,
    APPROVING,
    ADMINISTERING,
    SEEING_PROVIDERS,
    SEEING_USERS,
    CLUSTERS,
    ASSIGNING,
)
PUBLIC, SIGNED_IN, APPLICATION = "public", "signed in", "an application"
OPENS: dict[str, str | frozenset[Role]] = {
    "/": PUBLIC,
    "/accessibility": PUBLIC,
    "/cookies": PUBLIC,
    "/.well-known/security.txt": PUBLIC,
    "/health": PUBLIC,
    "/forgotten-password": PUBLIC,
    "/forgotten-password/sent": PUBLIC,
    "/help": PUBLIC,
    "/register": PUBLIC,
    "/register/<name>/check": PUBLIC,
    "/register/<name>/email": PUBLIC,
    "/register/<name>/organisation": PUBLIC,
    "/register/<name>/role": PUBLIC,
    "/register/new-link": PUBLIC,
    "/register/new-link/sent": PUBLIC,
    "/register/organisations": PUBLIC,
    "/register/thank-you": PUBLIC,
    "/signed-out": PUBLIC,
    "/signin": PUBLIC,
    "/signin/backchannel-logout": PUBLIC,
    "/signin/callback": PUBLIC,
    "/signout": PUBLIC,
    "/notifications": SIGNED_IN,
    "/notifications/<uuid:notice_id>/review": SIGNED_IN,
    "/notifications/read": SIGNED_IN,
    "/profile": SIGNED_IN,
    "/profile/activity": SIGNED_IN,
    "/profile/details": SIGNED_IN,
    "/profile/disable": SIGNED_IN,
    "/profile/disable/confirm": SIGNED_IN,
    "/profile/notification-settings": SIGNED_IN,
    "/profile/password": SIGNED_IN,
    "/profile/request-access": SIGNED_IN,
    "/profile/request-access/<code>": SIGNED_IN,
    "/profile/request-access/<code>/send": SIGNED_IN,
    "/profile/request-access/organisations": SIGNED_IN,
    "/profile/roles": SIGNED_IN,
    "/requests/<uuid:request_id>": SIGNED_IN,
    "/requests/<uuid:request_id>/confirm": SIGNED_IN,
    "/requests/<uuid:request_id>/withdraw": SIGNED_IN,
    "/role": SIGNED_IN,
    "/profile/authenticator-app": SIGNED_IN,
    "/profile/details/edit": SIGNED_IN,
    "/profile/email": SIGNED_IN,
    "/profile/passkey": SIGNED_IN,
    "/profile/second-factors/<uuid:factor_id>/remove": SIGNED_IN,
    "/profile/sign-in": SIGNED_IN,
    "/profile/sign-in/end": SIGNED_IN,
    "/profile/system-date": SIGNED_IN,
    "/home": ROLES,
    "/providers": SEEING_PROVIDERS,
    "/providers/<code>": SEEING_PROVIDERS,
    "/providers/<code>/level": COMMISSIONING,
    "/providers/links": COMMISSIONING,
    "/providers/links.csv": COMMISSIONING,
    "/requests": APPROVING,
    "/requests/<uuid:request_id>/decision": APPROVING,
    "/requests/approve": APPROVING,
    "/requests/approved": APPROVING,
    "/users": SEEING_USERS,
    "/users/<uuid:person_id>/roles/<code>/remove": APPROVING,
    "/users/<uuid:person_id>/roles/<code>/remove/<role>": APPROVING,
    "/users/<uuid:person_id>/second-factors/remove": APPROVING,
    "/users/<uuid:person_id>/sign-in": APPROVING,
    "/users/<uuid:person_id>/unlock": APPROVING,
    "/users/<uuid:person_id>": SEEING_USERS,
    "/users/<uuid:person_id>/disable": APPROVING,
    "/users/<uuid:person_id>/disable/confirmed": APPROVING,
    "/users/<uuid:person_id>/enable": APPROVING,
    "/users/<uuid:person_id>/revoke": APPROVING,
    "/users/users.csv": SEEING_USERS,
    "/administration/clusters": CLUSTERS,
    "/administration/clusters/<code>": CLUSTERS,
    "/administration/clusters/<code>/<short_name>": CLUSTERS,
    "/administration/clusters/<code>/<short_name>/delete": CLUSTERS,
    "/administration/clusters/<code>/<short_name>/leave": CLUSTERS,
    "/administration/clusters/<code>/choose/<name>": CLUSTERS,
    "/administration/clusters/<code>/new": CLUSTERS,
    "/administration/clusters/<code>/new/<name>": CLUSTERS,
    "/administration/clusters/<code>/new/<name>/check": CLUSTERS,
    "/administration/clusters/<code>/new/<name>/done": CLUSTERS,
    "/service-desk": DESK,
    "/service-desk/audit": DESK,
    "/service-desk/audit/audit.csv": DESK,
    "/service-desk/emails": DESK,
    "/service-desk/emails/<uuid:mail_id>/resend": DESK,
    "/service-desk/organisation-lists": DESK,
    "/service-desk/people-with-no-open-organisation": DESK,
    "/service-desk/waiting": DESK,
    "/service-desk/waiting/effects/<int:effect_id>": DESK,
    "/service-desk/waiting/requests/<uuid:request_id>": DESK,
    "/service-desk/waiting/requests/<uuid:request_id>/end": DESK,
    "/invitation/<uuid:invitation_id>/<token>": PUBLIC,
    "/invitation/<uuid:invitation_id>/another": PUBLIC,
    "/invitation/another-link": PUBLIC,
    "/users/invite": APPROVING,
    "/users/invite/<name>/check": APPROVING,
    "/users/invite/<name>/email": APPROVING,
    "/users/invite/<name>/organisation": APPROVING,
    "/users/invite/<name>/person": APPROVING,
    "/users/invite/<name>/role": APPROVING,
    "/users/invite/organisations": APPROVING,
    "/users/invite/pending": APPROVING,
    "/users/invite/pending/<uuid:invitation_id>/cancel": APPROVING,
    "/users/invite/pending/<uuid:invitation_id>/resend": APPROVING,
    "/providers/links/email": COMMISSIONING,
    "/providers/links/sent": COMMISSIONING,
    "/providers/<code>/people": COMMISSIONING,
    "/administration": ADMINISTERING,
    "/administration/organisation": ADMINISTERING,
    "/users/<uuid:person_id>/details": ASSIGNING,
    "/users/<uuid:person_id>/details/check": ASSIGNING,
    "/users/<uuid:person_id>/details/organisation": ASSIGNING,
    "/users/<uuid:person_id>/why": SEEING_USERS,
    "/organisations/<code>/who": SEEING_USERS,
    "/organisations/<code>/who/who.csv": SEEING_USERS,
    "/access/v1/evaluation": APPLICATION,
    "/access/v1/evaluations": APPLICATION,
    "/access/v1/search/action": APPLICATION,
    "/access/v1/search/resource": APPLICATION,
    "/access/v1/search/subject": APPLICATION,
    "/access/v1/openapi.json": PUBLIC,
    "/access/v1/ready": PUBLIC,
    "/.well-known/authzen-configuration": PUBLIC,
    "/.well-known/oauth-protected-resource": PUBLIC,
    "/access/v1/changes": APPLICATION,
    "/access/v1/why": APPLICATION,
}
"""Who opens each address: anybody, anybody who is signed in, whoever acts in one of these roles, or an
application with a token of its own."""


def rules(app: Flask) -> list[Rule]:
    """The routes of ours."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def addresses(app: Flask, method: str, *, but: Collection[object] = ()) -> Iterator[tuple[str, str]]:
    """Each route that takes this method, and an address of it; those whom these may open left out."""
    for rule in rules(app):
        if method in (rule.methods or ()) and OPENS[rule.rule] not in but:
            values = {name: _sample(rule, name) for name in rule.arguments}
            with app.test_request_context():
                yield rule.rule, app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def _sample(rule: Rule, name: str) -> str:
    kinds = [part for part in ("uuid", "int") if f"<{part}:{name}>" in rule.rule]
    return SAMPLE[kinds[0] if kinds else "default"]


def place_of(role: Role) -> str:
    """Where in the world somebody can hold the role."""
    if role is Role.SERVICE_DESK:
        return ""
    return MULTI if role.value.startswith("provider") else SUB_ICB


def test_every_route_has_its_row(world: World) -> None:
    """A new route needs a row here, and a row whose route has gone goes."""
    assert {rule.rule for rule in rules(world.app)} == set(OPENS)


def test_an_unmarked_route_is_refused(database: str) -> None:
    """At runtime, even to a signed-in person."""
    world = build_places(database)
    world.app.add_url_rule(UNMARKED, "left_open", lambda: "open")
    person = world.person("unmarked@nhs.net", ("", Role.SERVICE_DESK))
    assert world.browser(person).open(UNMARKED).status == 500
    assert world.browser().open(UNMARKED).status == 500


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_signed_in_is_sent_to_sign_in(world: World, method: str) -> None:
    """From every page that isn't public; nothing of it is shown."""
    for rule, address in addresses(world.app, method, but={PUBLIC, APPLICATION}):
        answer = world.app.test_client().open(address, method=method)
        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/signin"), rule


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_anybody_opens_what_is_public(world: World, method: str) -> None:
    """Without being sent to sign in first."""
    for rule, address in addresses(world.app, method, but={SIGNED_IN, APPLICATION, *ROWS}):
        answer = world.app.test_client().open(address, method=method)
        assert answer.status_code != 500, rule
        assert not answer.headers.get("Location", "").startswith("/signin?next"), rule


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_only_its_pages(world: World, role: Role, method: str) -> None:
    """Each role against each page that isn't public: refused exactly when the table says so."""
    code = place_of(role)
    person = world.person(f"{role.value}-{method.lower()}@nhs.net", (code, role))
    client = world.browser(person, world.holding(code, role)).client
    for rule, address in addresses(world.app, method, but={PUBLIC, APPLICATION}):
        refused = REFUSED in client.open(address, method=method).get_data(as_text=True)
        opens = OPENS[rule]
        assert refused == (opens != SIGNED_IN and role not in opens), rule


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_somebody_without_a_role_is_led_to_their_profile(world: World, method: str) -> None:
    """From every page that needs one; pages of one's own need none."""
    person = world.person(f"no-role-{method.lower()}@nhs.net")
    client = world.browser(person).client
    for rule, address in addresses(world.app, method, but={PUBLIC, SIGNED_IN, APPLICATION}):
        answer = client.open(address, method=method)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/profile"), rule


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_applications_need_a_token_whoever_is_signed_in(world: World, method: str) -> None:
    """A person's cookie opens nothing there, not even the Service Desk's."""
    desk = world.person(f"desk-{method.lower()}@nhs.net", ("", Role.SERVICE_DESK))
    client = world.browser(desk, world.holding("", Role.SERVICE_DESK)).client
    for rule, address in addresses(world.app, method, but={PUBLIC, SIGNED_IN, *ROWS}):
        answer = client.open(address, method=method, json={})
        assert answer.status_code == 401, rule
        assert answer.headers["WWW-Authenticate"].startswith("Bearer "), rule
