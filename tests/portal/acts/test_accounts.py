"""Disabling, enabling and revoking an account: who may, what follows, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from directory.errors import PersonNotFound
from directory.vocabulary import Role
from portal.acts import disable, revoke
from portal.acts.ask import AskedRole, ask
from portal.acts.deadlines import meet_deadlines
from portal.acts.decide import Decision, decide_without_waiting
from portal.acts.preferences import set_wants_email
from portal.mirroring.follow import follow
from portal.model import AuditKind, PortalSession
from portal.model.notices import Notice, NoticeKind
from portal.rules.disabling import Reason, Why
from portal.rules.errors import AlreadySo, NotAllowed, OutOfDate, ReasonNeeded
from portal.rules.verdict import Refusal
from portal.store.queries import people
from portal.store.queries.mail import stuck_effects
from tests.portal.acts.accounts import (
    ASKED,
    CHRIS,
    DO,
    LEFT,
    disable_oneself,
    enabled,
    have_disabled,
    have_enabled,
    have_revoked,
    told,
    words,
)
from tests.portal.acts.removals import APPROVER, CAROL, COMMISSIONER, DESK, IRIS, USER, entries, held
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault

UNA, PAM = "una@approvers.example", "pam@approvers.example"
FINANCE = Role.PROVIDER_FINANCE


def also(world: World, whose: str, code: str, role: Role) -> None:
    """The person holds one role more."""
    place = world.directory.organisation(code)
    world.directory.grant(world.people[whose].id, place, role)
    world.mirror(world.people[whose].id)


def notices(world: World, whose: str) -> list[tuple[NoticeKind, str]]:
    mine = select(Notice).where(Notice.person_id == world.people[whose].id).order_by(Notice.created_at)
    with world.sessions() as session:
        return [(one.kind, one.text) for one in session.scalars(mine)]


def portal_sessions(world: World, whose: str) -> int:
    mine = select(PortalSession).where(PortalSession.person_id == world.people[whose].id)
    with world.sessions() as session:
        return len(session.scalars(mine).all())


# Disable


def test_disabled_at_once_and_told(world: World) -> None:
    """USR-3: in Keycloak and in the lists; the roles stay, the sessions don't; the person is told why."""
    una = world.people["una"]
    world.browser(una)
    done = have_disabled(world, CAROL, "una")
    assert (done.applied, done.sessions_ended) == (True, True)
    assert not enabled(world, "una")
    assert held(world, "una") == {(USER, "P001")}
    assert portal_sessions(world, "una") == 0
    assert world.directory.signed_out == [una.id]
    with world.sessions() as session:
        assert not people.standing(session, una.id).is_active
    world.work()
    said = "An approver for Place A disabled your account. The reason given: “Left organisation”"
    assert notices(world, "una") == [(NoticeKind.ACCOUNT_DISABLED, said)]
    assert world.post.to(UNA) == ["Your account was disabled"]
    assert "can no longer sign in" in words(world, UNA)


def test_a_reason_in_ones_own_words(world: World) -> None:
    """USR-3: Other, with up to 250 characters; without them it is refused."""
    for wrong in ("", "   ", "x" * 251):
        with pytest.raises(ReasonNeeded):
            Reason(Why.OTHER, wrong)
    have_disabled(world, CAROL, "una", Reason(Why.OTHER, " Long absence "))
    [done] = entries(world, AuditKind.ACCOUNT_DISABLED)
    assert done.reason == "Long absence"
    assert Reason(Why.MOVED, "not heeded").words == "Moved to another organisation"


def test_approvers_elsewhere_are_told(world: World) -> None:
    """USR-3: those who answer for another organisation of theirs, not who did it; nor why."""
    also(world, "una", "P002", USER)
    have_disabled(world, CAROL, "una", Reason(Why.OTHER, "Between us"))
    world.work()
    for who in ("pam", "paul"):
        [(kind, text)] = notices(world, who)
        assert kind is NoticeKind.ACCOUNT_DISABLED
        assert (
            text == "An approver for Place A disabled this account: Provider User, Cromarty Medical (P002)."
        )
    assert world.post.to(PAM) == ["An account at your organisation was disabled"]
    assert "Between us" not in words(world, PAM)
    assert "P001" not in words(world, PAM)
    assert [notices(world, who) for who in ("carol", "chris", "bella")] == [[], [], []]


