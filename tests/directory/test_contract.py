"""The fake in memory and the real Keycloak keep to one contract."""

import pytest

from tests.directory.changes_suite import ChangesContract
from tests.directory.contract_suite import OrganisationContract, PeopleContract
from tests.directory.keycloak_scene import KeycloakScene
from tests.directory.roles_suite import RolesContract
from tests.directory.scene import Scene, fake_scene


class Contract(OrganisationContract, PeopleContract, RolesContract, ChangesContract):
    """All of it."""


class TestFakeDirectory(Contract):
    @pytest.fixture
    def scene(self) -> Scene:
        return fake_scene()


@pytest.mark.keycloak
class TestKeycloak(Contract):
    @pytest.fixture
    def scene(self, keycloak: KeycloakScene) -> Scene:
        return Scene(keycloak, keycloak.reader, keycloak.writer)
