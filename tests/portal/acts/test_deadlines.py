"""Requests that nobody answers."""

from datetime import timedelta

from directory.vocabulary import OrganisationStatus, Role
from portal.acts.deadlines import meet_deadlines
from portal.acts.decide import Decision, decide
from portal.mirroring.follow import follow
from portal.mirroring.sweep import sweep
from portal.model import RequestState
from tests.support.builders.world import HERE, World


def pass_days(world: World, days: int) -> None:
    world.clock.move(timedelta(days=days))
    meet_deadlines(world.services)
    world.work()


def test_reminded_then_passed_up_then_lapsed(world: World) -> None:
    """APR-6: after 5, 10 and 60 working days, each once."""
    request_id = world.registered("new@p001.example", "P001")
    pass_days(world, 2)
    assert world.request(request_id).reminded_at is None
    pass_days(world, 6)
    pass_days(world, 0)
    carol = world.post.to("carol@approvers.example")
    assert [subject.partition(":")[0] for subject in carol] == ["Request for New User Account", "Reminder"]
    assert world.post.to("iris@approvers.example") == []
    pass_days(world, 8)
    pass_days(world, 0)
    assert world.post.to("iris@approvers.example") == ["A request needs an answer at Fair Isle Surgery"]
    assert world.post.to("carol@approvers.example") == carol
    pass_days(world, 100)
    assert world.request(request_id).state is RequestState.LAPSED
    assert world.post.to("new@p001.example") == ["Your request for access to Fair Isle Surgery has ended"]


def test_after_a_standstill_everything_due_is_caught_up(world: World) -> None:
    """APR-6: a worker that stood still for weeks takes each step once."""
    request_id = world.registered("new@p001.example", "P001")
    pass_days(world, 30)
    assert len(world.post.to("carol@approvers.example")) == 2
    assert len(world.post.to("iris@approvers.example")) == 1
    assert world.request(request_id).is_open


def test_passed_up_the_next_level_may_decide(world: World) -> None:
    """APR-6, ROL-2: a commissioner decides for a multi-level practice that did not answer."""
    request_id = world.registered("new@p002.example", "P002")
    pass_days(world, 30)
    assert world.post.to("carol@approvers.example") == ["A request needs an answer at Cromarty Medical"]
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    decided = decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
    assert decided.state is RequestState.APPROVED


def test_a_closed_commissioner_is_passed_over(world: World) -> None:
    """APR-6, ORG-5: a step up goes to the next that is still open."""
    request_id = world.registered("new@p002.example", "P002")
    world.directory.change("A01", status=OrganisationStatus.CLOSED)
    pass_days(world, 30)
    assert world.post.to("carol@approvers.example") == []
    assert world.post.to("iris@approvers.example") == ["A request needs an answer at Cromarty Medical"]
    assert world.request(request_id).is_open


def test_the_next_is_told_when_the_level_it_was_passed_up_to_closes(world: World) -> None:
    """APR-6, ORG-5: the one that may answer it from then on, once."""
    request_id = world.registered("new@p002.example", "P002")
    pass_days(world, 30)
    assert world.post.to("carol@approvers.example") == ["A request needs an answer at Cromarty Medical"]
    world.directory.change("A01", status=OrganisationStatus.CLOSED)
    for _ in range(2):
        follow(world.services)
        sweep(world.services)
        world.work()
    assert world.post.to("iris@approvers.example") == ["A request needs an answer at Cromarty Medical"]
    assert world.request(request_id).held_by_organisation == "P002"