def test_told_also_to_those_who_want_no_email(world: World) -> None:
    """PRO-5: what concerns their account's security always goes."""
    set_wants_email(world.services, world.people["una"].id, False)
    have_disabled(world, CAROL, "una")
    world.work()
    assert world.post.to(UNA) == ["Your account was disabled"]


def test_the_record_of_disabling(world: World) -> None:
    """AUD-1: before, after, why, in which role and from where; the follower adds nothing."""
    have_disabled(world, CAROL, "una")
    follow(world.services)
    [asked], [done] = entries(world, AuditKind.DISABLE_ASKED), entries(world, AuditKind.ACCOUNT_DISABLED)
    for entry in (asked, done):
        assert told(entry) == ("Carol Person", "commissioner-approver", "A01", HERE.address)
        assert entry.reason == "Left organisation"
    roles = ["provider-user P001"]
    assert asked.before == {"enabled": True, "roles": roles}
    assert asked.after == {"enabled": False, "roles": roles, "name": "Una Person", "decides": ""}
    assert (done.before, done.after) == ({"enabled": True}, {"enabled": False})
    assert entries(world, AuditKind.ACCOUNT_CHANGED) == []


def test_the_last_approver_is_warned_of(world: World) -> None:
    """ROL-5: for each place where nobody else approves, who does from then on; what waits goes to them."""
    world.directory.disable(world.people["chris"].id)
    request_id = world.registered()
    shown = disable.preview(world.services, world.actor(*IRIS), world.people["carol"].id)
    assert [(one.place.words, one.decides.key) for one in shown.handovers] == [
        ("commissioner-approver A01", "commissioner-approver@QA1")
    ]
    have_disabled(world, IRIS, "carol")
    world.work()
    assert world.request(request_id).held_by_organisation == "QA1"
    [asked] = entries(world, AuditKind.DISABLE_ASKED)
    assert asked.after["decides"] == "A01:commissioner-approver@QA1"


def test_no_two_leave_counting_on_each_other(world: World) -> None:
    """ROL-5: the second sees that the first is on the way out, and says so again."""
    actor, carol = world.actor(*IRIS), world.people["carol"].id
    shown = disable.preview(world.services, actor, carol).shown
    unapplied(world, "chris")
    with pytest.raises(OutOfDate):
        disable.disable(world.services, actor, carol, LEFT, shown, HERE)
    assert enabled(world, "carol")


def unapplied(world: World, whose: str) -> None:
    """Somebody has asked to disable the person, and Keycloak has not yet."""
    away = replace(world.services, wait=lambda _ids: False)
    person_id, actor = world.people[whose].id, world.actor(*IRIS)
    shown = disable.preview(away, actor, person_id).shown
    disable.disable(away, actor, person_id, LEFT, shown, HERE)


# Their requests


def test_requests_are_set_aside_and_come_back(world: World) -> None:
    """USR-3, USR-4: nobody decides them, no deadline runs, and those who decide are told anew."""
    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P002", USER, "Two days a week"), HERE)
    world.work()
    have_disabled(world, CAROL, "una")
    assert world.request(request_id).state == "set-aside"
    pam = world.actor("pam", APPROVER, "P002")
    with pytest.raises(Exception, match="set-aside"):
        decide_without_waiting(world.services, pam, request_id, Decision.REJECT, "No", HERE)
    world.clock.move(timedelta(days=200))
    assert meet_deadlines(world.services) == 0
    have_enabled(world, CAROL, "una")
    world.work()
    back = world.request(request_id)
    assert (back.state, back.held_by_organisation) == ("open", "P002")
    assert meet_deadlines(world.services) == 0
    kinds = [kind for kind, _text in notices(world, "pam")]
    assert kinds.count(NoticeKind.REQUEST_ADDITIONAL_ROLE) == 2
    assert [one.kind for one in entries(world, AuditKind.REQUEST_SET_ASIDE)] == ["request-set-aside"]
    assert len(entries(world, AuditKind.REQUEST_BROUGHT_BACK)) == 1


