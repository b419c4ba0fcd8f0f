"""A provider changes its approval level, and everything that follows."""

from dataclasses import replace
from functools import partial

import pytest

from directory.vocabulary import ApprovalLevel, Holding, OrganisationStatus, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.level import preview, switch
from portal.casework.eligible_approvers import rung_now
from portal.model import AuditKind, RequestState
from portal.rules.errors import NotAllowed, OutOfDate
from portal.rules.verdict import Refusal
from tests.portal.acts.removals import entries
from tests.support.builders.world import HERE, World
from tests.support.proofs.race import Course


def held(world: World, who: str) -> set[tuple[Role, str]]:
    standing = world.directory.standing(world.people[who].id)
    return {(holding.role, holding.organisation) for holding in standing.holdings}


def ask_for(world: World, level: ApprovalLevel, who: str = "carol", code: str = "P002") -> None:
    actor = world.actor(who, Role.COMMISSIONER_APPROVER, "A01")
    change = preview(world.services, actor, code)
    switch(world.services, actor, code, level, [person.id for person in change.approvers], HERE)


def switch_to(world: World, level: ApprovalLevel, who: str = "carol", code: str = "P002") -> None:
    ask_for(world, level, who, code)
    world.work()


def test_approvers_step_down_without_waiting_for_the_worker(world: World) -> None:
    """ORG-3: the page after the change already shows them as users."""
    ask_for(world, ApprovalLevel.SINGLE)
    for who in ("pam", "paul"):
        assert held(world, who) == {(Role.PROVIDER_USER, "P002")}


def test_to_single_level_each_approver_becomes_a_user(world: World) -> None:
    """ORG-3: multi to single."""
    actor = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    change = preview(world.services, actor, "P002")
    assert [person.name for person in change.approvers] == ["Pam Person", "Paul Person"]
    switch_to(world, ApprovalLevel.SINGLE)
    assert world.directory.organisation("P002").approval_level is ApprovalLevel.SINGLE
    for who in ("pam", "paul"):
        assert held(world, who) == {(Role.PROVIDER_USER, "P002")}
        assert world.post.to(f"{who}@approvers.example") == ["Your role at Cromarty Medical has changed"]


def test_open_requests_move_to_the_commissioner_at_once(world: World) -> None:
    """ORG-3, APR-1: those it now sits with are told, and those it left can't decide it."""
    request_id = world.registered("new@p002.example", "P002")
    before = world.request(request_id)
    assert (before.held_by_role, before.held_by_organisation) == (Role.PROVIDER_APPROVER, "P002")
    switch_to(world, ApprovalLevel.SINGLE)
    after = world.request(request_id)
    assert (after.held_by_role, after.held_by_organisation) == (Role.COMMISSIONER_APPROVER, "A01")
    assert after.held_since > before.held_since
    for who in ("carol", "chris"):
        assert "Request for New User Account: Cromarty Medical" in world.post.to(f"{who}@approvers.example")


def test_a_request_to_be_approver_lapses_with_the_role(world: World) -> None:
    """ORG-3, ROL-1: a single-level provider has no approvers, so the applicant is told."""
    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P002", Role.PROVIDER_APPROVER, "Manager"), HERE)
    switch_to(world, ApprovalLevel.SINGLE)
    assert world.request(request_id).state is RequestState.LAPSED
    assert "has ended" in world.post.to("una@approvers.example")[-1]


def test_to_multi_level_nobody_is_promoted(world: World) -> None:
    """ORG-3: single to multi leaves everybody as they are."""
    switch_to(world, ApprovalLevel.MULTI, code="P001")
    assert world.directory.organisation("P001").approval_level is ApprovalLevel.MULTI
    assert held(world, "una") == {(Role.PROVIDER_USER, "P001")}


def test_what_was_not_shown_is_not_confirmed(world: World) -> None:
    """ORG-3: the page names each approver; with another since then, it is shown again."""
    actor = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    shown = [person.id for person in preview(world.services, actor, "P002").approvers]
    world.directory.enrol("late@approvers.example", holdings=(("P002", Role.PROVIDER_APPROVER),))
    with pytest.raises(OutOfDate):
        switch(world.services, actor, "P002", ApprovalLevel.SINGLE, shown, HERE)
    assert world.directory.organisation("P002").approval_level is ApprovalLevel.MULTI


