"""Revoking an account: every role goes, and the account stays."""

from portal.acts import revoke
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide_without_waiting
from portal.model import AuditKind
from portal.model.notices import NoticeKind
from tests.portal.acts.accounts import (
    also,
    enabled,
    have_revoked,
    notices,
    portal_sessions,
    words,
)
from tests.portal.acts.removals import APPROVER, CAROL, USER, entries, held
from tests.support.builders.world import HERE, World

UNA = "una@approvers.example"


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


def test_the_last_approver_revoked(world: World) -> None:
    """ROL-5."""
    world.directory.disable(world.people["paul"].id)
    [handover] = revoke.preview(world.services, world.actor(*CAROL), world.people["pam"].id).handovers
    assert handover.decides.key == "commissioner-approver@A01"
