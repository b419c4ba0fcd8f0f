"""SCP-1: what tokens say of somebody follows what they hold, whoever changes either."""

import json
from typing import Any

from sqlalchemy import select

from directory.vocabulary import OrganisationStatus, Role
from portal.mirroring.follow import follow
from portal.mirroring.scope_feed import bring_in_step
from portal.model import Effect, EffectKind
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import World


def said(world: World, who: str) -> Any:
    """What tokens say of the person once nothing more is due."""
    follow(world.services)
    while bring_in_step(world.services) or run_due(world.services):
        pass
    text = world.directory.person(world.people[who].id).access
    return json.loads(text)["roles"] if text else None


def test_everybody_gets_theirs(world: World) -> None:
    assert said(world, "una") == {"provider-user": ["P001"]}
    assert said(world, "iris") == {"commissioner-approver": ["QA1"]}
    assert said(world, "desk") == {"service-desk": ["*"]}


def test_a_role_more_and_a_role_less(world: World) -> None:
    una, p3 = world.people["una"].id, world.directory.organisation("P003")
    world.directory.grant(una, p3, Role.PROVIDER_FINANCE)
    assert said(world, "una") == {"provider-user": ["P001"], "provider-finance": ["P003"]}
    world.directory.remove(una, p3, Role.PROVIDER_FINANCE)
    assert said(world, "una") == {"provider-user": ["P001"]}


def test_nobody_else_writes_it(world: World) -> None:
    """An administrator's slip in the console, or worse, is put right."""
    assert said(world, "una") == {"provider-user": ["P001"]}
    world.directory.set_access(world.people["una"].id, '{"roles":{"service-desk":["*"]}}')
    assert said(world, "una") == {"provider-user": ["P001"]}


def test_a_closed_organisation_is_said_no_more(world: World) -> None:
    """ORG-5: nobody's account was touched."""
    world.directory.change("P001", status=OrganisationStatus.CLOSED)
    assert said(world, "una") is None
    world.directory.change("P001", status=OrganisationStatus.OPEN)
    assert said(world, "una") == {"provider-user": ["P001"]}


def test_what_is_right_is_not_written_again(world: World) -> None:
    said(world, "una")
    with world.sessions() as session:
        before = session.scalars(select(Effect.id).where(Effect.kind == EffectKind.WRITE_ACCESS)).all()
    world.mirror(world.people["una"].id)
    world.directory.change_address(world.people["una"].id, "ute@approvers.example")
    said(world, "una")
    with world.sessions() as session:
        assert (
            session.scalars(select(Effect.id).where(Effect.kind == EffectKind.WRITE_ACCESS)).all() == before
        )
