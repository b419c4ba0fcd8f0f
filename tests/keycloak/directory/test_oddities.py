"""What an administrator may have made by hand in the console, and what it must not turn into."""

import pytest

from directory.errors import DirectoryRefused, OrganisationNotFound, PersonNotFound
from directory.vocabulary import ApprovalLevel, Holding, OrganisationStatus, OrganisationType, Role
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.directory.scene import address, code

pytestmark = pytest.mark.keycloak


def test_a_role_in_the_wrong_place_gives_nothing(keycloak: KeycloakScene) -> None:
    """ROL-1: a provider's role at the root would stand over all England."""
    practice, person = keycloak.place(code()), keycloak.enrol(address())
    right = keycloak.group("provider-user", practice.id)
    wrong = [
        keycloak.group(Role.PROVIDER_APPROVER.value, keycloak.root),
        keycloak.group(Role.SERVICE_DESK.value, practice.id),
        keycloak.group(Role.PROVIDER_FINANCE.value, right),
        keycloak.group("X99", right),
    ]
    for group in (right, *wrong):
        keycloak.ask("PUT", f"users/{person.id}/groups/{group}")
    held = frozenset({Holding(Role.PROVIDER_USER, practice.path)})
    assert keycloak.reader.standing(person.id).holdings == held
    assert [h for who, h in keycloak.reader.all_holdings() if who == person.id] == list(held)
    assert person.id not in {s.person.id for s in keycloak.reader.service_desk()}
    for group in (right, *wrong):
        with pytest.raises(OrganisationNotFound):
            keycloak.reader.organisation_by_id(group)
    with pytest.raises(OrganisationNotFound):
        keycloak.reader.organisation("X99")
    keycloak.ask("DELETE", f"groups/{wrong[0]}")


def test_groups_elsewhere_are_nobodys(keycloak: KeycloakScene) -> None:
    clusters = keycloak.ask("GET", "group-by-path/clusters").json()["id"]
    person, stray = keycloak.enrol(address()), code()
    elsewhere = keycloak.group("provider-user", keycloak.group(stray, clusters))
    keycloak.ask("PUT", f"users/{person.id}/groups/{elsewhere}")
    assert keycloak.reader.standing(person.id).holdings == frozenset()
    assert stray not in {o.code for o in keycloak.reader.organisations()}
    with pytest.raises(OrganisationNotFound):
        keycloak.reader.organisation(stray)


def test_an_organisation_without_facts_or_with_wrong_ones(keycloak: KeycloakScene) -> None:
    """ORG-1: all are accepted and findable."""
    bare, odd = code(), code()
    keycloak.group(bare, keycloak.root)
    keycloak.group(odd, keycloak.root, type="Sub-ICB ", status="abolished", approval_level="three")
    found, strange = keycloak.reader.organisation(bare), keycloak.reader.organisation(odd)
    assert (found.name, found.type, found.is_open) == (bare, OrganisationType.PROVIDER, True)
    assert (strange.type, strange.status) == (OrganisationType.SUB_ICB, OrganisationStatus.CLOSED)
    assert strange.approval_level is ApprovalLevel.SINGLE


def test_a_group_with_a_slash_in_its_name_is_no_organisation(keycloak: KeycloakScene) -> None:
    """ORG-1: names may hold "/", codes don't: its path would read as that of another organisation."""
    above = keycloak.place(code())
    group = keycloak.group(f"{above.code}/X", keycloak.root)
    with pytest.raises(OrganisationNotFound):
        keycloak.reader.organisation_by_id(group)
    with pytest.raises(OrganisationNotFound):
        keycloak.reader.organisation(f"{above.code}/X")
    assert "X" not in {o.code for o in keycloak.reader.organisations()}


def test_one_code_at_two_places_is_refused_not_guessed(keycloak: KeycloakScene) -> None:
    """SCP-2: acting on the wrong one of two would let the wrong commissioner decide."""
    twice, above = code(), keycloak.place(code())
    first = keycloak.group(twice, keycloak.root)
    keycloak.group(twice, above.id)
    with pytest.raises(DirectoryRefused, match="2 places"):
        keycloak.reader.organisation(twice)
    assert keycloak.reader.organisation(twice, first).path == (twice,)


def test_who_does_not_want_e_mail(keycloak: KeycloakScene) -> None:
    """PRO-5: the setting is an attribute of the account."""
    person = keycloak.enrol(address())
    account = keycloak.ask("GET", f"users/{person.id}").json()
    keycloak.ask("PUT", f"users/{person.id}", account | {"attributes": {"email_notifications": ["false"]}})
    assert not keycloak.reader.person(person.id).wants_email
    keycloak.ask("PUT", f"users/{person.id}", account | {"attributes": {"email_notifications": ["true"]}})
    assert keycloak.reader.person(person.id).wants_email


def test_a_service_account_is_nobody(keycloak: KeycloakScene) -> None:
    """Its user name can't be asked for access, granted a role by e-mail, or listed."""
    client = keycloak.ask("GET", "clients?clientId=cqrs-writer").json()[0]["id"]
    account = keycloak.ask("GET", f"clients/{client}/service-account-user").json()
    assert keycloak.reader.person_by_email(account["username"]) is None
    with pytest.raises(PersonNotFound):
        keycloak.reader.person(account["id"])


def test_a_role_taken_from_its_group_in_the_console_is_put_back(keycloak: KeycloakScene) -> None:
    """ORG-2: the subgroup carries the matching client role."""
    practice, person = keycloak.place(code()), keycloak.enrol(address())
    group = keycloak.group("provider-user", practice.id)
    keycloak.writer.grant(person.id, practice, Role.PROVIDER_USER)
    assert keycloak.ask("GET", f"groups/{group}").json()["clientRoles"] == {"cqrs": ["provider-user"]}
