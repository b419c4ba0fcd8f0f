"""USR-6: what is parked is nobody's role, and after a revoke it gives none when it is tried again."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from directory.vocabulary import Standing
from portal.acts import revoke
from portal.acts.accept_invitation import accept
from portal.acts.account_change import AccountChange
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide_without_waiting
from portal.acts.resend import try_again
from portal.effects.runner import ALL_KINDS
from portal.model import AuditKind, Effect, RequestState
from portal.model.effects import EffectKind
from portal.model.invitations import InvitationState
from portal.rules.errors import NothingFound
from portal.store.queries.mail import stuck_effects
from tests.portal.acts.accounts import also, enabled, have_disabled, have_revoked
from tests.portal.acts.invited import NINA, found, invite, newest
from tests.portal.acts.removals import APPROVER, CAROL, COMMISSIONER, DESK, USER, entries, held
from tests.portal.acts.user_details import now, submit, wanted
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import HERE, ICB, MULTI, SINGLE, World

Waiting = Callable[[World], str]


def an_approval(world: World) -> str:
    una = world.people["una"].id
    request_id = ask(world.services, una, AskedRole(MULTI, USER, "Two days a week"), HERE)
    pam = world.actor("pam", APPROVER, MULTI)
    decide_without_waiting(world.services, pam, request_id, Decision.APPROVE, "", HERE)
    return "una"


def an_accepted_invitation(world: World) -> str:
    invite(world)
    accept(replace(world.services, wait=lambda _ids: False), *newest(world), HERE)
    world.people["nina"] = world.services.reader.person_by_email(NINA)
    also(world, "nina", SINGLE, USER)
    return "nina"


def user_details(world: World) -> str:
    """Of a role that an approver of the place below couldn't grant."""
    world.people["kim"] = world.person("kim@p001.example", (SINGLE, USER))
    kim, desk = world.people["kim"].id, world.actor(*DESK)
    seen = now(world, desk, kim, ICB)
    away = replace(world.services, wait=lambda _ids: False)
    submit(world, desk, kim, [seen], [wanted(seen, [COMMISSIONER])], services=away)
    return "kim"


GIVING = [EffectKind.GRANT, EffectKind.APPLY_INVITATION, EffectKind.CHANGE_DETAILS]
EVERY_WAY = pytest.mark.parametrize("waiting", [an_approval, an_accepted_invitation, user_details])


def park(world: World) -> Effect:
    """What waits is refused by Keycloak for good."""
    with world.sessions.begin() as session:
        undone = select(Effect).where(Effect.kind.in_(GIVING), Effect.done_at.is_(None))
        row = session.scalars(undone).one()
        row.parked_at, row.last_error = world.clock(), "DirectoryRefused: 400"
    return row


def stuck(world: World) -> list[int]:
    with world.sessions() as session:
        return [one.id for one in stuck_effects(session)]


def gives_nothing(world: World, row: Effect, whose: str) -> None:
    assert stuck(world) == []
    with pytest.raises(NothingFound):
        try_again(world.services, world.actor(*DESK), row.id, HERE)
    world.work()
    assert held(world, whose) == set()


@EVERY_WAY
def test_a_revoke_gives_it_up(world: World, waiting: Waiting) -> None:
    """ROL-2: and it doesn't count as held, so that an approver of the place below may revoke."""
    whose = waiting(world)
    row = park(world)
    assert len(have_revoked(world, CAROL, whose).roles) == 1
    gives_nothing(world, row, whose)


@EVERY_WAY
def test_it_cannot_be_tried_again_while_the_revoke_waits(world: World, waiting: Waiting) -> None:
    """Keycloak may be away for long."""
    whose = waiting(world)
    row = park(world)
    revoke_later(world, whose)
    gives_nothing(world, row, whose)


def revoke_later(world: World, whose: str) -> AccountChange:
    away, desk = replace(world.services, wait=lambda _ids: False), world.actor(*DESK)
    person_id = world.people[whose].id
    return revoke.revoke(away, desk, person_id, revoke.preview(away, desk, person_id).shown, HERE)


@dataclass
class Meanwhile:
    """A reader that has something done, or begun and left waiting, when it is first asked who somebody is."""

    reader: Any
    act: Callable[[], None]
    doing: Future[None] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)

    def standing(self, person_id: str) -> Standing:
        if self.doing is None:
            self.doing = ThreadPoolExecutor(1).submit(self.act)
            wait([self.doing], timeout=0.5)
        return self.reader.standing(person_id)


def trying_again(world: World, row: Effect) -> Meanwhile:
    """Somebody of the Service Desk presses the button just then."""
    away = replace(world.services, wait=lambda _ids: False)
    return Meanwhile(world.services.reader, lambda: try_again(away, world.actor(*DESK), row.id, HERE))


