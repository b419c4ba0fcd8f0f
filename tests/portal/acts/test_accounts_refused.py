"""Disabling, enabling and revoking an account: who may not, and that each happens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from directory.errors import PersonNotFound
from directory.vocabulary import Role
from portal.rules.errors import AlreadySo, NotAllowed
from portal.rules.verdict import Refusal
from portal.store.queries.mail import stuck_effects
from tests.portal.acts.accounts import (
    ASKED,
    CHRIS,
    DO,
    MAY_NOT,
    also,
    enabled,
    have_disabled,
    portal_sessions,
)
from tests.portal.acts.removals import CAROL, DESK, USER, entries, held
from tests.support.builders.world import World
from tests.support.fakes.faults import Fault

UNA = "una@approvers.example"


# Who may not


@pytest.mark.parametrize("act", DO)
@pytest.mark.parametrize(("who", "whose", "why"), MAY_NOT)
def test_others_may_not(world: World, act: str, who: tuple[str, Role, str], whose: str, why: Refusal) -> None:
    """ROL-2, ROL-3: not from elsewhere, not a role above one's own, not oneself."""
    before = enabled(world, whose), held(world, whose)
    with pytest.raises(NotAllowed) as refused:
        DO[act](world, who, whose)
    assert refused.value.verdict.refusal is why
    world.work()
    assert (enabled(world, whose), held(world, whose)) == before
    assert entries(world, ASKED[act]) == []


@pytest.mark.parametrize("act", DO)
def test_not_an_account_with_a_role_above_ones_own(world: World, act: str) -> None:
    """ROL-3: somebody who works elsewhere too is the Service Desk's."""
    also(world, "una", "P003", USER)
    if act == "enable":
        world.directory.disable(world.people["una"].id)
    with pytest.raises(NotAllowed) as refused:
        DO[act](world, CAROL, "una")
    assert refused.value.verdict.refusal is Refusal.ROLE_ABOVE_YOURS
    assert DO[act](world, DESK, "una").applied


@pytest.mark.parametrize("act", DO)
def test_a_disabled_approver_does_nothing(world: World, act: str) -> None:
    """ROL-3: from that moment, whatever page is open; a lock takes no powers."""
    if act == "enable":
        world.directory.disable(world.people["una"].id)
    world.directory.disable(world.people["carol"].id)
    world.directory.lock(world.people["chris"].id)
    with pytest.raises(NotAllowed) as refused:
        DO[act](world, CAROL, "una")
    assert refused.value.verdict.refusal is Refusal.DISABLED
    assert DO[act](world, CHRIS, "una").applied


# Once


@pytest.mark.parametrize("act", DO)
def test_the_second_is_told_that_it_is_so(world: World, act: str) -> None:
    """USR-3, USR-4, USR-6: a double click, or two approvers: once, and one message."""
    if act == "enable":
        world.directory.disable(world.people["una"].id)
    DO[act](world, CAROL, "una")
    for who in (CAROL, DESK):
        with pytest.raises((AlreadySo, NotAllowed)):
            DO[act](world, who, "una")
    world.work()
    assert len(entries(world, ASKED[act])) == 1
    assert len(world.post.to(UNA)) == 1
    world.directory.delete_person(world.people["una"].id)
    with pytest.raises(PersonNotFound):
        DO[act](world, DESK, "una")


@pytest.mark.parametrize("act", DO)
def test_two_at_the_same_moment(world: World, act: str) -> None:
    """USR-3, USR-4, USR-6: one of them does it."""
    if act == "enable":
        world.directory.disable(world.people["una"].id)
    together = Barrier(2)

    def at_once(who: tuple[str, Role, str]) -> str:
        together.wait()
        try:
            return type(DO[act](world, who, "una")).__name__
        except (AlreadySo, NotAllowed) as nothing:
            return type(nothing).__name__

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(at_once, (CAROL, CHRIS)))
    assert outcomes[0] == "AccountChange"
    assert outcomes[1] in {"AlreadySo", "NotAllowed"}
    world.work()
    assert len(world.post.to(UNA)) == 1
    assert len(entries(world, ASKED[act])) == 1


@pytest.mark.parametrize("fault", [Fault.unavailable(), Fault.reply_lost()], ids=["not done", "not heard"])
@pytest.mark.parametrize("act", DO)
def test_what_keycloak_lost_in_between_is_done_later_and_once(world: World, act: str, fault: Fault) -> None:
    """APR-4: nothing done, or done and not heard of: again, told once, and not asked for twice."""
    if act == "enable":
        world.directory.disable(world.people["una"].id)
    begin(world, DO[act], fault)
    with pytest.raises(AlreadySo):
        DO[act](world, DESK, "una")
    world.clock.move(timedelta(minutes=5))
    world.work()
    assert enabled(world, "una") is (act != "disable")
    assert len(world.post.to(UNA)) == 1
    assert stuck(world) == 0


def begin(world: World, do: Callable[..., object], fault: Fault) -> None:
    """Asked for, with the first call to Keycloak after it going wrong."""
    away = replace(world, services=replace(world.services, wait=lambda _ids: False))
    do(away, CAROL, "una")
    world.directory.go_wrong(fault)
    world.work()


def stuck(world: World) -> int:
    with world.sessions() as session:
        return len(stuck_effects(session))


def test_sessions_that_could_not_be_ended_are_said_and_ended_later(world: World) -> None:
    """USR-3: the account is disabled all the same, and the portal's own sessions have ended with it."""
    world.browser(world.people["una"])
    world.directory.refuse_to_end_sessions(True)
    done = have_disabled(world, CAROL, "una")
    assert (done.applied, done.sessions_ended) == (True, False)
    assert portal_sessions(world, "una") == 0
    world.directory.refuse_to_end_sessions(False)
    world.clock.move(timedelta(minutes=5))
    world.work()
    assert world.directory.signed_out == [world.people["una"].id]
