"""The recipe of docs/integrate.md for Apache's mod_auth_openidc, run as it stands there."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from directory.admin_session import AdminSession
from directory.vocabulary import Role
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.serving import free_port
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until

MODULES = Path("/usr/lib/apache2/modules")
RECIPE = Path(__file__).parents[3] / "docs" / "integrate.md"
pytestmark = [
    pytest.mark.keycloak,
    pytest.mark.skipif(
        not (shutil.which("apache2") and (MODULES / "mod_auth_openidc.so").exists()),
        reason="needs Debian's apache2 and libapache2-mod-auth-openidc",
    ),
]
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc")
BARE = """
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
DocumentRoot {folder}/pages
User www-data
Group www-data
{modules}
"""
LONGEST_WAIT = 120


@pytest.fixture
def apache(realm: TestRealm) -> Iterator[str]:
    """Apache with the recipe, in front of two pages; its address."""
    # Pytest's own folders are root's alone, and Apache serves as another user.
    with tempfile.TemporaryDirectory(prefix="cqrs-apache-") as folder:
        yield from _serving(realm, Path(folder))


def _serving(realm: TestRealm, folder: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://localhost:{port}"
    for page in ("index.html", "finance/A81001"):
        (folder / "pages" / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pages" / page).write_text("<h1>Reports</h1>")
    for one in (folder, *folder.rglob("*")):
        one.chmod(0o755)
    client = f"reports-{port}"
    AdminSession(realm.admin, realm.name).post("clients", body=client_of(client, address))
    config = folder / "apache.conf"
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
    config.write_text(BARE.format(port=port, folder=folder, modules=modules) + recipe(realm, client, address))
    with subprocess.Popen(["apache2", "-DFOREGROUND", "-f", str(config)]) as server:
        try:
            wait_until(lambda: answers(address), LONGEST_WAIT, "Apache")
            yield address
        finally:
            server.terminate()


def recipe(realm: TestRealm, client: str, address: str) -> str:
    """The recipe of the page, with this test's addresses and secrets."""
    found = re.search(r"```apache\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    assert found
    put_in = {
        "https://<Keycloak>/realms/cqrs": f"{realm.servers.keycloak_url}/realms/{realm.name}",
        "https://<this server>": address,
        "OIDCClientID reports": f"OIDCClientID {client}",
        "<its secret>": "of-apache",
        "<a secret of this server's own>": "only-for-this-test",
    }
    text = found[1]
    for said, meant in put_in.items():
        assert said in text
        text = text.replace(said, meant)
    return text


def client_of(client: str, address: str) -> dict[str, object]:
    return {
        "clientId": client,
        "secret": "of-apache",
        "redirectUris": [f"{address}/oidc/callback"],
        "fullScopeAllowed": False,
        "defaultClientScopes": ["basic", "email"],
        "optionalClientScopes": ["cqrs.claim"],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "backchannel.logout.url": f"{address}/oidc/callback?logout=backchannel",
            "backchannel.logout.session.required": "true",
        },
    }


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=30, allow_redirects=False).status_code == 302
    except requests.RequestException:
        return False


def signed_in(realm: TestRealm, apache: str, email: str, claim: str) -> KeycloakVisitor:
    """Somebody of whom tokens say this, at Apache's first page."""
    scene = KeycloakScene(realm)
    person = scene.enrol(email)
    user = scene.ask("GET", f"users/{person.id}").json()
    scene.ask("PUT", f"users/{person.id}", user | {"emailVerified": True})
    scene.writer.set_access(person.id, claim)
    visitor = KeycloakVisitor(apache, realm.servers.keycloak_url).open("/index.html")
    assert visitor.at_keycloak
    return visitor.sign_in(email, PASSWORD)


def test_who_has_a_role_comes_in_and_who_has_none_does_not(realm: TestRealm, apache: str) -> None:
    finance = f'{{"roles":{{"{Role.PROVIDER_FINANCE}":["A81001"]}}}}'
    user = f'{{"roles":{{"{Role.PROVIDER_USER}":["A81001"]}}}}'
    visitor = signed_in(realm, apache, "finance@reports.example", finance)
    assert (visitor.status, visitor.heading) == (200, "Reports")
    assert visitor.open("/finance/A81001").status == 200
    other = signed_in(realm, apache, "user@reports.example", user)
    assert (other.status, other.open("/finance/A81001").status) == (200, 401)
    assert signed_in(realm, apache, "nobody@reports.example", "").status == 401


def test_who_is_signed_out_at_keycloak_is_out_here(realm: TestRealm, apache: str) -> None:
    visitor = signed_in(realm, apache, "out@reports.example", '{"roles":{"provider-user":"ask"}}')
    assert visitor.open("/index.html").heading == "Reports"
    scene = KeycloakScene(realm)
    scene.writer.end_sessions(scene.reader.person_by_email("out@reports.example").id)
    assert visitor.open("/index.html").at_keycloak
