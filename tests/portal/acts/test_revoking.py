"""Revoking an account: every role goes, and the account stays."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from directory.contract import Reader
from directory.errors import DirectoryUnavailable
from directory.vocabulary import Standing
from portal.acts import remove_role, revoke
from portal.acts.accept_invitation import accept
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide_without_waiting
from portal.model import AuditEntry, AuditKind
from portal.model.notices import NoticeKind
from portal.rules.errors import NotAllowed, NotHeld
from portal.rules.verdict import Refusal
from tests.portal.acts.accounts import (
    also,
    enabled,
    have_disabled,
    have_revoked,
    notices,
    portal_sessions,
    words,
)
from tests.portal.acts.invited import NINA, invite, newest
from tests.portal.acts.removals import (
    APPROVER,
    CAROL,
    COMMISSIONER,
    DESK,
    USER,
    entries,
    held,
    look,
    to_single,
)
from tests.portal.acts.user_details import (
    COMMISSIONER_USER,
    FINANCE,
    administrator,
    now,
    staff,
    submit,
    wanted,
)
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import HERE, ICB, MULTI, SINGLE, SUB_ICB, World

UNA = "una@approvers.example"
LATER = timedelta(seconds=10)


def test_every_role_goes_and_the_account_stays(world: World) -> None:
    """USR-6: they can sign in, and request access; their sessions end, as what they say is no longer so."""
    also(world, "una", "P002", USER)
    world.browser(world.people["una"])
    done = have_revoked(world, CAROL, "una")
    assert (done.applied, done.sessions_ended) == (True, True)
    assert held(world, "una") == set()
    assert enabled(world, "una")
    assert portal_sessions(world, "una") == 0
    assert world.directory.signed_out == [world.people["una"].id]
    world.work()
    assert world.post.to(UNA) == ["Your roles were removed"]
    assert "Provider User, P002; Provider User, P001" in words(world, UNA)
    assert [kind for kind, _ in notices(world, "pam")] == [NoticeKind.ACCOUNT_REVOKED]
    assert ask(world.services, world.people["una"].id, AskedRole("P001", USER, "Back again"), HERE)


def test_the_record_of_revoking(world: World) -> None:
    """AUD-1: the whole, and each role at its organisation."""
    also(world, "una", "P002", USER)
    have_revoked(world, CAROL, "una")
    [asked], [done] = entries(world, AuditKind.REVOKE_ASKED), entries(world, AuditKind.ACCOUNT_REVOKED)
    before = ["provider-user P002", "provider-user P001"]
    assert asked.before == {"roles": before}
    assert (done.before, done.after) == ({"roles": before}, {"roles": []})
    removed = entries(world, AuditKind.ROLE_REMOVED)
    assert {one.organisation_code for one in removed} == {"P001", "P002"}
    assert {one.reason for one in removed} == {"Revoked by Carol Person"}


def test_what_is_approved_and_not_yet_given_goes_too(world: World) -> None:
    """USR-6: an approval just before doesn't bring a role back."""
    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P002", USER, "Two days a week"), HERE)
    pam = world.actor("pam", APPROVER, "P002")
    decide_without_waiting(world.services, pam, request_id, Decision.APPROVE, "", HERE)
    done = have_revoked(world, CAROL, "una")
    assert {one.words for one in done.roles} == {"provider-user P001", "provider-user P002"}
    world.work()
    assert held(world, "una") == set()


def test_what_user_details_are_to_give_goes_too(world: World) -> None:
    """USR-6: also what waits to be given when the roles are taken."""
    away = replace(world.services, wait=lambda _ids: False)
    admin, sam = administrator(world), staff(world, "sam", (SUB_ICB, COMMISSIONER_USER))
    seen = now(world, admin, sam, SUB_ICB)
    assert not submit(world, admin, sam, [seen], [wanted(seen, [FINANCE])], services=away).applied
    done = have_revoked(world, DESK, "sam")
    assert {one.words for one in done.roles} == {"commissioner-user A01", "commissioner-finance A01"}
    world.work()
    assert held(world, "sam") == set()


@pytest.mark.parametrize("do", [have_revoked, have_disabled])
def test_what_is_on_its_way_is_judged_too(world: World, do: Callable[..., object]) -> None:
    """ROL-2, USR-3, USR-6: whoever is about to be given a role above the actor's own is above them."""
    away = replace(world.services, wait=lambda _ids: False)
    world.people["kim"] = world.person("kim@p001.example", (SINGLE, USER))
    kim, desk = world.people["kim"].id, world.actor(*DESK)
    seen = now(world, desk, kim, ICB)
    submit(world, desk, kim, [seen], [wanted(seen, [COMMISSIONER])], services=away)
    with pytest.raises(NotAllowed) as refused:
        do(world, CAROL, "kim")
    assert refused.value.verdict.refusal is Refusal.ROLE_ABOVE_YOURS


