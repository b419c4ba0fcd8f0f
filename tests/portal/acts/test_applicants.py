"""Who a request is for: an account where there is one, an e-mail address until then."""

from datetime import timedelta
from uuid import UUID

import pytest

from directory.vocabulary import ApprovalLevel, Holding, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.acts.register import Registration, register
from portal.acts.withdraw import withdraw
from portal.mirroring.follow import follow
from portal.model.requests import AccessRequest, RequestState
from portal.rules.actor import ActingAs
from portal.rules.errors import AlreadyAsked, NotAllowed, RequestNotFound
from portal.rules.verdict import Refusal
from portal.store.queries import evidence, notices, requests
from tests.support.builders.world import HERE, World

NORA = "nora@p009.example"


@pytest.fixture
def world(world: World) -> World:
    """With a multi-level practice that has nobody yet."""
    world.directory.place("P009", "Forties Surgery", parent="A01", approval_level=ApprovalLevel.MULTI)
    follow(world.services)
    return world


def asked(world: World, role: Role, code: str = "P009") -> UUID:
    """The id of Nora's request to be let in there; she may have asked for more."""
    register(world.services, Registration(NORA, code, role, "Nora", "New"), HERE)
    world.work()
    with world.services.sessions() as session:
        found = [one for one in requests.all_open(session) if (one.email, one.role) == (NORA, role)]
    return found[-1].id


def approve(world: World, actor: ActingAs, request_id: UUID) -> AccessRequest:
    decided = decide(world.services, actor, request_id, Decision.APPROVE, "", HERE)
    world.work()
    follow(world.services)
    world.work()
    return decided


def carol(world: World) -> ActingAs:
    return world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")


def as_approver(world: World, person_id: str, code: str = "P009") -> ActingAs:
    held = Holding(Role.PROVIDER_APPROVER, world.directory.organisation(code).path)
    return ActingAs(person_id, held)


def let_in(world: World) -> tuple[str, UUID]:
    """Nora asked twice, and is the practice's only approver by now: her id, and her other request."""
    first, second = asked(world, Role.PROVIDER_APPROVER), asked(world, Role.PROVIDER_USER)
    approve(world, carol(world), first)
    person = world.directory.person_by_email(NORA)
    assert person
    return person.id, second


def test_the_only_approver_does_not_hold_her_own_request(world: World) -> None:
    """APR-1, ROL-3: it stays with the commissioner, who may decide it."""
    nora, second = let_in(world)
    held = world.request(second)
    assert (held.held_by_role, held.held_by_organisation) == (Role.COMMISSIONER_APPROVER, "A01")
    place = Holding(Role.PROVIDER_APPROVER, world.directory.organisation("P009").path)
    with world.services.sessions() as session:
        assert requests.open_count(session, place, nora) == 0
    assert approve(world, carol(world), second).state is RequestState.APPROVED


def test_another_address_makes_nobody_somebody_else(world: World) -> None:
    """ROL-3: the request from before there was an account is the account's."""
    nora, second = let_in(world)
    world.directory.change_address(nora, "nora.new@p009.example")
    with pytest.raises(NotAllowed) as refused:
        decide(world.services, as_approver(world, nora), second, Decision.APPROVE, "", HERE)
    assert refused.value.verdict.refusal is Refusal.YOURSELF
    approve(world, carol(world), second)
    assert {one.role for one in world.directory.standing(nora).holdings} == {
        Role.PROVIDER_APPROVER,
        Role.PROVIDER_USER,
    }
    assert world.directory.person_by_email(NORA) is None


def test_an_account_from_the_console_is_the_applicant_too(world: World) -> None:
    """ROL-3, APR-1: made by an administrator after she had asked, and renamed since."""
    request_id = asked(world, Role.PROVIDER_USER)
    nora = world.directory.enrol(NORA, "Nora", "New", (("P009", Role.PROVIDER_APPROVER),))
    follow(world.services)
    world.directory.change_address(nora.id, "nora.new@p009.example")
    assert world.request(request_id).person_id == nora.id
    with pytest.raises(NotAllowed):
        decide(world.services, as_approver(world, nora.id), request_id, Decision.APPROVE, "", HERE)


