"""Nobody could enable the last of the Service Desk again, so they stay: also when two leave at once."""

from dataclasses import replace
from functools import partial

import pytest

from directory.vocabulary import Role
from portal.acts import disable
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Refusal
from tests.portal.acts.accounts import disable_oneself
from tests.portal.acts.removals import DESK
from tests.support.builders.world import HERE, World
from tests.support.proofs.race import Course


def test_the_last_of_the_service_desk_stays(world: World) -> None:
    """PRO-6: nobody could undo it."""
    with pytest.raises(NotAllowed) as refused:
        disable_oneself(world, DESK)
    assert refused.value.verdict.refusal is Refusal.LAST_OF_SERVICE_DESK
    world.person("second@desk.example", ("", Role.SERVICE_DESK))
    assert disable_oneself(world, DESK).applied


def test_the_last_two_of_the_service_desk_do_not_leave_together(world: World) -> None:
    """PRO-6: whoever has asked counts as gone, also while Keycloak has them active."""
    world.people["dora"] = world.person("dora@desk.example", ("", Role.SERVICE_DESK), first="Dora")
    away = replace(world.services, wait=lambda _ids: False)
    dora, desk = world.actor("dora", Role.SERVICE_DESK, ""), world.actor(*DESK)
    shown = [disable.preview_own(away, one).shown for one in (dora, desk)]
    disable.disable_own(away, dora, shown[0], HERE)
    with pytest.raises(NotAllowed) as refused:
        disable.disable_own(away, desk, shown[1], HERE)
    assert refused.value.verdict.refusal is Refusal.LAST_OF_SERVICE_DESK
    world.work()
    assert [one.person.email for one in world.directory.service_desk() if one.is_active] == [
        "desk@approvers.example"
    ]


def test_of_the_last_two_who_leave_at_the_same_moment_one_stays(world: World) -> None:
    """PRO-6: whichever is the quicker, and whenever the worker comes."""
    away, course = replace(world.services, wait=lambda _ids: False), Course()
    for number in range(6):
        pair = [f"{name}{number}" for name in ("dora", "dick")]
        for name in pair:
            world.people[name] = world.person(f"{name}@desk.example", ("", Role.SERVICE_DESK))
        world.directory.disable(world.people["desk"].id)
        actors = [world.actor(name, Role.SERVICE_DESK, "") for name in pair]
        shown = [disable.preview_own(away, one).shown for one in actors]
        outcomes = course.run(
            *(partial(disable.disable_own, away, *each, HERE) for each in zip(actors, shown, strict=True))
        )
        assert sorted(type(one.fault) for one in outcomes if one.fault) == [NotAllowed]
        world.work()
        assert sum(one.is_active for one in world.directory.service_desk()) == 1
        for name in pair:
            world.directory.disable(world.people[name].id)
    course.close()
