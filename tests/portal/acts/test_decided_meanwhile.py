"""An effect answers a request that somebody decides at the same moment: the effect is done all the same."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, text

from directory.vocabulary import ApprovalLevel, Role
from portal.acts import level
from portal.acts.accept_invitation import accept
from portal.acts.ask import AskedRole, ask
from portal.casework.closing import Closing, close
from portal.model import AccessRequest, AuditKind, RequestState
from portal.model.effects import Effect
from portal.rules.actor import ActingAs
from tests.portal.acts.invited import APPROVER, CAROL, NINA, USER, found, held, invite, newest
from tests.portal.acts.removals import entries
from tests.portal.acts.user_details import FINANCE, now, submit, wanted
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World
from tests.support.waiting import wait_until

WAITS = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE :whom = ANY (pg_blocking_pids(pid)))")


@pytest.fixture
def working() -> ThreadPoolExecutor:
    with ThreadPoolExecutor(1) as worker:
        yield worker


def decided_meanwhile(world: World, worker: ThreadPoolExecutor, request_id: UUID) -> None:
    """Has the worker come to a request whose rejection is about to be committed."""
    with world.sessions.begin() as session:
        closing = Closing(RequestState.REJECTED, world.clock(), "Not this year")
        close(world.services, session, request_id, closing)
        working = worker.submit(world.work)
        whom = session.scalar(text("SELECT pg_backend_pid()"))
        wait_until(lambda: somebody_waits(world, whom), 30, "the worker at the request")
    working.result(30)
    with world.sessions() as session:
        assert session.scalars(select(Effect).where(Effect.done_at.is_(None))).all() == []
    assert world.request(request_id).state is RequestState.REJECTED


def decided_once_the_worker_waits(world: World, worker: ThreadPoolExecutor, request_id: UUID) -> None:
    """Somebody holds the request, and goes on record with their decision when the worker has come to it."""
    with world.sessions.begin() as session:
        session.get_one(AccessRequest, request_id, with_for_update=True)
        working = worker.submit(world.work)
        whom = session.scalar(text("SELECT pg_backend_pid()"))
        wait_until(lambda: somebody_waits(world, whom), 30, "the worker at the request")
        closing = Closing(RequestState.REJECTED, world.clock(), "Not this year")
        close(world.services, session, request_id, closing)
    working.result(30)
    with world.sessions() as session:
        assert session.scalars(select(Effect).where(Effect.done_at.is_(None))).all() == []
    assert world.request(request_id).state is RequestState.REJECTED


def somebody_waits(world: World, whom: int) -> bool:
    """Whether a transaction waits for that of this process. In one transaction the answer never changes."""
    with world.sessions() as session:
        return session.execute(WAITS, {"whom": whom}).scalar_one()


def test_user_details(world: World, ada: ActingAs, sam: str, working: ThreadPoolExecutor) -> None:
    """USR-7, AUD-1: the role is given, on record and told."""
    request_id = ask(world.services, sam, AskedRole(SUB_ICB, FINANCE, "I do the accounts"), HERE)
    world.work()
    seen, away = now(world, ada, sam, SUB_ICB), replace(world.services, wait=lambda _ids: False)
    submit(world, ada, sam, [seen], [wanted(seen, [FINANCE])], services=away)
    decided_meanwhile(world, working, request_id)
    assert FINANCE in {one.role for one in world.directory.standing(sam).holdings}
    assert [one.after["role"] for one in entries(world, AuditKind.ROLE_GRANTED)] == [FINANCE.value]
    assert "Your access was changed" in world.post.to("sam@staff.example")


@pytest.mark.parametrize("first", [0, 1])
def test_user_details_of_two_organisations(
    world: World, ada: ActingAs, sam: str, working: ThreadPoolExecutor, first: int
) -> None:
    """USR-7, APR-2: whichever is decided meanwhile, neither keeps the other waiting for what it holds."""
    roles = [(SUB_ICB, FINANCE), (SINGLE, USER)]
    ids = [ask(world.services, sam, AskedRole(*one, "I do the accounts"), HERE) for one in roles]
    world.work()
    seen, away = (
        [now(world, ada, sam, code) for code, _ in roles],
        replace(world.services, wait=lambda _ids: False),
    )
    after = [wanted(one, [role]) for one, (_, role) in zip(seen, roles, strict=True)]
    submit(world, ada, sam, seen, after, services=away)
    decided_once_the_worker_waits(world, working, ids[first])
    assert world.request(ids[not first]).state is RequestState.LAPSED
    assert len(entries(world, AuditKind.DETAILS_CHANGED)) == 2


@pytest.mark.parametrize("first", [0, 1])
def test_a_change_of_level(world: World, working: ThreadPoolExecutor, first: int) -> None:
    """ORG-3, APR-2: likewise, where several ask to be Provider Approver."""
    ids = [world.open_request(f"{name}@p002.example", MULTI, APPROVER) for name in ("lou", "max")]
    away, carol = replace(world.services, wait=lambda _ids: False), world.actor(*CAROL)
    named = [one.id for one in level.preview(away, carol, MULTI).approvers]
    level.switch(away, carol, MULTI, ApprovalLevel.SINGLE, named, HERE)
    decided_once_the_worker_waits(world, working, ids[first])
    assert world.request(ids[not first]).state is RequestState.LAPSED
    assert len(entries(world, AuditKind.LEVEL_CHANGED)) == 1


def test_an_accepted_invitation(world: World, working: ThreadPoolExecutor) -> None:
    """INV-3, AUD-1: the role is given, on record, and the person gets the link to a password."""
    invitation_id = invite(world)
    request_id = world.open_request(NINA, MULTI)
    accept(replace(world.services, wait=lambda _ids: False), *newest(world), HERE)
    decided_meanwhile(world, working, request_id)
    assert held(world) == {(MULTI, Role.PROVIDER_USER)}
    assert found(world, invitation_id).applied_at
    assert [one.after["role"] for one in entries(world, AuditKind.ROLE_GRANTED)] == [USER.value]
    assert world.directory.welcomes == [found(world, invitation_id).person_id]
