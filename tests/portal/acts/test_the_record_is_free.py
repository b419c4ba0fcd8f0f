"""The audit has one lock for everybody: whoever holds it asks nothing of Keycloak, which may be slow."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

import pytest
from sqlalchemy import text

from directory.vocabulary import Role
from portal.acts import disable, enable
from portal.acts.ask import AskedRole, ask
from portal.mirroring.sweep import sweep
from portal.services import Services, WorkerServices
from portal.store.locks import Lock
from tests.portal.acts.accounts import LEFT
from tests.portal.acts.removals import APPROVER, CAROL, USER
from tests.portal.acts.user_details import ADVANCED, administrator, now, staff, submit, wanted
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import HERE, MULTI, SINGLE, World
from tests.support.proofs.left_to_the_worker import ACTS, Act, not_waiting

FREE = text("SELECT pg_try_advisory_xact_lock_shared(hashtextextended('', :lock))")


@dataclass
class Watching:
    """Keycloak's reader or writer, that notes what it is asked while somebody holds the audit's lock."""

    world: World
    asked_meanwhile: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ask = getattr(self.world.directory, name)

        @wraps(ask)
        def asked(*given: Any, **named: Any) -> Any:
            with self.world.sessions() as session:
                if not session.execute(FREE, {"lock": Lock.AUDIT.value}).scalar_one():
                    self.asked_meanwhile.append(name)
            return ask(*given, **named)

        return asked


@pytest.fixture
def watching(world: World) -> Watching:
    return Watching(world)


@pytest.fixture
def watched(world: World, watching: Watching) -> WorkerServices:
    return replace(world.services, reader=watching, writer=watching)


def disabling(world: World, away: Services) -> None:
    """By an approver, whose organisation the message names; what the person has asked for is set aside."""
    una = world.people["una"].id
    ask(world.services, una, AskedRole("P003", USER, "One day a week"), HERE)
    actor = world.actor(*CAROL)
    disable.disable(away, actor, una, LEFT, disable.preview(away, actor, una).shown, HERE)


def enabling(world: World, away: Services) -> None:
    """What was set aside is opened again."""
    disabling(world, away)
    world.work()
    actor, una = world.actor(*CAROL), world.people["una"].id
    enable.enable(away, actor, una, enable.preview(away, actor, una).shown, HERE)


def setting_user_details(world: World, away: Services) -> None:
    """By an administrator, at two organisations."""
    ada, sam = administrator(world, ADVANCED), staff(world, "sam", (SINGLE, USER))
    seen = [now(world, ada, sam, code) for code in (MULTI, SINGLE)]
    roles = ([USER, APPROVER], [Role.PROVIDER_FINANCE])
    after = [wanted(one, given) for one, given in zip(seen, roles, strict=True)]
    submit(world, ada, sam, seen, after, services=away)


@pytest.mark.parametrize(
    "act", [*ACTS, disabling, enabling, setting_user_details], ids=lambda act: act.__name__
)
def test_by_every_effect(world: World, act: Act, watched: WorkerServices, watching: Watching) -> None:
    """APR-4: and each is done."""
    act(world, not_waiting(world))
    while run_due(watched):
        pass
    assert watching.asked_meanwhile == []


def test_by_the_sweep(world: World, watched: WorkerServices, watching: Watching) -> None:
    """APR-1: however many requests it looks at behind those that it sets aside."""
    una = world.people["una"]
    world.open_request("una@approvers.example", "P003")
    world.directory.disable(una.id)
    world.mirror(una.id)
    world.open_request("other@p001.example")
    assert sweep(watched) == 1
    assert world.request_of("una@approvers.example").set_aside_at
    assert watching.asked_meanwhile == []
