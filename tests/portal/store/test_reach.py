"""What the lists show is what the table of rights gives: the SQL of both questions against the rules."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Role,
)
from portal.mirroring.reconcile import reconcile
from portal.model.mirror import MirroredOrganisation
from portal.model.requests import AccessRequest, RequestKind
from portal.rules.conditions import Place
from portal.rules.decisions import decision_on
from portal.rules.rights import Action, refused_by_table
from portal.store.queries import providers, requests
from portal.store.queries.reach import stands_over
from tests.support.builders.world import World

TYPES, MULTI = OrganisationType, ApprovalLevel.MULTI
DESK = Holding(Role.SERVICE_DESK, ())


@pytest.fixture
def odd(world: World) -> World:
    """The small country with all that a list may hold, oddities of the console's making among them."""
    place = world.directory.place
    for level, status in product(ApprovalLevel, OrganisationStatus):
        code = f"{level}-{status}"
        place(code, code, TYPES.PROVIDER, "A01", approval_level=level)
        place(f"{code}-branch", code, TYPES.BRANCH, code, approval_level=level)
        world.directory.change(code, status=status)
    place("ALONE", "No parent", TYPES.PROVIDER, approval_level=MULTI)
    place("HIGH", "A branch without a practice", TYPES.BRANCH, "A01", approval_level=MULTI)
    place("QM1", "A commissioner with a level", TYPES.ICB, "Y90", approval_level=MULTI)
    place("QX1", "A closed commissioner", TYPES.ICB, "Y90")
    world.directory.change("QX1", status=OrganisationStatus.CLOSED)
    place("Y91", "A second region", TYPES.REGION, "Y90")
    reconcile(world.services)
    return world


def places(world: World) -> list[Organisation]:
    return list(world.directory.organisations())


def holdings(world: World) -> Iterator[Holding]:
    """Every role at every place, also where nobody should be given it."""
    yield DESK
    for role, place in product(Role, places(world)):
        if role is not Role.SERVICE_DESK:
            yield Holding(role, place.path)


def reached(session: Session, holding: Holding) -> set[str]:
    return set(session.scalars(select(MirroredOrganisation.code).where(stands_over(holding))))


def test_a_list_shows_the_places_whose_people_the_table_gives(odd: World) -> None:
    """USR-1, ROL-2: every role at every place, over every place of every type, level and status."""
    met = 0
    with odd.services.sessions() as session:
        for holding in holdings(odd):
            given = {
                one.code
                for one in places(odd)
                if refused_by_table(Action.SEE_PEOPLE, holding, Place(one)) is None
            }
            assert reached(session, holding) == given, holding
            met += bool(given)
    assert met > 15


def test_a_queue_holds_what_the_table_lets_decide(odd: World) -> None:
    """APR-1, ROL-2: every role at every place, on a request for every role at every place."""
    staffed = {"P002"}
    asked = dict(ask_everywhere(odd))
    met = 0
    with odd.services.sessions() as session:
        for holding in holdings(odd):
            given = {one for one, (at, role) in asked.items() if decides(holding, at, role, staffed)}
            assert in_queue(session, holding) == given, holding
            assert requests.open_count(session, holding, "nobody") == len(given)
            met += bool(given)
    assert met > 15


def decides(holding: Holding, at: Organisation, role: Role, staffed: set[str]) -> bool:
    action = decision_on(at, role)
    return action is not None and not refused_by_table(action, holding, Place(at, role, at.code in staffed))


def ask_everywhere(world: World) -> Iterator[tuple[UUID, tuple[Organisation, Role]]]:
    askable = [role for role in Role if role is not Role.SERVICE_DESK]
    with world.services.sessions.begin() as session:
        for number, (at, role) in enumerate(product(places(world), askable)):
            row = AccessRequest(
                kind=RequestKind.NEW_ACCOUNT, email=f"a{number}@x.example", first_name="A", last_name="B",
                organisation_code=at.code, organisation_name=at.name, role=role,
                asked_at=datetime.now(UTC),
            )  # fmt: skip
            session.add(row)
            session.flush()
            yield row.id, (at, role)


def in_queue(session: Session, holding: Holding) -> set[UUID]:
    pages = [requests.queue(session, holding, "nobody", number, 100) for number in range(1, 5)]
    return {request.id for page in pages for request in page.items}


def test_a_region_and_a_provider_have_no_providers_below(odd: World) -> None:
    """ORG-4: a commissioner's role given there in the console stands over nothing."""
    with odd.services.sessions() as session:
        for code in ("Y90", "P002", "single-open"):
            path = odd.directory.organisation(code).path
            assert providers.listing(session, Holding(Role.COMMISSIONER_APPROVER, path)).total == 0, code
        above = Holding(Role.COMMISSIONER_APPROVER, odd.directory.organisation("A01").path)
        assert providers.listing(session, above, closed=True).total == 3 + 8 + 8
