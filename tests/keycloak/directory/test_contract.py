"""The fake in memory and the real Keycloak keep to one contract."""

import pytest

from tests.keycloak.directory.changes_suite import ChangesContract
from tests.keycloak.directory.clusters_suite import ClustersContract
from tests.keycloak.directory.contract_suite import OrganisationContract, PeopleContract
from tests.keycloak.directory.invited_suite import InvitedContract
from tests.keycloak.directory.payment_types_suite import PaymentTypesContract
from tests.keycloak.directory.roles_suite import RolesContract
from tests.keycloak.directory.sync_runs_suite import SyncRunsContract
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.directory.scene import Scene, fake_scene


class Contract(
    OrganisationContract,
    PeopleContract,
    RolesContract,
    ClustersContract,
    ChangesContract,
    InvitedContract,
    SyncRunsContract,
    PaymentTypesContract,
):
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