@EVERY_WAY
def test_nor_while_the_revoke_is_judged(world: World, waiting: Waiting) -> None:
    """Whoever tries waits, and finds nothing then."""
    whose = waiting(world)
    row, person_id, desk = park(world), world.people[whose].id, world.actor(*DESK)
    shown = revoke.preview(world.services, desk, person_id).shown
    reader = trying_again(world, row)
    revoke.revoke(replace(world.services, reader=reader), desk, person_id, shown, HERE)
    with pytest.raises(NothingFound):
        reader.doing.result(30)
    gives_nothing(world, row, whose)


@EVERY_WAY
def test_nor_while_the_worker_revokes(world: World, waiting: Waiting) -> None:
    """Where it parked after the revoke was asked for."""
    whose = waiting(world)
    revoke_later(world, whose)
    row = park(world)
    run_due(world.services, kinds=ALL_KINDS - {EffectKind.REVOKE})
    reader = trying_again(world, row)
    run_due(replace(world.services, reader=reader), kinds=[EffectKind.REVOKE])
    with pytest.raises(NothingFound):
        reader.doing.result(30)
    gives_nothing(world, row, whose)


def test_what_only_takes_is_not_given_up(world: World) -> None:
    """CLU-4: a restriction that Keycloak refused outlives the role, as one that it took does."""
    whose = user_details(world)
    with world.sessions.begin() as session:
        row = session.scalars(select(Effect).where(Effect.kind == EffectKind.CHANGE_DETAILS)).one()
        (place,) = row.payload["wanted"]
        row.payload = row.payload | {"wanted": [place | {"give": [], "clusters": ["a-cluster"]}]}
    row = park(world)
    have_revoked(world, CAROL, whose)
    assert stuck(world) == [row.id]


@EVERY_WAY
def test_also_what_is_parked_after_the_revoke_was_asked_for(world: World, waiting: Waiting) -> None:
    whose = waiting(world)
    assert len(revoke_later(world, whose).roles) == 2
    row = park(world)
    world.work()
    gives_nothing(world, row, whose)
    assert len(entries(world, AuditKind.ROLE_REMOVED)) == 1


def test_it_is_on_record(world: World) -> None:
    """AUD-1: each as having ended, with why; and the applicant is told that the request has."""
    an_approval(world)
    park(world)
    have_revoked(world, CAROL, "una")
    world.work()
    una = "una@approvers.example"
    assert world.request_of(una).state is RequestState.LAPSED
    [lapsed] = entries(world, AuditKind.REQUEST_LAPSED)
    assert (lapsed.before, lapsed.reason) == (
        {"state": "approved"},
        "Every role was removed before this one could be given.",
    )
    assert [one for one in world.post.to(una) if "has ended" in one]
    user_details(world)
    park(world)
    have_revoked(world, CAROL, "kim")
    [dropped] = entries(world, AuditKind.GRANT_IMPOSSIBLE)
    assert (dropped.organisation_code, dropped.after["role"]) == (ICB, COMMISSIONER.value)
    assert dropped.after["problem"] == lapsed.reason


def test_an_invitation_is_cancelled(world: World) -> None:
    """INV-3, AUD-1: whoever opens its link reads so."""
    an_accepted_invitation(world)
    park(world)
    have_revoked(world, DESK, "nina")
    one = found(world, newest(world)[0])
    assert (one.state, one.is_being_applied) == (InvitationState.CANCELLED, False)
    [cancelled] = entries(world, AuditKind.INVITATION_CANCELLED)
    assert (cancelled.before, cancelled.after["state"]) == ({"state": "accepted"}, "cancelled")


def test_what_others_wait_for_stays(world: World) -> None:
    an_approval(world)
    row = park(world)
    have_revoked(world, DESK, "paul")
    assert stuck(world) == [row.id]


def test_what_is_approved_after_the_revoke_stays(world: World) -> None:
    """Whoever approves it knows what was revoked."""
    revoke_later(world, "una")
    an_approval(world)
    row = park(world)
    world.work()
    assert (held(world, "una"), stuck(world)) == (set(), [row.id])
    try_again(world.services, world.actor(*DESK), row.id, HERE)
    assert held(world, "una") == {(USER, MULTI)}


def test_what_cannot_be_read_does_not_stop_a_revoke(world: World) -> None:
    """APR-4: it stays for the Service Desk."""
    an_approval(world)
    row = park(world)
    with world.sessions.begin() as session:
        session.get_one(Effect, row.id).payload = {"of another": "version"}
    assert have_revoked(world, CAROL, "una").applied
    assert stuck(world) == [row.id]


def test_a_disabled_account_is_given_nothing_either(world: World) -> None:
    """USR-3, ROL-2: it counts as nobody's when disabling, and tried again it gives nothing."""
    user_details(world)
    row = park(world)
    have_disabled(world, CAROL, "kim")
    try_again(world.services, world.actor(*DESK), row.id, HERE)
    world.work()
    assert not enabled(world, "kim")
    assert held(world, "kim") == {(USER, SINGLE)}
