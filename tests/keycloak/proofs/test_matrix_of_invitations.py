"""Who may invite whom to what, against the real pages' act, database and Keycloak: a sample of every kind.

What should be comes from the oracle of the rules' tests, which shares nothing with the portal. The whole
cross product runs in memory (tests/portal/proofs/test_who_may_invite.py).
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from directory.vocabulary import Organisation, Role
from portal.acts.invite import Invited, send
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed
from tests.keycloak.proofs.matrix_country import Actor, relation
from tests.keycloak.proofs.matrix_portal import Country, build_country
from tests.support.builders.world import HERE
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm
from tests.unit.rules import oracle

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> Country:
    return build_country(database, KeycloakScene(realm))


def should(actor: Actor, target: Organisation, role: Role) -> bool:
    return oracle.has_powers(actor.holding, actor.state) and oracle.invites(actor.holding, target, role)


def sample(country: Country) -> Iterator[tuple[Actor, Organisation, Role]]:
    """One of each kind; a kind is all that an outcome can hang on."""
    seen = set()
    for actor in country.actors:
        for target in country.places.values():
            for role in Role:
                acting = actor.holding and actor.holding.role
                kind = (
                    actor.state, acting, relation(actor.holding, target), target.type, target.status,
                    target.approval_level, role, should(actor, target, role),
                )  # fmt: skip
                if kind not in seen:
                    seen.add(kind)
                    yield actor, target, role


def test_invitations(country: Country) -> None:
    """INV-1, ROL-2, ROL-3: those who should may, and an account with no role is there; nobody else's is."""
    wrong, counts = [], {True: 0, False: 0}
    for actor, target, role in sample(country):
        may = should(actor, target, role)
        if not may and counts[False] >= 150:
            continue
        counts[may] += 1
        if invited(country, actor, target, role) != may:
            wrong.append((actor.label, target.code, role.value, may))
    assert wrong == []
    assert counts[True] > 15, counts
    assert counts[False] > 100, counts


def invited(country: Country, actor: Actor, target: Organisation, role: Role) -> bool:
    services, email = country.portal.services, f"{uuid4()}@proofs.example"
    asked = Invited(email, "Nina", "New", target.code, role)
    try:
        send(services, ActingAs(actor.person.id, actor.holding), asked, HERE)
    except NotAllowed:
        assert country.scene.reader.person_by_email(email) is None
        return False
    return True
