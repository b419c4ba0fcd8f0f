"""Many people at once, with their roles."""

import pytest
import requests

from directory.errors import OrganisationNotFound
from directory.people_import import Imported, NewPerson, import_people
from directory.vocabulary import Holding, Role
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.directory.scene import address, code

pytestmark = pytest.mark.keycloak


def test_people_with_all_their_roles(keycloak: KeycloakScene) -> None:
    """ORG-2: roles at several organisations, one with hundreds of them, the Service Desk's, and none."""
    top = keycloak.place(code())
    places = [keycloak.place(code(), parent=top.code).path for _ in range(40)]
    many = tuple(Holding(role, path) for path in places for role in _PROVIDER_ROLES)
    people = [
        NewPerson(address(), "Ann", "Ångström-日本", PASSWORD, (Holding(Role.SERVICE_DESK, ()),)),
        NewPerson(address(), "Bo", "Everywhere", None, many),
        NewPerson(address().upper(), "Cy", "Nowhere"),
    ]
    people += [NewPerson(address(), "Di", "Crowd", None, (many[n],)) for n in range(60)]
    seen: list[int] = []
    assert import_people(keycloak.realm.admin, keycloak.realm.name, people, seen.append) == Imported(63, 0)
    assert seen[-1] == 63
    for new in people[:10]:
        person = keycloak.reader.person_by_email(new.email)
        assert person is not None
        assert (person.first_name, person.last_name, person.enabled) == (new.first_name, new.last_name, True)
        assert keycloak.reader.standing(person.id).holdings == frozenset(new.holdings)
        assert keycloak.reader.has_credential(person.id) is (new.password is not None)


def test_the_client_role_comes_with_the_group(keycloak: KeycloakScene) -> None:
    """SCP-1: other applications read the client roles in the token; a half-made group is put right."""
    practice, half = keycloak.place(code()), keycloak.place(code())
    keycloak.group("provider-user", half.id)
    people = [
        NewPerson(address(), "Ann", "X", None, (Holding(Role.PROVIDER_USER, o.path),))
        for o in (practice, half)
    ]
    import_people(keycloak.realm.admin, keycloak.realm.name, people)
    for organisation in (practice, half):
        children = keycloak.ask("GET", f"groups/{organisation.id}/children?briefRepresentation=false").json()
        assert [child["clientRoles"] for child in children] == [{"cqrs": ["provider-user"]}]


def test_again_leaves_everybody_as_they_are(keycloak: KeycloakScene) -> None:
    practice, known = keycloak.place(code()), address()
    holding = Holding(Role.PROVIDER_USER, practice.path)
    people = [NewPerson(known, "Ann", "First", None, (holding,))]
    import_people(keycloak.realm.admin, keycloak.realm.name, people)
    more = [NewPerson(known, "Ann", "Changed"), NewPerson(address(), "Bo", "New")]
    assert import_people(keycloak.realm.admin, keycloak.realm.name, more) == Imported(1, 1)
    person = keycloak.reader.person_by_email(known)
    assert person is not None
    assert person.last_name == "First"
    assert keycloak.reader.standing(person.id).holdings == frozenset({holding})


def test_an_unknown_organisation_stops_it_before_anything(keycloak: KeycloakScene) -> None:
    practice, email = keycloak.place(code()), address()
    people = [
        NewPerson(email, "Ann", "X", None, (Holding(Role.PROVIDER_USER, practice.path),)),
        NewPerson(address(), "Bo", "X", None, (Holding(Role.PROVIDER_USER, ("NOSUCH",)),)),
    ]
    with pytest.raises(OrganisationNotFound, match="NOSUCH"):
        import_people(keycloak.realm.admin, keycloak.realm.name, people)
    assert keycloak.reader.person_by_email(email) is None
    assert keycloak.reader.holders(practice, Role.PROVIDER_USER) == []


def test_nobody_to_import(keycloak: KeycloakScene) -> None:
    assert import_people(keycloak.realm.admin, keycloak.realm.name, []) == Imported(0, 0)


def test_an_imported_person_signs_in(keycloak: KeycloakScene) -> None:
    """AUT-1: with the password given, and no address left to confirm."""
    email = address()
    import_people(keycloak.realm.admin, keycloak.realm.name, [NewPerson(email, "Ann", "X", PASSWORD)])
    keycloak.ask("POST", "clients", {"clientId": code(), "publicClient": True} | _TRYING)
    answer = requests.post(
        f"{keycloak.realm.servers.keycloak_url}/realms/{keycloak.realm.name}/protocol/openid-connect/token",
        data={"grant_type": "password", "client_id": "signs-in", "username": email, "password": PASSWORD},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


_PROVIDER_ROLES = (Role.PROVIDER_APPROVER, Role.PROVIDER_USER, Role.PROVIDER_FINANCE)
_TRYING = {"clientId": "signs-in", "directAccessGrantsEnabled": True}
