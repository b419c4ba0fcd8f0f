"""What the service deletes in time, and what it keeps, as docs/security.md says."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.acts.housekeeping import KEEP_EFFECTS, keep_house
from portal.model import AuditEntry, Effect, Mail
from portal.model.base import Base
from portal.model.invitations import Invitation
from portal.model.notices import Notice
from portal.model.requests import AccessRequest
from tests.portal.acts.invited import invite
from tests.support.builders.world import World

KEPT: tuple[type[Base], ...] = (AccessRequest, AuditEntry, Invitation, Mail, Notice)


def count(world: World, *tables: type[Base]) -> list[int]:
    with world.sessions() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_what_is_done_goes_and_what_people_said_stays(world: World) -> None:
    """AUD-2, APR-4: effects go a month after they were done; one that is parked stays until it is seen to."""
    world.registered()
    invite(world)
    before = count(world, *KEPT)
    assert all(before)
    with world.sessions.begin() as session:
        stuck = session.scalars(select(Effect).limit(1)).one()
        stuck.done_at, stuck.parked_at = None, world.clock()
    world.clock.move(KEEP_EFFECTS - timedelta(hours=1))
    whole = count(world, Effect)
    keep_house(world.services)
    assert count(world, Effect) == whole
    world.clock.move(timedelta(days=400))
    keep_house(world.services)
    assert count(world, Effect) == [1]
    assert count(world, *KEPT) == before
