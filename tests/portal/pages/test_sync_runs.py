"""The Service Desk's page of the runs that bring in the national lists."""

from dataclasses import replace
from datetime import timedelta

import pytest

from directory.sync_runs import RunState, SyncRun
from tests.portal.pages.test_service_desk import desk
from tests.support.builders.world import World


def run(world: World, **facts: object) -> SyncRun:
    at = world.clock()
    return replace(SyncRun("host", 1, ("epraccur.zip",), at, at), **facts)


def test_what_each_run_did(world: World) -> None:
    """SYN-3, SYN-4: the last runs, what each changed, failures, and what waits for a yes."""
    empty = desk(world).open("/service-desk/organisation-lists")
    assert "No list was brought in yet." in empty.said
    note = world.directory.note_run
    note(run(world, state=RunState.DONE, counts={"move": 31}, done=31, changes=("move P81001 THE SURGERY",)))
    note(
        run(world, state=RunState.FAILED, counts={"create": 9}, done=4, problem="Keycloak does not <answer>")
    )
    note(run(world, state=RunState.WAITING, counts={"close": 1200}, problem="1,200 of 12,440 would close"))
    said = desk(world).open("/service-desk/organisation-lists").said
    assert "31 move" in said
    assert "move P81001 THE SURGERY" in said
    assert "and 30 more: the audit has each." in said
    assert "Keycloak does not <answer>" in said
    assert "4 of 9 done" in said
    assert "somebody must look at its plan and say yes" in said
    assert said.index("1,200 close") < said.index("31 move")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_run_that_has_fallen_silent_was_stopped(world: World, minutes: int) -> None:
    """Or whose time somebody set ahead: the sync goes past both."""
    world.directory.note_run(run(world, told_at=world.clock() + timedelta(minutes=minutes)))
    assert "Stopped" in desk(world).open("/service-desk/organisation-lists").said
    world.directory.note_run(run(world))
    assert "Running" in desk(world).open("/service-desk/organisation-lists").said