def test_the_same_in_keycloaks_console(world: World) -> None:
    """SYN-7: whoever disables and enables the account."""
    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P002", USER, "Two days a week"), HERE)
    world.work()
    world.directory.disable(una.id)
    follow(world.services)
    assert world.request(request_id).state == "set-aside"
    world.directory.enable(una.id)
    follow(world.services)
    assert world.request(request_id).state == "open"


# Enable


def test_the_roles_come_back_but_those_at_closed_organisations(world: World) -> None:
    """USR-4: these are taken before the account works again."""
    also(world, "una", "P004", FINANCE)
    have_disabled(world, CAROL, "una")
    world.directory.change("P004", status="closed")
    world.mirror_organisation("P004")
    done = have_enabled(world, CAROL, "una")
    assert [one.words for one in done.roles] == ["provider-user P001"]
    assert [one.words for one in done.dropped] == ["provider-finance P004"]
    assert enabled(world, "una")
    assert held(world, "una") == {(USER, "P001")}
    world.work()
    assert world.post.to(UNA) == ["Your account was disabled", "Your account was enabled"]
    assert "Provider Finance, P004" in words(world, UNA)
    [gone] = entries(world, AuditKind.ROLE_REMOVED)
    assert (gone.organisation_code, gone.reason) == (
        "P004",
        "The organisation closed while the account was disabled",
    )
    [asked] = entries(world, AuditKind.ENABLE_ASKED)
    assert asked.after["roles"] == ["provider-user P001"]


# Revoke


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


# Oneself


def test_disabled_by_themselves(world: World) -> None:
    """PRO-6: whatever their role; every approver of theirs is told who can undo it."""
    done = disable_oneself(world, ("una", USER, "P001"))
    assert (done.applied, done.sessions_ended) == (True, True)
    assert not enabled(world, "una")
    world.work()
    assert "You disabled your account." in words(world, UNA)
    for who in ("carol", "chris"):
        assert notices(world, who) == [
            (
                NoticeKind.ACCOUNT_DISABLED,
                "The person disabled this account: Provider User, Fair Isle Surgery (P001).",
            )
        ]
    [done_entry] = entries(world, AuditKind.ACCOUNT_DISABLED)
    assert (done_entry.actor_id, done_entry.reason) == (world.people["una"].id, "By the person themselves")
    assert have_enabled(world, CAROL, "una").applied


def test_the_last_of_the_service_desk_stays(world: World) -> None:
    """PRO-6: nobody could undo it."""
    with pytest.raises(NotAllowed) as refused:
        disable_oneself(world, DESK)
    assert refused.value.verdict.refusal is Refusal.LAST_OF_SERVICE_DESK
    world.person("second@desk.example", ("", Role.SERVICE_DESK))
    assert disable_oneself(world, DESK).applied


def test_the_disabled_do_nothing_to_themselves(world: World) -> None:
    una = world.actor("una", USER, "P001")
    world.directory.disable(world.people["una"].id)
    with pytest.raises(NotAllowed):
        disable.preview_own(world.services, una)


# Who may not


@pytest.mark.parametrize("act", DO)
@pytest.mark.parametrize(
    ("who", "whose", "why"),
    [
        (("bella", COMMISSIONER, "B01"), "una", Refusal.NOT_YOUR_ORGANISATION),
        (("pam", APPROVER, "P002"), "una", Refusal.NOT_YOUR_ORGANISATION),
        (("pam", APPROVER, "P002"), "paul", Refusal.ROLE_ABOVE_YOURS),
        (CAROL, "iris", Refusal.NOT_YOUR_ORGANISATION),
        (CAROL, "desk", Refusal.NOT_YOUR_ORGANISATION),
        (DESK, "desk", Refusal.YOURSELF),
        (("una", USER, "P001"), "pam", Refusal.NOT_YOUR_ROLE),
        (CAROL, "carol", Refusal.YOURSELF),
    ],
)
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