def test_an_invitation_that_was_accepted_goes_too(world: World) -> None:
    """USR-6, INV-3: accepted just before, and not yet given."""
    invite(world)
    accept(replace(world.services, wait=lambda _ids: False), *newest(world), HERE)
    world.people["nina"] = world.services.reader.person_by_email(NINA)
    done = have_revoked(world, CAROL, "nina")
    assert [one.words for one in done.roles] == ["provider-user P002"]
    world.work()
    assert held(world, "nina") == set()


def test_what_an_approver_steps_down_to_goes_too(world: World) -> None:
    """USR-6, ORG-3: the provider turned single-level just before."""
    to_single(world)
    have_revoked(world, DESK, "pam")
    world.work()
    assert held(world, "pam") == set()
    taken = [one for one in entries(world, AuditKind.ROLE_REMOVED) if one.reason.startswith("Revoked")]
    assert {one.after["role"] for one in taken} == {APPROVER.value, USER.value}


@dataclass
class SilentOnce:
    """A reader that is away the first time that it is asked what somebody without a role has left."""

    reader: Reader
    was_silent: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)

    def standing(self, person_id: str) -> Standing:
        standing = self.reader.standing(person_id)
        if not standing.holdings and not self.was_silent:
            self.was_silent = True
            raise DirectoryUnavailable(person_id)
        return standing


def revoked_by(entry: AuditEntry) -> bool:
    return entry.reason.startswith("Revoked")


def test_a_second_try_records_what_the_first_took(world: World) -> None:
    """USR-6, AUD-1: Keycloak was away once the roles were taken, what was stepped down to among them."""
    away = replace(world.services, wait=lambda _ids: False)
    to_single(world)
    actor, pam = world.actor(*DESK), world.people["pam"].id
    revoke.revoke(away, actor, pam, revoke.preview(away, actor, pam).shown, HERE)
    reader = SilentOnce(world.services.reader)
    run_due(replace(world.services, reader=reader))
    assert (reader.was_silent, held(world, "pam")) == (True, set())
    world.clock.move(LATER)
    world.work()
    taken = [one for one in entries(world, AuditKind.ROLE_REMOVED) if revoked_by(one)]
    assert {one.after["role"] for one in taken} == {APPROVER.value, USER.value}
    assert "Provider User, P002" in words(world, "pam@approvers.example")


def test_what_never_came_is_not_on_record_as_lost(world: World) -> None:
    """USR-6, AUD-1: what was accepted became a request, as the inviter may no longer send it."""
    away = replace(world.services, wait=lambda _ids: False)
    invite(world)
    accept(away, *newest(world), HERE)
    world.people["nina"] = world.services.reader.person_by_email(NINA)
    also(world, "nina", SINGLE, USER)
    actor, nina = world.actor(*DESK), world.people["nina"].id
    done = revoke.revoke(away, actor, nina, revoke.preview(away, actor, nina).shown, HERE)
    assert {one.words for one in done.roles} == {"provider-user P001", "provider-user P002"}
    world.directory.disable(world.people["pam"].id)
    world.work()
    assert held(world, "nina") == set()
    [taken] = entries(world, AuditKind.ROLE_REMOVED)
    assert taken.organisation_code == SINGLE
    assert entries(world, AuditKind.ACCOUNT_REVOKED)[0].before == {"roles": ["provider-user P001"]}
    assert "P002" not in words(world, NINA)


def test_stepping_down_gives_nothing_back(world: World) -> None:
    """USR-6, ORG-3: the provider turns single-level while the roles are being taken."""
    away = replace(world.services, wait=lambda _ids: False)
    pam, carol = world.people["pam"].id, world.actor(*CAROL)
    revoke.revoke(away, carol, pam, revoke.preview(away, carol, pam).shown, HERE)
    to_single(world)
    world.work()
    assert held(world, "pam") == set()
    assert held(world, "paul") == {(USER, MULTI)}
    assert AuditKind.ROLE_GRANTED not in {one.kind for one in of(world, pam)}


def test_a_role_removed_meanwhile_is_not_given_back_either(world: World) -> None:
    """ORG-3: likewise for one role; and who is stepping down has no such role to remove."""
    away = replace(world.services, wait=lambda _ids: False)
    remove_role.remove(away, world.actor(*CAROL), world.people["pam"].id, MULTI, APPROVER, "", HERE)
    to_single(world)
    with pytest.raises(NotHeld):
        look(world, DESK, "paul", MULTI, APPROVER)
    world.work()
    assert held(world, "pam") == set()
    assert held(world, "paul") == {(USER, MULTI)}


def of(world: World, person_id: str) -> list[AuditEntry]:
    with world.sessions() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.subject == person_id)))


def test_the_last_approver_revoked(world: World) -> None:
    """ROL-5."""
    world.directory.disable(world.people["paul"].id)
    [handover] = revoke.preview(world.services, world.actor(*CAROL), world.people["pam"].id).handovers
    assert handover.decides.key == "commissioner-approver@A01"
