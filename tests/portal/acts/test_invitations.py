"""An invitation's way: sent, mailed, accepted once, and what becomes of it when that isn't so any more."""

from datetime import timedelta

import pytest

from directory.vocabulary import Role
from portal.acts.accept_invitation import accept, look
from portal.acts.deadlines import lapse_invitations
from portal.acts.decide import Decision, decide
from portal.acts.register import Registration, register
from portal.acts.sent_invitations import cancel, resend
from portal.model import AuditKind, InvitationState, RequestState
from portal.model.notices import NoticeKind
from portal.rules.errors import (
    InvitationEnded,
    NothingFound,
)
from tests.portal.acts.invited import (
    CAROL,
    CHRIS,
    FORTNIGHT,
    NINA,
    PAM,
    PAUL,
    USER,
    accepted,
    found,
    held,
    invite,
    links,
    newest,
    notices,
    of_address,
)
from tests.portal.acts.removals import entries
from tests.support.builders.world import HERE, World


def test_until_it_is_accepted_there_is_an_account_that_can_do_nothing(world: World) -> None:
    """INV-1, INV-2: enabled, no credential, no role; the mail says who, where, as what and until when."""
    invite(world)
    person = world.directory.person_by_email(NINA)
    assert person
    assert person.enabled
    assert (person.first_name, person.last_name) == ("Nina", "New")
    assert not world.directory.has_credential(person.id)
    assert held(world) == set()
    assert world.directory.welcomes == []
    [message] = [one for one in world.post.sent if one["To"] == NINA]
    assert message["Subject"] == "You are invited to Cromarty Medical"
    for part in ("plain", "html"):
        text = " ".join(message.get_body((part,)).get_content().split())
        for said in (
            "“Pam Person” invites you, “Nina New”, to be Provider User",
            "(P002)",
            "19 January 2026",
        ):
            assert said in text
        assert "service.desk@cqrs.example" in text


def test_accepting_gives_the_role_and_has_keycloak_mail_its_link(world: World) -> None:
    """INV-2: with no further approval; Keycloak's own mail confirms the address and sets the password."""
    invite(world)
    one = accepted(world, newest(world))
    person = world.directory.person_by_email(NINA)
    assert person
    assert held(world) == {("P002", USER)}
    assert world.directory.welcomes == [person.id]
    assert (one.state, one.applied_at is not None, one.request_id) == (InvitationState.ACCEPTED, True, None)
    assert NoticeKind.INVITATION_ACCEPTED in notices(world, "pam")
    [granted] = entries(world, AuditKind.ROLE_GRANTED)
    assert (granted.actor_name, granted.reason) == ("Pam Person", "Invited by Pam Person")
    for kind in (AuditKind.INVITATION_SENT, AuditKind.INVITATION_ACCEPTED):
        [entry] = entries(world, kind)
        assert (entry.subject, entry.organisation_code) == (NINA, "P002")


def test_twice_is_once(world: World) -> None:
    """INV-2: a double click; the second finds it accepted."""
    invite(world)
    link = newest(world)
    assert accepted(world, link).state is InvitationState.ACCEPTED
    assert accepted(world, link).state is InvitationState.ACCEPTED
    assert len(entries(world, AuditKind.ROLE_GRANTED)) == 1
    assert len(world.directory.welcomes) == 1


def test_a_newer_link_replaces_the_older(world: World) -> None:
    """INV-3: and whoever sent it again answers for it from then on."""
    identity = invite(world)
    old = newest(world)
    resend(world.services, world.actor(*PAUL), identity, HERE)
    world.work()
    assert len(links(world.post)) == 2
    with pytest.raises(NothingFound):
        accept(world.services, *old, HERE)
    assert held(world) == set()
    world.directory.disable(world.people["pam"].id)
    assert accepted(world, newest(world)).gave_access
    assert held(world) == {("P002", USER)}
    assert found(world, identity).invited_by_name == "Paul Person"


