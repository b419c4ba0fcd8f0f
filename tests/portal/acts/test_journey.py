"""From registering to the granted role, on one level."""

import pytest

from directory.vocabulary import Holding, OrganisationStatus, Role
from portal.acts.decide import Decision, decide
from portal.acts.register import Registration, register
from portal.acts.withdraw import withdraw
from portal.model import RequestState
from portal.rules.errors import AlreadyDecided, NotAllowed, OrganisationClosed, ReasonNeeded, RoleNotOffered
from portal.rules.verdict import Refusal
from portal.store.queries import notices, people
from tests.support.builders.world import HERE, World


def approve(world: World, request_id, who="carol", role=Role.COMMISSIONER_APPROVER, code="A01"):
    return decide(world.services, world.actor(who, role, code), request_id, Decision.APPROVE, "", HERE)


def test_a_new_person_is_approved_and_given_the_role(world: World) -> None:
    """REG-1, REG-3, APR-4: approval makes the account, grants the role, and mails one link."""
    request_id = world.registered()
    decided = approve(world, request_id)
    assert (decided.state, decided.decided_by_name) == (RequestState.APPROVED, "Carol Person")
    world.work()
    person = world.directory.person_by_email("new@p001.example")
    path = world.directory.organisation("P001").path
    assert world.directory.standing(person.id).holdings == {Holding(Role.PROVIDER_USER, path)}
    assert world.directory.welcomes == [person.id]
    assert world.request(request_id).applied_at is not None
    with world.services.sessions() as session:
        seen = people.standing(session, person.id)
    assert seen is not None
    assert seen.holdings == {Holding(Role.PROVIDER_USER, path)}


def test_all_approvers_of_the_nearest_commissioner_are_told(world: World) -> None:
    """APR-2: a notice and an e-mail each, and nobody else is told."""
    request_id = world.registered()
    told = ["carol", "chris"]
    with world.services.sessions() as session:
        counts = {who: notices.unread_count(session, one.id) for who, one in world.people.items()}
    assert [who for who, count in counts.items() if count] == told
    subjects = {message["To"] for message in world.post.sent}
    assert subjects == {f"{who}@approvers.example" for who in told}
    request = world.request(request_id)
    assert (request.held_by_role, request.held_by_organisation) == (Role.COMMISSIONER_APPROVER, "A01")


def test_a_known_address_makes_no_request_and_is_told_so(world: World) -> None:
    """REG-2: somebody with an account gets an e-mail that says how to ask."""
    register(
        world.services,
        Registration("UNA@approvers.example", "P001", Role.PROVIDER_USER, "Una", "Person"),
        HERE,
    )
    world.work()
    assert world.request_of("una@approvers.example") is None
    assert world.post.to("una@approvers.example") == ["You already have an account"]


def test_the_same_again_makes_no_second_request(world: World) -> None:
    """APR-5: one open request for the same."""
    first = world.registered()
    assert world.registered() == first
    assert world.post.to("new@p001.example") == ["Your request is still being looked at"]


def test_a_second_decision_is_told_of_the_first(world: World) -> None:
    """APR-4: decided once; the other learns who, what and when."""
    request_id = world.registered()
    first = approve(world, request_id)
    with pytest.raises(AlreadyDecided) as told:
        decide(
            world.services,
            world.actor("chris", Role.COMMISSIONER_APPROVER, "A01"),
            request_id,
            Decision.REJECT,
            "no",
            HERE,
        )
    assert (told.value.by_name, told.value.state) == ("Carol Person", RequestState.APPROVED)
    assert told.value.at == first.decided_at


def test_somebody_elsewhere_may_not(world: World) -> None:
    """ROL-2: a commissioner's approver decides below their own organisation only."""
    request_id = world.registered()
    with pytest.raises(NotAllowed) as refused:
        approve(world, request_id, "bella", code="B01")
    assert refused.value.verdict.refusal is Refusal.NOT_YOUR_ORGANISATION
    assert world.request(request_id).is_open


def test_a_disabled_approver_has_no_powers(world: World) -> None:
    """ROL-3: from the moment of disabling, whatever their session says."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.directory.disable(carol.person_id)
    with pytest.raises(NotAllowed):
        decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)


@pytest.mark.parametrize("code", ["A01", "QA1"])
def test_a_closed_commissioners_approver_has_no_powers(world: World, code: str) -> None:
    """ORG-5: over a practice still below it, whatever the portal's copy says; the other keeps theirs."""
    request_id = world.registered()
    who = {"A01": "carol", "QA1": "iris"}
    world.directory.change(code, status=OrganisationStatus.CLOSED)
    for decision in Decision:
        closed = world.actor(who[code], Role.COMMISSIONER_APPROVER, code)
        with pytest.raises(NotAllowed) as refused:
            decide(world.services, closed, request_id, decision, "no", HERE)
        assert refused.value.verdict.refusal is Refusal.PLACE_CLOSED
        assert world.request(request_id).is_open
    other = "QA1" if code == "A01" else "A01"
    approve(world, request_id, who[other], code=other)


def test_a_role_at_a_deleted_organisation_has_no_powers(world: World) -> None:
    """ORG-5: its group is gone from Keycloak, and the role with it."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.directory.close_down("A01")
    with pytest.raises(NotAllowed) as refused:
        decide(world.services, carol, request_id, Decision.APPROVE, "", HERE)
    assert refused.value.verdict.refusal is Refusal.NO_LONGER_HELD


def test_rejection_needs_a_reason_and_tells_it(world: World) -> None:
    """APR-3: the reason is told to the person."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    for reason in ("", "   ", "x" * 251):
        with pytest.raises(ReasonNeeded):
            decide(world.services, carol, request_id, Decision.REJECT, reason, HERE)
    decide(world.services, carol, request_id, Decision.REJECT, "Not <b>known</b> here", HERE)
    world.work()
    mail = next(message for message in world.post.sent if message["To"] == "new@p001.example")
    assert "Not <b>known</b> here" in mail.get_body(("plain",)).get_content()
    assert "Not &lt;b&gt;known&lt;/b&gt; here" in mail.get_body(("html",)).get_content()
    assert world.directory.person_by_email("new@p001.example") is None


def test_what_an_organisation_does_not_offer_cannot_be_asked(world: World) -> None:
    """ROL-1, ORG-5: a single-level provider has no approver; a closed organisation takes nobody."""
    asked = Registration("new@p001.example", "P001", Role.PROVIDER_APPROVER, "Nora", "New")
    with pytest.raises(RoleNotOffered):
        register(world.services, asked, HERE)
    with world.services.sessions.begin() as session:
        from portal.model import MirroredOrganisation

        session.get(MirroredOrganisation, "P001").status = "closed"
    with pytest.raises(OrganisationClosed):
        register(world.services, asked, HERE)


def test_withdrawing_ends_it(world: World) -> None:
    """APR-4, PRO-3: a withdrawn request can't be approved any more."""
    from portal.acts.ask import AskedRole, ask

    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P003", Role.PROVIDER_USER, "Cover"), HERE)
    withdraw(world.services, una.id, request_id, HERE)
    with pytest.raises(AlreadyDecided) as told:
        approve(world, request_id, "bella", code="B01")
    assert told.value.state is RequestState.WITHDRAWN
