"""Disabling and enabling an account: what follows, and what they are told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts import disable
from portal.acts.ask import AskedRole, ask
from portal.acts.deadlines import meet_deadlines
from portal.acts.decide import Decision, decide_without_waiting
from portal.acts.preferences import set_wants_email
from portal.mirroring.follow import follow
from portal.model import AuditKind
from portal.model.notices import NoticeKind
from portal.model.sessions import PortalSession
from portal.rules.disabling import Reason, Why
from portal.rules.errors import NotAllowed, OutOfDate, ReasonNeeded
from portal.store.queries import people
from tests.portal.acts.accounts import (
    LEFT,
    also,
    disable_oneself,
    enabled,
    have_disabled,
    have_enabled,
    notices,
    portal_sessions,
    told,
    words,
)
from tests.portal.acts.removals import APPROVER, CAROL, IRIS, USER, entries, held
from tests.support.builders import rows
from tests.support.builders.world import HERE, World

UNA, PAM = "una@approvers.example", "pam@approvers.example"
FINANCE = Role.PROVIDER_FINANCE


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
    set_wants_email(world.services, world.people["una"].id, False, HERE)
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


def test_sessions_end_with_a_disabling_in_the_console_too(world: World) -> None:
    """AUT-6: those here with the follower; in Keycloak none is refreshed any more, and nobody else's ends."""
    una, carol = world.people["una"], world.people["carol"]
    for person in (una, carol):
        rows.signed_in(world.services, person, None)
    world.directory.disable(una.id)
    follow(world.services)
    with world.sessions() as session:
        assert set(session.scalars(select(PortalSession.person_id))) == {carol.id}


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


def test_who_of_the_service_desk_can_undo_it(world: World) -> None:
    """PRO-6: nobody here, and their e-mail says so."""
    world.people["dora"] = world.person("dora@desk.example", ("", Role.SERVICE_DESK), first="Dora")
    disable_oneself(world, ("dora", Role.SERVICE_DESK, ""))
    world.work()
    said = words(world, "dora@desk.example")
    assert "Only whoever administers the sign-in service can enable it." in said
    assert "or the service desk, can" not in said


def test_the_disabled_do_nothing_to_themselves(world: World) -> None:
    una = world.actor("una", USER, "P001")
    world.directory.disable(world.people["una"].id)
    with pytest.raises(NotAllowed):
        disable.preview_own(world.services, una)
