"""SCP-2: what is changed is answered: in the portal, and in Keycloak's console. How soon is for the bench."""

from collections.abc import Iterator

import pytest
import requests

from directory.vocabulary import Holding, OrganisationType, Role
from portal.acts.origin import Origin
from portal.acts.remove_role import preview, remove
from portal.application import create_app
from portal.rules.actor import ActingAs
from portal.services import build
from portal.settings import Settings
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.pages.serving import free_port, served
from tests.support.pages.site import Site
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers
from tests.support.waiting import wait_until
from tests.support.worker_process import worker_process

pytestmark = pytest.mark.keycloak
SECRET = "of-the-reports"
SCOPE = "cqrs.evaluate cqrs.place.everywhere cqrs.role.provider-user cqrs.role.commissioner-user"
LONGEST_WAIT = 60


class Asking(Site):
    """The portal, its worker and its Keycloak, and an application that asks."""

    def may(self, person_id: str, role: Role, code: str) -> bool:
        """By the API, asked by the application itself."""
        asked = {
            "subject": {"type": "user", "id": person_id},
            "action": {"name": role.value},
            "resource": {"type": "organisation", "id": code},
        }
        headers = {"Authorization": f"Bearer {self._token()}"}
        answer = requests.post(f"{self.portal}/access/v1/evaluation", json=asked, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["decision"])

    def _token(self) -> str:
        where = f"{self.realm.servers.keycloak_url}/realms/{self.realm.name}/protocol/openid-connect/token"
        form = {"grant_type": "client_credentials", "client_id": "reports", "client_secret": SECRET}
        answer = requests.post(where, data=form | {"scope": SCOPE}, timeout=30)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Asking]:
    port = free_port()
    with fresh_realm(servers, f"http://localhost:{port}") as realm:
        environment, scene = realm.environment | {"CQRS_DATABASE_URL": database}, KeycloakScene(realm)
        scene.place("QFR", kind=OrganisationType.ICB)
        scene.place("F10001", parent="QFR")
        scopes = {"defaultClientScopes": ["basic"], "optionalClientScopes": SCOPE.split()}
        client = {"clientId": "reports", "secret": SECRET, "serviceAccountsEnabled": True, **scopes}
        scene.ask("POST", "clients", client)
        services = build(Settings.from_environment(environment))
        with worker_process(environment), served(create_app(services), port) as portal:
            yield Asking(portal, realm, scene, services)


def test_a_change_in_the_portal(site: Asking) -> None:
    person = site.scene.enrol("una@fresh.example", holdings=(("F10001", Role.PROVIDER_USER),))
    carol = site.scene.enrol("carol@fresh.example", holdings=(("QFR", Role.COMMISSIONER_APPROVER),))
    acting = ActingAs(carol.id, Holding(Role.COMMISSIONER_APPROVER, ("QFR",)))
    wait_until(lambda: site.may(person.id, Role.PROVIDER_USER, "F10001"), LONGEST_WAIT, "what was there")
    asked = (person.id, "F10001", Role.PROVIDER_USER)
    remove(site.services, acting, *asked, preview(site.services, acting, *asked).warning, Origin())
    wait_until(lambda: not site.may(person.id, Role.PROVIDER_USER, "F10001"), LONGEST_WAIT, "the removal")


def test_changes_in_the_console(site: Asking) -> None:
    """A role given and taken, an account disabled and enabled, an organisation closed."""
    user = Role.COMMISSIONER_USER
    person = site.scene.enrol("ivy@fresh.example", holdings=(("QFR", user),))

    def answered(so: bool, what: str) -> None:
        wait_until(lambda: site.may(person.id, user, "F10001") is so, LONGEST_WAIT, what)

    answered(True, "the role")
    site.scene.disable(person.id)
    answered(False, "the account disabled")
    site.scene.enable(person.id)
    answered(True, "the account enabled")
    site.scene.change("F10001", status="closed")
    answered(False, "the organisation closed")
    site.scene.change("F10001", status="open")
    answered(True, "the organisation open again")
    site.scene.take_every_role(person.id)
    answered(False, "the role taken")