def test_one_open_request_whatever_the_address(world: World) -> None:
    """APR-5: for each person, organisation and role."""
    una = world.people["una"]
    wanted = AskedRole("P003", Role.PROVIDER_USER, "Cover")
    ask(world.services, una.id, wanted, HERE)
    world.directory.change_address(una.id, "una.new@approvers.example")
    follow(world.services)
    with pytest.raises(AlreadyAsked):
        ask(world.services, una.id, wanted, HERE)


def test_the_answer_goes_to_the_address_of_now(world: World) -> None:
    """APR-3, NOT-1: by e-mail, and among the person's notifications."""
    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P003", Role.PROVIDER_USER, "Cover"), HERE)
    world.directory.change_address(una.id, "una.new@approvers.example")
    bella = world.actor("bella", Role.COMMISSIONER_APPROVER, "B01")
    decide(world.services, bella, request_id, Decision.REJECT, "Not ours", HERE)
    world.work()
    assert len(world.post.to("una.new@approvers.example")) == 1
    assert world.post.to("una@approvers.example") == []
    with world.services.sessions() as session:
        assert notices.unread_count(session, una.id) == 2


def test_whoever_has_the_old_address_now_is_not_the_applicant(world: World) -> None:
    """PRO-3: neither sees the request among their own nor takes it back."""
    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P003", Role.PROVIDER_USER, "Cover"), HERE)
    world.directory.change_address(una.id, "una.new@approvers.example")
    ursula = world.directory.enrol(una.email, "Ursula", "Other")
    with pytest.raises(RequestNotFound):
        withdraw(world.services, ursula.id, request_id, HERE)
    with world.services.sessions() as session:
        assert requests.of_person(session, ursula.id, una.email) == []


def test_the_evidence_knows_the_person_by_any_address(world: World) -> None:
    """Tier 1 and Tier 2 in one person are seen although the address has changed."""
    tier_1 = world.directory.enrol("ted@icb.example", "Ted", "Tier", (("A01", Role.COMMISSIONER_USER),))
    asked_role = AskedRole("A01", Role.COMMISSIONER_APPROVER, "Promoted")
    request_id = ask(world.services, tier_1.id, asked_role, HERE)
    world.directory.change_address(tier_1.id, "ted.new@icb.example")
    follow(world.services)
    with world.services.sessions() as session:
        facts = evidence.facts(session, world.request(request_id), carol(world).holding)
    assert {held.role for held in facts.holdings} == {Role.COMMISSIONER_USER}


def test_a_disabled_applicant_can_only_be_rejected(world: World) -> None:
    """APR-4: the approver is told before, instead of nobody after."""
    una = world.people["una"]
    request_id = ask(world.services, una.id, AskedRole("P003", Role.PROVIDER_USER, "Cover"), HERE)
    world.directory.disable(una.id)
    bella = world.actor("bella", Role.COMMISSIONER_APPROVER, "B01")
    with pytest.raises(NotAllowed) as refused:
        decide(world.services, bella, request_id, Decision.APPROVE, "", HERE)
    assert refused.value.verdict.refusal is Refusal.APPLICANT_DISABLED
    assert (
        decide(world.services, bella, request_id, Decision.REJECT, "Left", HERE).state
        is RequestState.REJECTED
    )


def test_a_former_approver_has_nothing_left_to_review(world: World) -> None:
    """NOT-1: whose work a request isn't any more, though it stays where it is."""
    world.registered("new@p002.example", "P002")
    pam, place = world.people["pam"], world.directory.organisation("P002")
    world.directory.remove(pam.id, place, Role.PROVIDER_APPROVER)
    world.clock.move(timedelta(minutes=1))
    follow(world.services)
    world.work()
    with world.services.sessions() as session:
        assert notices.unread_count(session, pam.id) == 0
        assert notices.unread_count(session, world.people["paul"].id) == 1