def test_asked_again_it_is_changed_once(world: World) -> None:
    """ORG-3, AUD-1: two clicks, or two who see the same page, while the first is still to be applied."""
    away = replace(world.services, wait=lambda _ids: False)
    carol, chris = (world.actor(who, Role.COMMISSIONER_APPROVER, "A01") for who in ("carol", "chris"))
    shown = [person.id for person in preview(away, carol, "P002").approvers]
    for who in (carol, carol, chris):
        assert not switch(away, who, "P002", ApprovalLevel.SINGLE, shown, HERE).applied
    with pytest.raises(OutOfDate):
        switch(away, chris, "P002", ApprovalLevel.MULTI, [], HERE)
    world.work()
    assert len(entries(world, AuditKind.LEVEL_CHANGE_ASKED)) == 1
    assert len(entries(world, AuditKind.LEVEL_CHANGED)) == 1
    assert world.post.to("pam@approvers.example") == ["Your role at Cromarty Medical has changed"]
    assert switch(away, carol, "P002", ApprovalLevel.SINGLE, shown, HERE).applied


def test_at_the_same_moment_it_is_changed_once(world: World) -> None:
    """ORG-3: each judges before the other has asked."""
    away, course = replace(world.services, wait=lambda _ids: False), Course()
    carol, chris = (world.actor(who, Role.COMMISSIONER_APPROVER, "A01") for who in ("carol", "chris"))
    for number, level in enumerate([ApprovalLevel.SINGLE, ApprovalLevel.MULTI] * 3, start=1):
        shown = [person.id for person in preview(away, carol, "P002").approvers]
        asking = [partial(switch, away, who, "P002", level, shown, HERE) for who in (carol, chris)]
        assert all(one.succeeded for one in course.run(*asking))
        world.work()
        assert len(entries(world, AuditKind.LEVEL_CHANGED)) == number
    course.close()


@pytest.mark.parametrize(
    ("who", "role", "code"),
    [
        ("pam", Role.PROVIDER_APPROVER, "P002"),
        ("bella", Role.COMMISSIONER_APPROVER, "B01"),
        ("una", Role.PROVIDER_USER, "P001"),
    ],
)
def test_others_may_not(world: World, who: str, role: Role, code: str) -> None:
    """ROL-2: a Commissioner Approver over it, or the Service Desk."""
    with pytest.raises(NotAllowed):
        switch(world.services, world.actor(who, role, code), "P002", ApprovalLevel.SINGLE, [], HERE)


def test_a_closed_commissioners_approver_may_not(world: World) -> None:
    """ORG-5, ROL-2: nor look at what it would do; the one above may."""
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.directory.change("A01", status=OrganisationStatus.CLOSED)
    with pytest.raises(NotAllowed) as refused:
        preview(world.services, carol, "P001")
    assert refused.value.verdict.refusal is Refusal.PLACE_CLOSED
    with pytest.raises(NotAllowed):
        switch(world.services, carol, "P001", ApprovalLevel.MULTI, [], HERE)
    assert world.directory.organisation("P001").approval_level is ApprovalLevel.SINGLE
    iris = world.actor("iris", Role.COMMISSIONER_APPROVER, "QA1")
    assert preview(world.services, iris, "P001").level is ApprovalLevel.MULTI


def test_the_request_of_an_approver_goes_to_the_other(world: World) -> None:
    """APR-1, ROL-3: never to oneself, whoever else there is."""
    pam = world.people["pam"]
    request_id = ask(world.services, pam.id, AskedRole("P002", Role.PROVIDER_FINANCE, "Pay"), HERE)
    rung, people = rung_now(world.services, world.request(request_id))
    assert rung.holding == Holding(Role.PROVIDER_APPROVER, world.directory.organisation("P002").path)
    assert [standing.person.id for standing in people] == [world.people["paul"].id]
