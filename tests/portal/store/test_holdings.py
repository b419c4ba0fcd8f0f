"""What several people hold, read at once, and which removals are under way."""

from sqlalchemy import update

from directory.vocabulary import Holding, Person, Role
from portal.casework.audit_events import THE_PORTAL
from portal.casework.current_state import actor_now
from portal.effects import remove_role
from portal.model.mirror import MirroredHolding
from portal.rules.accounts import may_remove_role
from portal.store.queries.people import accounts
from tests.support.builders.world import World


def test_accounts_are_as_keycloak_has_them(world: World) -> None:
    """ROL-3: people with all they hold and where; the unknown left out."""
    ids = {person.id for person in world.people.values()}
    with world.services.sessions() as session:
        found = accounts(session, ids | {"nobody"})
    assert found.keys() == ids
    for person_id, account in found.items():
        standing = world.directory.standing(person_id)
        assert account.standing.holdings == standing.holdings
        assert account.standing.person.email == standing.person.email
        for holding in standing.holdings:
            known = account.organisations.get(holding.organisation)
            assert (known.path if known else ()) == holding.path


def test_a_role_at_a_place_that_the_mirror_does_not_know(world: World) -> None:
    """ROL-3: nobody but the Service Desk is offered to remove it, or anything else of that person."""
    una = world.people["una"].id
    elsewhere = (
        update(MirroredHolding).where(MirroredHolding.person_id == una).values(organisation_code="X99")
    )
    with world.services.sessions.begin() as session:
        session.execute(elsewhere)
        account = accounts(session, {una})[una]
    lost = Holding(Role.PROVIDER_USER, ("X99",))
    assert account.standing.holdings == {lost}
    for who, role, code, may in (
        ("iris", Role.COMMISSIONER_APPROVER, "QA1", False),
        ("desk", Role.SERVICE_DESK, "", True),
    ):
        actor = actor_now(world.services, world.actor(who, role, code))
        assert may_remove_role(actor, account, lost).allowed is may
        assert may_remove_role(actor, account, Holding(Role.PROVIDER_USER, ("P001",))).allowed is may


def test_under_way_is_what_waits_there(world: World) -> None:
    """ROL-4: of this organisation, not done, and not refused by Keycloak for good."""
    at = world.clock()
    with world.services.sessions.begin() as session:
        for number, code in enumerate(("P001", "P001", "P001", "P002")):
            person = Person(f"p{number}", f"p{number}@x.example", "P", str(number))
            effect = remove_role.queue(session, person, code, Role.PROVIDER_USER, THE_PORTAL, at)
            effect.done_at = at if number == 1 else None
            effect.parked_at = at if number == 2 else None
        session.flush()
        assert remove_role.under_way(session, "P001") == {("p0", "P001", Role.PROVIDER_USER)}
        assert remove_role.under_way(session, "P003") == set()
