"""The last approver of an organisation loses that role: who decides from then on is said before."""

import pytest

from directory.vocabulary import ApprovalLevel, Role
from portal.model import AuditKind
from portal.rules.errors import NotAllowed, OutOfDate
from tests.portal.acts.removals import APPROVER, CAROL, COMMISSIONER, DESK, IRIS, entries, held, look, take
from tests.support.builders.world import World


def test_one_of_two_approvers_goes_without_a_warning(world: World) -> None:
    """ROL-5: while another active one remains."""
    assert look(world, IRIS, "carol", "A01", COMMISSIONER).decides is None
    assert look(world, CAROL, "pam", "P002", APPROVER).decides is None


def test_the_last_one_goes_with_a_warning_and_the_queue_moves(world: World) -> None:
    """ROL-5, APR-1: the page names who decides from then on, and so it is."""
    request_id = world.registered()
    take(world, IRIS, "chris", "A01", COMMISSIONER)
    decides = look(world, IRIS, "carol", "A01", COMMISSIONER).decides
    assert decides is not None
    assert (decides.role, decides.code, decides.name) == (COMMISSIONER, "QA1", "ICB A")
    take(world, IRIS, "carol", "A01", COMMISSIONER)
    world.work()
    request = world.request(request_id)
    assert (request.held_by_role, request.held_by_organisation) == (COMMISSIONER, "QA1")
    last = entries(world, AuditKind.ROLE_REMOVAL_ASKED)[-1]
    assert last.after["decides"] == "commissioner-approver@QA1"


def test_an_approver_who_is_disabled_does_not_count(world: World) -> None:
    """ROL-5: the last *active* one."""
    world.directory.disable(world.people["chris"].id)
    assert look(world, IRIS, "carol", "A01", COMMISSIONER).warning == "commissioner-approver@QA1"
    assert look(world, IRIS, "chris", "A01", COMMISSIONER).decides is None


def test_an_approver_who_is_locked_counts(world: World) -> None:
    """ROL-3, ROL-5: a lock closes sign-in and nothing else."""
    world.directory.lock(world.people["chris"].id)
    assert look(world, IRIS, "carol", "A01", COMMISSIONER).decides is None


def test_with_nobody_above_the_service_desk_decides(world: World) -> None:
    """ROL-5: the end of every ladder."""
    world.directory.disable(world.people["iris"].id)
    world.directory.disable(world.people["chris"].id)
    decides = look(world, DESK, "carol", "A01", COMMISSIONER).decides
    assert decides is not None
    assert (decides.role, decides.code) == (Role.SERVICE_DESK, "")


def test_a_providers_last_approver(world: World) -> None:
    """ROL-5, APR-1: at a multi-level provider the commissioner decides from then on."""
    take(world, CAROL, "pam", "P002", APPROVER)
    request_id = world.registered("new@p002.example", "P002")
    removal = look(world, CAROL, "paul", "P002", APPROVER)
    assert removal.warning == "commissioner-approver@A01"
    take(world, CAROL, "paul", "P002", APPROVER)
    world.work()
    assert world.request(request_id).held_by_organisation == "A01"


def test_the_person_who_also_approves_above_decides_there(world: World) -> None:
    """ROL-5: one role goes; what they hold at the ICB stays and counts."""
    world.directory.grant(world.people["carol"].id, world.directory.organisation("QA1"), COMMISSIONER)
    world.directory.disable(world.people["chris"].id)
    world.directory.disable(world.people["iris"].id)
    assert look(world, DESK, "carol", "A01", COMMISSIONER).warning == "commissioner-approver@QA1"


def test_a_warning_that_was_not_shown_is_not_confirmed(world: World) -> None:
    """ROL-5: somebody who has become the last since the page was made is shown again first."""
    shown = look(world, IRIS, "carol", "A01", COMMISSIONER).warning
    world.directory.disable(world.people["chris"].id)
    with pytest.raises(OutOfDate):
        take(world, IRIS, "carol", "A01", COMMISSIONER, shown=shown)
    assert (COMMISSIONER, "A01") in held(world, "carol")


def test_a_single_level_leftover_is_the_service_desks(world: World) -> None:
    """ROL-1, ROL-5: it held no queue, so nobody takes one over."""
    world.directory.change("P002", approval_level=ApprovalLevel.SINGLE.value)
    with pytest.raises(NotAllowed):
        look(world, CAROL, "pam", "P002", APPROVER)
    assert look(world, DESK, "pam", "P002", APPROVER).decides is None
