"""Whoever knows an address can lock its account with wrong passwords: that moves no request and no power."""

import pytest

from directory.vocabulary import Person, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.acts.preferences import set_wants_email
from portal.mirroring.follow import follow
from portal.model.requests import RequestState
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Refusal
from tests.support.builders.world import HERE, MULTI, World

APPROVER, COMMISSIONER = Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER


@pytest.fixture
def pam(world: World) -> Person:
    """The practice's only approver, whom somebody has locked out, as the worker has seen."""
    world.directory.disable(world.people["paul"].id)
    world.directory.lock(world.people["pam"].id)
    follow(world.services)
    world.work()
    return world.people["pam"]


def test_the_commissioner_does_not_get_to_decide(world: World, pam: Person) -> None:
    """ROL-3, APR-1: the request is the locked approver's still, who is told of it."""
    request_id = world.registered("new@p002.example", MULTI)
    request = world.request(request_id)
    assert (request.held_by_role, request.held_by_organisation) == (APPROVER, MULTI)
    with pytest.raises(NotAllowed) as refused:
        decide(
            world.services, world.actor("carol", COMMISSIONER, "A01"), request_id, Decision.APPROVE, "", HERE
        )
    assert refused.value.verdict.refusal is Refusal.HAS_OWN_APPROVER
    assert world.request(request_id).state is RequestState.OPEN
    assert world.post.to(pam.email) == ["Request for New User Account: Cromarty Medical"]


def test_what_waits_stays_where_it_is(world: World) -> None:
    """ROL-3: a request that was there before the lock."""
    request_id = world.registered("new@p002.example", MULTI)
    for who, befall in (("paul", world.directory.disable), ("pam", world.directory.lock)):
        befall(world.people[who].id)
        follow(world.services)
        world.work()
    assert world.request(request_id).held_by_organisation == MULTI
    assert world.post.to("carol@approvers.example") == []


def test_the_commissioner_finds_no_request_to_decide(world: World, pam: Person) -> None:
    """ROL-3: the lists go by the same."""
    world.registered("new@p002.example", MULTI)
    carol = world.browser(world.people["carol"], world.holding("A01", COMMISSIONER))
    assert "new@p002.example" not in carol.open("/requests").said
    mine = world.browser(pam, world.holding(MULTI, APPROVER))
    assert "new@p002.example" in mine.open("/requests").said


def test_an_open_session_goes_on(world: World, pam: Person) -> None:
    """ROL-3: it was signed in before; its pages open and its decisions count."""
    request_id = world.registered("new@p002.example", MULTI)
    browser = world.browser(pam, world.holding(MULTI, APPROVER))
    for page in ("/home", "/requests", "/users", f"/requests/{request_id}"):
        assert browser.open(page).status == 200, page
    decide(world.services, world.actor("pam", APPROVER, MULTI), request_id, Decision.APPROVE, "", HERE)
    assert world.request(request_id).applied_at is not None


def test_what_everybody_may_goes_on(world: World, pam: Person) -> None:
    """ROL-3: asking for a role and saving preferences are no matter of signing in."""
    assert ask(world.services, pam.id, AskedRole("P001", Role.PROVIDER_USER, "Cover"), HERE)
    assert set_wants_email(world.services, pam.id, False, HERE)


def test_the_audit_and_the_list_show_it(world: World, pam: Person) -> None:
    """AUT-3: an approver over them sees it, with nothing else of theirs changed."""
    carol = world.browser(world.people["carol"], world.holding("A01", COMMISSIONER))
    assert "Locked" in carol.open(f"/users?q={pam.email}").said