@pytest.mark.parametrize("why", ["disabled", "role taken", "single-level"])
def test_what_the_inviter_could_not_send_any_more_becomes_a_request(world: World, why: str) -> None:
    """INV-3, APR-1: routed as any other; until it is approved there is no account."""
    identity = invite(world)
    pam, place = world.people["pam"].id, world.directory.organisation("P002")
    if why == "disabled":
        world.directory.disable(pam)
    elif why == "role taken":
        world.directory.remove(pam, place, Role.PROVIDER_APPROVER)
    else:
        world.directory.change("P002", approval_level="single")
    one = accepted(world, newest(world))
    assert one.request_id
    assert not one.gave_access
    assert held(world) is None
    request = world.request(one.request_id)
    assert (request.state, request.email, request.role) == (RequestState.OPEN, NINA, USER)
    assert "I was invited by Pam Person on 5 January 2026." in request.reason
    assert world.post.to(NINA)[-1] == "Your access to Cromarty Medical is being looked at"
    decider = CAROL if why == "single-level" else PAUL
    assert NoticeKind.REQUEST_NEW_ACCOUNT in notices(world, decider[0])
    decide(world.services, world.actor(*decider), request.id, Decision.APPROVE, "", HERE)
    world.work()
    assert held(world) == {("P002", USER)}
    [entry] = entries(world, AuditKind.INVITATION_TURNED)
    assert entry.request_id == request.id
    assert found(world, identity).state is InvitationState.ACCEPTED


def test_at_an_organisation_that_closed_it_goes_to_the_service_desk(world: World) -> None:
    """INV-3, ORG-5: nobody is let in there."""
    invite(world)
    world.directory.change("P002", status="closed")
    one = accepted(world, newest(world))
    assert one.request_id
    assert held(world) is None
    assert NoticeKind.REQUEST_NEW_ACCOUNT in notices(world, "desk")


def test_cancelled_takes_the_unused_account_along(world: World) -> None:
    """INV-3: the link explains itself from then on, and gives nothing."""
    identity = invite(world)
    link = newest(world)
    cancel(world.services, world.actor(*PAUL), identity, HERE)
    assert held(world) is None
    assert look(world.services, *link, HERE).state is InvitationState.CANCELLED
    assert accepted(world, link).state is InvitationState.CANCELLED
    assert held(world) is None
    assert len(entries(world, AuditKind.UNUSED_ACCOUNT_REMOVED)) == 1
    with pytest.raises(InvitationEnded):
        cancel(world.services, world.actor(*PAM), identity, HERE)
    with pytest.raises(InvitationEnded):
        resend(world.services, world.actor(*PAM), identity, HERE)


def test_lapsing_is_told_to_both_and_once(world: World) -> None:
    """INV-3: after the configured days."""
    identity = invite(world)
    link = newest(world)
    world.clock.move(FORTNIGHT - timedelta(minutes=1))
    assert lapse_invitations(world.services) == 0
    world.clock.move(timedelta(minutes=2))
    with pytest.raises(InvitationEnded):
        accept(world.services, *link, HERE)
    assert (lapse_invitations(world.services), lapse_invitations(world.services)) == (1, 0)
    world.work()
    assert found(world, identity).state is InvitationState.LAPSED
    assert held(world) is None
    assert world.post.to(NINA)[-1] == "Your invitation to Cromarty Medical has lapsed"
    assert world.post.to("pam@approvers.example") == ["An invitation to Cromarty Medical has lapsed"]
    assert notices(world, "pam").count(NoticeKind.INVITATION_UNANSWERED) == 1


def test_an_account_in_use_stays(world: World) -> None:
    """INV-3: only one that nobody used goes, whatever it was made for."""
    identity = invite(world)
    register(world.services, Registration(NINA, "P001", USER, "Nina", "New"), HERE)
    world.work()
    request = world.request_of(NINA)
    decide(world.services, world.actor(*CAROL), request.id, Decision.APPROVE, "", HERE)
    world.work()
    cancel(world.services, world.actor(*PAM), identity, HERE)
    assert held(world) == {("P001", USER)}
    assert entries(world, AuditKind.UNUSED_ACCOUNT_REMOVED) == []


def test_two_organisations_are_two_invitations_of_one_account(world: World) -> None:
    """INV-1: who was only invited is nobody's user yet. The account goes with the last of them."""
    first = invite(world)
    second = invite(world, CAROL, code="A01", role=Role.COMMISSIONER_USER)
    assert len({one.person_id for one in of_address(world)}) == 1
    cancel(world.services, world.actor(*PAM), first, HERE)
    assert held(world) == set()
    cancel(world.services, world.actor(*CHRIS), second, HERE)
    assert held(world) is None


def test_both_accepted(world: World) -> None:
    """INV-2: one account with both roles, and one link to set a password with."""
    invite(world)
    first = newest(world)
    invite(world, CAROL, code="A01", role=Role.COMMISSIONER_USER)
    accepted(world, first)
    accepted(world, newest(world))
    assert held(world) == {("P002", USER), ("A01", Role.COMMISSIONER_USER)}
