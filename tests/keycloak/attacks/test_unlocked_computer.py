"""Somebody sits down where a person is signed in: neither account nor powers can be taken from there."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from directory.vocabulary import Role
from portal.acts.invite import Invited, send
from portal.mirroring.reconcile import reconcile
from portal.model.invitations import Invitation
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.pages.begun import begun_by
from tests.support.realm.authenticator import Authenticator
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
FACTORS = ["CONFIGURE_TOTP", "webauthn-register-passwordless"]
ACTIONS = [*FACTORS, "UPDATE_EMAIL", "UPDATE_PROFILE", "UPDATE_PASSWORD"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_change_asks_for_the_password(console: Console, pages: KeycloakPages, action: str) -> None:
    """AUT-8: a fresh sign-in before a factor is added, or the e-mail address or name changed."""
    email = f"{action.lower()}@computer.example"
    console.enrol(email)
    pages.start().sign_in(email, PASSWORD)
    time.sleep(1.1)
    assert pages.start(kc_action=action).heading == "Enter your current password"


def test_a_factor_is_not_removed_without_it(console: Console, pages: KeycloakPages) -> None:
    """AUT-8: password and the factor itself, and then a question."""
    app = Authenticator()
    email = "removes@computer.example"
    person = console.enrol(email, credentials=[{"type": "password", "value": PASSWORD}, app.credential])
    held = console.server.get(f"/users/{person['id']}/credentials")
    factor = next(one["id"] for one in held if one["type"] == "otp")
    pages.start().sign_in(email, PASSWORD).send(otp=app.code())
    time.sleep(1.1)
    pages.start(kc_action=f"delete_credential:{factor}")
    assert pages.heading == "Enter your current password"
    pages.confirm_password(PASSWORD)
    assert pages.heading == "Enter your security code"
    pages.send(otp=app.code())
    assert console.server.get(f"/users/{person['id']}/credentials") == held
    pages.send(accept="Yes")
    assert "kc_action_status=success" in pages.left_for
    left = console.server.get(f"/users/{person['id']}/credentials")
    assert [one["type"] for one in left] == ["password"]


@pytest.fixture(scope="module")
def demanding(database: str, realm: TestRealm) -> World:
    """The country where a second factor is demanded of whoever decides."""
    return build_real(database, KeycloakScene(realm), realm.environment | {"CQRS_SECOND_FACTOR": "demanded"})


ACTS = {
    "/users/{una}/disable": "/users/{una}/disable",
    "/users/{una}/disable/confirmed": "/users/{una}/disable",
    "/users/{una}/enable": "/users/{una}/enable",
    "/users/{una}/revoke": "/users/{una}/revoke",
    "/users/{una}/second-factors/remove": "/users/{una}/second-factors/remove",
    "/users/{una}/roles/P001/remove/provider-user": "/users/{una}/roles/P001/remove/provider-user",
    "/providers/P001/level": "/providers/P001/level",
    "/users/invite/anything/check": "/users/invite/anything/check",
}
"""What changes somebody's access, and where one is led back to afterwards."""


@pytest.mark.parametrize("path", list(ACTS))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_signed_in_browser_is_not_enough_to_change_access(demanding: World, method: str, path: str) -> None:
    """AUT-7: a session without a fresh second factor is sent to give one, and nothing is done."""
    una, commissioner = demanding.people["una"], demanding.people["carol"]
    acting_as = demanding.holding("A01", Role.COMMISSIONER_APPROVER)
    browser = demanding.browser(commissioner, acting_as).open("/profile")
    form = {"csrf_token": browser.form("Sign out").fields["csrf_token"], "shown": "", "why": "left"}
    before = demanding.services.reader.standing(una.id)
    answer = browser.client.open(path.format(una=una.id), method=method, data=form)
    if method == "GET" and path.endswith("confirmed"):
        assert answer.status_code == 404
        return
    led_to_keycloak(answer)
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["prompt"] == ["login"]
    assert comes_back_to(demanding, answer, commissioner.id) == ACTS[path].format(una=una.id)
    assert demanding.services.reader.standing(una.id) == before


def test_nor_to_say_where_people_go(demanding: World) -> None:
    """AUT-7, ORG-6: it gives roles; who would get which may be looked at."""
    una, commissioner = demanding.people["una"], demanding.people["carol"]
    acting_as = demanding.holding("A01", Role.COMMISSIONER_APPROVER)
    browser = demanding.browser(commissioner, acting_as).open("/profile")
    token = browser.form("Sign out").fields["csrf_token"]
    data = {"csrf_token": token, "chosen": f"{Role.PROVIDER_USER} {una.id}"}
    answer = browser.client.post("/providers/P004/people?to=P002", data=data)
    assert "/protocol/openid-connect/auth" in answer.headers["Location"]
    assert comes_back_to(demanding, answer, commissioner.id) == "/providers/P004/people?to=P002"


@pytest.mark.parametrize("how", ["made", "changed", "deleted"])
def test_nor_to_change_a_cluster(demanding: World, how: str) -> None:
    """AUT-7, CLU-4: it says what others see; what was entered is there afterwards."""
    role = Role.ORGANISATION_ADMINISTRATOR
    person = demanding.person(f"{how}@clusters.example", ("B01", role))
    made = demanding.services.writer.create_cluster("B01", how, how.title(), "", {"P003"})
    reconcile(demanding.services)
    browser = demanding.browser(person, demanding.holding("B01", role))
    here = f"/administration/clusters/B01/{made.short_name}"
    if how == "made":
        browser.open("/administration/clusters/B01/new").send("Continue", name="Another")
        boxes = browser.form("Continue").fields | {"chosen": "P003", "go": "continue"}
        here = browser.client.post(browser.path, data=boxes).headers["Location"]
        answer = browser.client.get(here)
    elif how == "changed":
        form = browser.open(here).form("Submit")
        answer = browser.client.post(here, data=form.fields | {"name": "Renamed", "go": "submit"})
    else:
        here = f"{here}/delete"
        answer = browser.client.get(here)
    assert "/protocol/openid-connect/auth" in answer.headers["Location"]
    assert comes_back_to(demanding, answer, person.id) == here
    if how == "changed":
        assert browser.open(here).form("Submit").fields["name"] == "Renamed"
    names = {one.name for one in demanding.services.reader.clusters("B01")}
    assert made.name in names
    assert not names & {"Renamed", "Another"}


def led_to_keycloak(answer: TestResponse) -> None:
    assert answer.status_code == 303
    assert "/protocol/openid-connect/auth" in answer.headers["Location"]


def test_nor_to_send_an_invitation_again(demanding: World) -> None:
    """AUT-7: who sends it again answers for what it gives, so it takes what sending it took."""
    world, pam = demanding, demanding.actor("pam", Role.PROVIDER_APPROVER, "P002")
    sent = send(
        world.services, pam, Invited("ida@computer.example", "Ida", "Ill", "P002", Role.PROVIDER_USER), HERE
    )
    assert sent
    browser = world.browser(world.people["pam"], pam.holding).open("/users/invite/pending")
    form = browser.form("Send again")
    answer = browser.client.post(form.action, data=form.fields)
    led_to_keycloak(answer)
    assert comes_back_to(world, answer, pam.person_id) == "/users/invite/pending"
    with world.sessions() as session:
        assert session.get_one(Invitation, sent.id).round == 1


def comes_back_to(world: World, answer: TestResponse, person_id: str) -> str:
    """What the person's browser is told to keep with what it began."""
    return begun_by(world.app, answer, person_id).come_back_to
