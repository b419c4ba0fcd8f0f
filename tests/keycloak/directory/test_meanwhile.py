"""What somebody else changes in Keycloak between our reading and our writing is still so afterwards.

Keycloak has no compare-and-set: the proxy holds our PUT back while the other one writes.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from directory.errors import DirectoryUnavailable
from directory.vocabulary import ApprovalLevel, Organisation, OrganisationStatus
from directory.writer import KeycloakWriter
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.directory.scene import address, code
from tests.support.fault_proxy import FaultProxy, Spoiling, fault_proxy
from tests.support.servers.realm import PORTAL_URL

pytestmark = pytest.mark.keycloak

Meanwhile = Callable[[str, Callable[[], object]], Spoiling]


@pytest.fixture
def proxy(keycloak: KeycloakScene) -> Iterator[FaultProxy]:
    with fault_proxy(keycloak.realm.servers.keycloak_url) as made:
        yield made


@pytest.fixture
def writer(keycloak: KeycloakScene, proxy: FaultProxy) -> KeycloakWriter:
    return KeycloakWriter(replace(keycloak.realm.connection("writer"), url=proxy.url), PORTAL_URL)


@pytest.fixture
def meanwhile(proxy: FaultProxy) -> Meanwhile:
    """Has something done before the next request of a kind reaches Keycloak."""
    return lambda request, act: proxy.spoil(Spoiling(request, meanwhile=act, goes_on=True))


@pytest.fixture
def practice(keycloak: KeycloakScene) -> Organisation:
    """One whose group has everything that a group may have."""
    made = keycloak.place(code(), "Old Name")
    keycloak.change(made.code, postcode="IV11 8XW", note="ring before eight")
    return made


def facts(keycloak: KeycloakScene, organisation: Organisation) -> dict[str, str]:
    group = keycloak.ask("GET", f"groups/{organisation.id}").json()
    return {name: values[0] for name, values in group["attributes"].items()}


def test_disabled_while_settings_are_saved(
    keycloak: KeycloakScene, writer: KeycloakWriter, meanwhile: Meanwhile
) -> None:
    """ROL-3: saving notification settings never lets a disabled person back in."""
    person = keycloak.enrol(address(), "Ann", "Lee")
    held = meanwhile("PUT /users/", lambda: keycloak.disable(person.id))
    writer.set_wants_email(person.id, False)
    assert held.happened.is_set()
    now = keycloak.reader.person(person.id)
    assert (now.enabled, now.wants_email, now.name) == (False, False, "Ann Lee")


def test_what_must_be_done_at_sign_in_stays(
    keycloak: KeycloakScene, writer: KeycloakWriter, meanwhile: Meanwhile
) -> None:
    """ROL-3: nor does it take away a password change that an administrator has just demanded."""
    person = keycloak.enrol(address())
    demanded = {"requiredActions": ["UPDATE_PASSWORD"], "emailVerified": True}
    meanwhile("PUT /users/", lambda: keycloak.ask("PUT", f"users/{person.id}", demanded))
    writer.set_wants_email(person.id, False)
    account = keycloak.ask("GET", f"users/{person.id}").json()
    assert {name: account[name] for name in demanded} == demanded


def test_other_attributes_of_an_account_stay(keycloak: KeycloakScene, writer: KeycloakWriter) -> None:
    """NOT-2."""
    person = keycloak.enrol(address(), "Ann", "Lee")
    account = keycloak.ask("GET", f"users/{person.id}").json()
    keycloak.ask("PUT", f"users/{person.id}", account | {"attributes": {"payment_types": ["a", "b"]}})
    writer.set_wants_email(person.id, False)
    now = keycloak.ask("GET", f"users/{person.id}").json()
    assert now["attributes"] == {"payment_types": ["a", "b"], "email_notifications": ["false"]}
    assert (now["firstName"], now["lastName"], now["username"]) == ("Ann", "Lee", person.email)


@pytest.mark.parametrize(
    ("fact", "value"), [("status", "closed"), ("name", "New Name"), ("postcode", "ZZ1 1ZZ"), ("note", "new")]
)
def test_a_fact_written_while_the_level_changes(
    keycloak: KeycloakScene,
    writer: KeycloakWriter,
    meanwhile: Meanwhile,
    practice: Organisation,
    fact: str,
    value: str,
) -> None:
    """ORG-3, ORG-5, SYN-2: a closure or a new name that arrives in between is kept, and the level changes."""
    before = facts(keycloak, practice)
    held = meanwhile("PUT /groups/", lambda: keycloak.change(practice.code, **{fact: value}))
    changed = writer.set_approval_level(practice, ApprovalLevel.MULTI)
    assert held.happened.is_set()
    assert facts(keycloak, practice) == before | {fact: value, "approval_level": "multi"}
    assert changed == keycloak.reader.organisation(practice.code)


def test_a_fact_taken_away_while_the_level_changes(
    keycloak: KeycloakScene, writer: KeycloakWriter, meanwhile: Meanwhile, practice: Organisation
) -> None:
    left = {"name": ["Old Name"], "type": ["provider"], "status": ["open"]}
    body = {"name": practice.code, "attributes": left}
    meanwhile("PUT /groups/", lambda: keycloak.ask("PUT", f"groups/{practice.id}", body))
    writer.set_approval_level(practice, ApprovalLevel.MULTI)
    expected = {"name": "Old Name", "type": "provider", "status": "open", "approval_level": "multi"}
    assert facts(keycloak, practice) == expected


def test_a_level_overwritten_at_once_is_set_again(
    keycloak: KeycloakScene, writer: KeycloakWriter, meanwhile: Meanwhile, practice: Organisation
) -> None:
    """ORG-3: somebody who read before us wrote after us; the level is as the portal says it is."""
    stale = keycloak.ask("GET", f"groups/{practice.id}").json()
    stale["attributes"]["status"] = ["closed"]

    def overwrite() -> None:
        keycloak.ask("PUT", f"groups/{practice.id}", stale)

    held = meanwhile("GET /admin-events", overwrite)
    held.after = 1  # the first look at the events comes before our own reading
    changed = writer.set_approval_level(practice, ApprovalLevel.MULTI)
    assert held.happened.is_set()
    now = keycloak.reader.organisation(practice.code)
    assert (now.approval_level, now.status) == (ApprovalLevel.MULTI, OrganisationStatus.CLOSED)
    assert changed == now


def test_the_description_of_a_group_stays(
    keycloak: KeycloakScene, writer: KeycloakWriter, practice: Organisation
) -> None:
    """ORG-3: what an administrator wrote on the group in the console."""
    group = keycloak.ask("GET", f"groups/{practice.id}").json()
    keycloak.ask("PUT", f"groups/{practice.id}", group | {"description": "Merging in May"})
    writer.set_approval_level(practice, ApprovalLevel.MULTI)
    assert keycloak.ask("GET", f"groups/{practice.id}").json()["description"] == "Merging in May"


def test_others_who_never_stop(
    keycloak: KeycloakScene, proxy: FaultProxy, writer: KeycloakWriter, practice: Organisation
) -> None:
    """The effect is tried again later, and doesn't claim that the level has changed."""
    stale = keycloak.ask("GET", f"groups/{practice.id}").json()

    def overwrite() -> None:
        keycloak.ask("PUT", f"groups/{practice.id}", stale)
        proxy.spoil(Spoiling("GET /groups/", meanwhile=overwrite, goes_on=True))

    proxy.spoil(Spoiling("GET /groups/", meanwhile=overwrite, goes_on=True))
    with pytest.raises(DirectoryUnavailable, match="again and again"):
        writer.set_approval_level(practice, ApprovalLevel.MULTI)
