"""An account whose name breaks the newer rule, which Keycloak refuses to change while the name stands."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from directory.vocabulary import Person, Role
from portal.acts.preferences import set_wants_email
from portal.model import AuditEntry, AuditKind
from tests.portal.acts.accounts import (
    CHRIS,
    disable_oneself,
    enabled,
    have_disabled,
    have_enabled,
    have_revoked,
)
from tests.portal.acts.user_details import COMMISSIONER_USER, QOF, administrator, change
from tests.support.builders.world import HERE, SUB_ICB, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.realm.console import Console
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
BEFORE, AFTER = "Ann: review at evil.example Example", "Ann review at evil example Example"


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> World:
    return build_real(database, KeycloakScene(realm))


@contextmanager
def before_the_rule(console: Console) -> Iterator[None]:
    """Keycloak takes any name meanwhile."""
    loose, strict = (console.server.get("/users/profile") for _ in range(2))
    for attribute in loose["attributes"]:
        attribute["validations"].pop("pattern", None)
    console.server.put("/users/profile", loose)
    yield
    console.server.put("/users/profile", strict)


@pytest.fixture
def ann(country: World, console: Console, request: pytest.FixtureRequest) -> Person:
    """A clerk of P001, let in before there was a rule."""
    address = f"{request.node.originalname.replace('_', '.')}@before.example"
    held = (("P001", Role.PROVIDER_USER),)
    with before_the_rule(console):
        country.people["ann"] = country.directory.enrol(
            address, "Ann: review at evil.example", "Example", held
        )
    return country.people["ann"]


def names_on_record(world: World, person: Person) -> list[tuple[str, str, str]]:
    """Who changed the name, from what to what."""
    query = select(AuditEntry).where(
        AuditEntry.kind == AuditKind.NAMES_CHANGED, AuditEntry.subject == person.id
    )
    with world.sessions() as session:
        return [(e.actor_name, e.before["name"], e.after["name"]) for e in session.scalars(query)]


def test_it_is_disabled_and_enabled(country: World, ann: Person) -> None:
    """USR-3, USR-4: the name is corrected with it, once, on record as done by who did it."""
    assert have_disabled(country, CHRIS, "ann").sessions_ended
    assert not enabled(country, "ann")
    assert country.services.reader.person(ann.id).name == AFTER
    assert names_on_record(country, ann) == [("Chris Person", BEFORE, AFTER)]
    assert have_enabled(country, CHRIS, "ann").applied
    assert enabled(country, "ann")
    assert len(names_on_record(country, ann)) == 1


def test_it_is_enabled(country: World, console: Console, ann: Person) -> None:
    """USR-4: also when it was disabled before the rule came."""
    with before_the_rule(console):
        country.directory.disable(ann.id)
    assert have_enabled(country, CHRIS, "ann").applied
    assert enabled(country, "ann")
    assert names_on_record(country, ann) == [("Chris Person", BEFORE, AFTER)]


def test_it_is_revoked(country: World, ann: Person) -> None:
    """USR-6: roles are no part of the profile, so the name stays."""
    assert have_revoked(country, CHRIS, "ann").applied
    assert country.services.reader.standing(ann.id).holdings == frozenset()
    assert names_on_record(country, ann) == []


def test_its_person_disables_it(country: World, ann: Person) -> None:
    """PRO-6: who was signed in when the rule came."""
    assert disable_oneself(country, ("ann", Role.PROVIDER_USER, "P001")).applied
    assert not enabled(country, "ann")
    assert names_on_record(country, ann) == [(BEFORE, BEFORE, AFTER)]


def test_its_user_details_are_changed(country: World, ann: Person) -> None:
    """USR-7: roles and payment types together, and not the roles alone."""
    admin = administrator(country)
    assert change(country, admin, ann.id, SUB_ICB, [COMMISSIONER_USER], payment_types=[QOF]).applied
    assert country.services.reader.payment_types(ann.id)[SUB_ICB] == {QOF}
    held = {one.role for one in country.services.reader.standing(ann.id).holdings}
    assert held == {Role.PROVIDER_USER, COMMISSIONER_USER}
    assert names_on_record(country, ann) == [("Ada Admin", BEFORE, AFTER)]


def test_its_person_wants_no_e_mails(country: World, ann: Person) -> None:
    """NOT-2."""
    assert set_wants_email(country.services, ann.id, False, HERE)
    assert not country.services.reader.person(ann.id).wants_email
    assert names_on_record(country, ann) == [(BEFORE, BEFORE, AFTER)]
