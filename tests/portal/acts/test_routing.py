"""Open requests follow those who can decide, and are never with nobody."""

from datetime import timedelta

from directory.vocabulary import OrganisationStatus, Role
from portal.mirroring.follow import follow
from portal.mirroring.sweep import sweep
from portal.store.queries import notices
from tests.support.builders.world import World


def holder(world: World, request_id: object) -> tuple[Role | None, str | None]:
    request = world.request(request_id)
    return request.held_by_role, request.held_by_organisation


def followed(world: World) -> None:
    follow(world.services)
    world.work()


def test_a_queue_that_loses_its_last_approver_goes_up(world: World) -> None:
    """APR-1, NOT-1: disabled, deleted: up to the next commissioner and at last the Service Desk.

    Those whose work it no longer is have nothing unread of it.
    """
    request_id = world.registered("new@p002.example", "P002")
    assert holder(world, request_id) == (Role.PROVIDER_APPROVER, "P002")
    world.directory.disable(world.people["pam"].id)
    followed(world)
    assert holder(world, request_id) == (Role.PROVIDER_APPROVER, "P002")
    world.directory.disable(world.people["paul"].id)
    followed(world)
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "A01")
    world.directory.disable(world.people["carol"].id)
    world.directory.delete_person(world.people["chris"].id)
    followed(world)
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "QA1")
    iris = world.people["iris"].id
    world.directory.remove(iris, world.directory.organisation("QA1"), Role.COMMISSIONER_APPROVER)
    followed(world)
    assert holder(world, request_id) == (Role.SERVICE_DESK, "")
    told = ["pam", "carol", "iris", "desk"]
    with world.services.sessions() as session:
        counts = [notices.unread_count(session, world.people[who].id) for who in told]
    assert counts == [0, 0, 0, 1]


def test_it_comes_back_when_an_approver_does(world: World) -> None:
    """APR-1: who may decide is worked out anew."""
    request_id = world.registered("new@p001.example", "P001")
    for who in ("carol", "chris"):
        world.directory.disable(world.people[who].id)
    followed(world)
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "QA1")
    world.directory.enrol("cleo@approvers.example", "Cleo", "Person", (("A01", Role.COMMISSIONER_APPROVER),))
    sweep(world.services)
    world.work()
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "A01")
    assert world.post.to("cleo@approvers.example") == ["Request for New User Account: Fair Isle Surgery"]


def test_a_moved_practice_takes_its_requests_along(world: World) -> None:
    """APR-1: a change of parent moves open requests at once."""
    request_id = world.registered("new@p001.example", "P001")
    world.directory.move("P001", "B01")
    followed(world)
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "B01")
    assert world.post.to("bella@approvers.example") == ["Request for New User Account: Fair Isle Surgery"]


def test_a_closed_practice_leaves_its_requests_to_the_service_desk(world: World) -> None:
    """ORG-5, APR-1: closed, it is in nobody's scope but the Service Desk's."""
    request_id = world.registered("new@p001.example", "P001")
    world.directory.change("P001", status=OrganisationStatus.CLOSED)
    followed(world)
    assert holder(world, request_id) == (Role.SERVICE_DESK, "")


def test_a_closed_commissioner_leaves_its_requests_to_the_one_above(world: World) -> None:
    """ORG-5, APR-1: its people decide nothing below it any more; reopened, it has them back."""
    request_id = world.registered("new@p001.example", "P001")
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "A01")
    for closing, then in (("A01", (Role.COMMISSIONER_APPROVER, "QA1")), ("QA1", (Role.SERVICE_DESK, ""))):
        world.directory.change(closing, status=OrganisationStatus.CLOSED)
        followed(world)
        assert holder(world, request_id) == then
    assert len(world.post.to("iris@approvers.example")) == 1
    world.directory.change("A01", status=OrganisationStatus.OPEN)
    followed(world)
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "A01")


def test_a_dormant_commissioner_keeps_its_requests(world: World) -> None:
    """ORG-5: only a closure takes it out of every scope."""
    request_id = world.registered("new@p001.example", "P001")
    world.directory.change("A01", status=OrganisationStatus.DORMANT)
    followed(world)
    assert holder(world, request_id) == (Role.COMMISSIONER_APPROVER, "A01")


def test_nobody_is_told_twice_of_the_same(world: World) -> None:
    """APR-2: a request that stays where it is makes no more noise."""
    world.registered("new@p001.example", "P001")
    for _ in range(3):
        sweep(world.services)
        world.work()
        world.clock.move(timedelta(hours=1))
    assert world.post.to("carol@approvers.example") == ["Request for New User Account: Fair Isle Surgery"]
