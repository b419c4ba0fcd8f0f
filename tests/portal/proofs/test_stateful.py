"""Any order of registering, asking, deciding, and of what administrators do in the console: what stays true.

The worker runs after each step, except while it is stopped; then everything catches up at once.
"""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from directory.vocabulary import ApprovalLevel, Holding, Role, Standing
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.acts.level import preview, switch
from portal.acts.register import Registration, register
from portal.acts.remove_role import preview as preview_removal
from portal.acts.remove_role import remove
from portal.acts.withdraw import withdraw
from portal.mirroring.follow import follow
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.rules.actor import ActingAs
from portal.rules.errors import PortalFault
from portal.services import Services
from tests.keycloak.proofs.records import all_requests, check_all_done, check_closed_once, check_mail
from tests.keycloak.proofs.whose import holder_of, people_on
from tests.support.builders.world import HERE, World, build
from tests.support.fakes.directory import FakeDirectory

STRANGERS = [f"stranger{number}@proofs.example" for number in range(4)]
PLACES = ("P001", "P002", "P003", "P004", "A01", "QA1")
PRACTICES = ("P001", "P002", "P003", "P004")
COMMISSIONERS = ("A01", "B01", "QA1")
ROLES = (Role.PROVIDER_USER, Role.PROVIDER_APPROVER, Role.PROVIDER_FINANCE, Role.COMMISSIONER_APPROVER)
DECIDING = (Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER, Role.SERVICE_DESK)
APPROVED, SINGLE = RequestState.APPROVED, ApprovalLevel.SINGLE
numbers = st.integers(0, 1000)


def acting(standing: Standing, holding: Holding) -> ActingAs:
    """As a session has them that heard of no closure: the acts look themselves."""
    return ActingAs(standing.person.id, holding)


class Accounts(RuleBasedStateMachine):
    """The portal on PostgreSQL and a directory in memory that an administrator changes behind its back."""

    database = ""

    @initialize()
    def begin(self) -> None:
        self.world: World = build(self.database)
        self.directory: FakeDirectory = self.world.directory
        self.directory.place("P004", "Forties Surgery", parent="A01", approval_level=ApprovalLevel.MULTI)
        self.services: Services = self.world.services
        self.working = True
        self.gone: set[str] = set()
        self.taken: set[tuple[str, str, Role]] = set()
        self.first = {
            (person.email, one.organisation, one.role)
            for person in self.directory.people()
            for one in self.directory.standing(person.id).holdings
        }

    # What people do in the portal

    @rule(email=st.sampled_from(STRANGERS), code=st.sampled_from(PLACES), role=st.sampled_from(ROLES))
    def register(self, email: str, code: str, role: Role) -> None:
        self.tried(register, Registration(email, code, role, "Stan", "Stranger"), HERE)

    @rule(number=numbers, code=st.sampled_from(PLACES), role=st.sampled_from(ROLES))
    def ask(self, number: int, code: str, role: Role) -> None:
        self.tried(ask, self.anybody(number).person.id, AskedRole(code, role, "Cover"), HERE)

    @precondition(lambda self: self.open())
    @rule(which=numbers, who=numbers, decision=st.sampled_from(Decision))
    def decide(self, which: int, who: int, decision: Decision) -> None:
        """By anybody in any of their roles: the rules say whether it counts."""
        standing = self.anybody(who)
        for holding in sorted(standing.holdings, key=repr):
            self.tried(decide, acting(standing, holding), self.pick(which), decision, "No", HERE)

    @precondition(lambda self: self.open())
    @rule(which=numbers, decision=st.sampled_from([Decision.APPROVE, Decision.APPROVE, Decision.REJECT]))
    def decide_by_holder(self, which: int, decision: Decision) -> None:
        """By one of those whom it is with, so that many are decided."""
        request = self.open()[which % len(self.open())]
        role, code = holder_of(self.directory, request)
        for standing in people_on(self.directory, role, code, request)[:1]:
            holding = next(one for one in standing.holdings if (one.role, one.organisation) == (role, code))
            self.tried(decide, acting(standing, holding), request.id, decision, "No", HERE)

    @precondition(lambda self: self.open())
    @rule(which=numbers)
    def withdraw(self, which: int) -> None:
        request = self.open()[which % len(self.open())]
        person = self.directory.person_by_email(request.email)
        if person:
            self.tried(withdraw, person.id, request.id, HERE)

    @rule(code=st.sampled_from(PRACTICES), who=numbers)
    def switch_level(self, code: str, who: int) -> None:
        standing = self.anybody(who)
        for holding in sorted(standing.holdings, key=repr):
            actor = acting(standing, holding)
            change = self.tried(preview, actor, code)
            if change:
                named = [person.id for person in change.approvers]
                self.tried(switch, actor, code, change.level, named, HERE)
                if change.level is SINGLE:
                    self.stepped_down(code, named)
                return

    @rule(number=numbers, which=numbers, shown=st.booleans())
    def remove_role(self, number: int, which: int, shown: bool) -> None:
        """One role of a person, by whichever approver may; sometimes without having seen the warning."""
        standing = self.anybody(number)
        for held in sorted(standing.holdings, key=repr)[which % max(1, len(standing.holdings)) :][:1]:
            asked = (standing.person.id, held.organisation, held.role)
            for actor in self.approvers():
                removal = self.tried(preview_removal, actor, *asked)
                warning = removal.warning if removal and shown else ""
                if removal and self.tried(remove, actor, *asked, warning, HERE):
                    assert actor.person_id != standing.person.id
                    self.removed(standing, held, warning)

    # What an administrator does in Keycloak's console

    @rule(number=numbers, what=st.sampled_from(["disable", "enable", "lock", "unlock"]))
    def change_account(self, number: int, what: str) -> None:
        getattr(self.directory, what)(self.anybody(number).person.id)

    @rule(number=numbers)
    def revoke(self, number: int) -> None:
        """Every role of a person at an organisation goes."""
        standing = self.anybody(number)
        for holding in standing.holdings:
            if holding.path:
                place = self.directory.organisation(holding.organisation)
                self.directory.remove(standing.person.id, place, holding.role)
                self.taken.add((standing.person.email, holding.organisation, holding.role))

    @rule(code=st.sampled_from(PRACTICES), parent=st.sampled_from(("A01", "B01", "QA1")))
    def move(self, code: str, parent: str) -> None:
        if code not in self.gone and parent not in self.gone:
            self.directory.move(code, parent)

    @rule(code=st.sampled_from((*PRACTICES, "A01", "QA1")), status=st.sampled_from(["closed", "open"]))
    def close_or_reopen(self, code: str, status: str) -> None:
        if code not in self.gone:
            self.directory.change(code, status=status)

    @rule(code=st.sampled_from(PRACTICES), level=st.sampled_from(ApprovalLevel))
    def set_level(self, code: str, level: ApprovalLevel) -> None:
        """As an attribute, past the portal: nobody steps down."""
        if code not in self.gone:
            self.directory.change(code, approval_level=level.value)

    @rule(number=numbers)
    def delete_place(self, number: int) -> None:
        """Rarely: a practice's group goes."""
        code = PRACTICES[number % 3]
        if number < 60 and code not in self.gone:
            self.directory.close_down(code)
            self.gone.add(code)

    # The worker

    @rule(working=st.booleans())
    def stop_or_start(self, working: bool) -> None:
        self.working = working

    @invariant()
    def all_is_well(self) -> None:
        if not hasattr(self, "world"):
            return
        self.check_nobody_decided_for_themselves()
        if self.working:
            self.work()
            check_all_done(self.services)
            check_closed_once(self.services)
            for request in self.open():
                self.check_somebody_has_it(request)
            self.check_grants()
            check_mail(self.services, self.world.post)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.working = True
            self.all_is_well()
            self.services.sessions.kw["bind"].dispose()

    def work(self) -> None:
        """What the worker does within seconds."""
        self.world.work()
        follow(self.services)
        self.world.work()

    # What must be so

    def check_nobody_decided_for_themselves(self) -> None:
        for request in all_requests(self.services):
            if request.decided_by and request.state in {APPROVED, RequestState.REJECTED}:
                decider = self.directory.person(request.decided_by)
                assert decider.email != request.email, request.id

    def check_somebody_has_it(self, request: AccessRequest) -> None:
        """It is noted as being with those who decide by the specification, and each of them was told."""
        role, code = holder_of(self.directory, request)
        assert (request.held_by_role, request.held_by_organisation) == (role, code), request.organisation_code
        assert request.held_since is not None
        people = people_on(self.directory, role, code, request)
        assert people or role is Role.SERVICE_DESK
        first = request.kind is RequestKind.NEW_ACCOUNT
        kind = NoticeKind.REQUEST_NEW_ACCOUNT if first else NoticeKind.REQUEST_ADDITIONAL_ROLE
        told = select(Notice.person_id).where(Notice.request_id == request.id, Notice.kind == kind)
        with self.services.sessions() as session:
            assert {one.person.id for one in people} <= set(session.scalars(told))

    def check_grants(self) -> None:
        """What is held is what there was, and what was approved, without what the console took."""
        approved = {
            (one.email, one.organisation_code, one.role)
            for one in all_requests(self.services)
            if one.applied_at
        }
        held = {
            (person.email, one.organisation, one.role)
            for person in self.directory.people()
            for one in self.directory.standing(person.id).holdings
        }
        assert held <= self.first | approved, held - self.first - approved
        missing = {one for one in (self.first | approved) - held - self.taken if one[1] not in self.gone}
        assert not missing, missing

    # Small things

    def open(self) -> list[AccessRequest]:
        return [request for request in all_requests(self.services) if request.is_open]

    def pick(self, which: int) -> UUID:
        return self.open()[which % len(self.open())].id if self.open() else UUID(int=0)

    def anybody(self, number: int) -> Standing:
        people = list(self.directory.people())
        return self.directory.standing(people[number % len(people)].id)

    def approvers(self) -> list[ActingAs]:
        """Everybody in each role that decides anything."""
        people = [self.directory.standing(person.id) for person in self.directory.people()]
        return [acting(one, held) for one in people for held in one.holdings if held.role in DECIDING]

    def tried(self, act, *words):  # type: ignore[no-untyped-def]
        """What the act gives, or nothing when it is refused."""
        try:
            return act(self.services, *words)
        except PortalFault:
            return None

    def removed(self, standing: Standing, held: Holding, warning: str) -> None:
        """The machine's own knowledge of a removal: nobody's own, and the last approver's with a warning."""
        self.taken.add((standing.person.email, held.organisation, held.role))
        if held.role is Role.COMMISSIONER_APPROVER and standing.is_active and not warning:
            place = self.directory.organisation(held.organisation)
            others = self.directory.holders(place, held.role)
            assert place.status == "closed" or [one for one in others if one.is_active], held

    def stepped_down(self, code: str, people: list[str]) -> None:
        """The machine's own knowledge of what a switch to single-level does to people."""
        for person_id in people:
            email = self.directory.person(person_id).email
            self.taken.add((email, code, Role.PROVIDER_APPROVER))
            self.first.add((email, code, Role.PROVIDER_USER))


@pytest.mark.parametrize("examples", [30])
def test_whatever_happens(database: str, examples: int) -> None:
    """APR-1, APR-4, ROL-3, AUD-1: whatever people and administrators do, in any order.

    What fails is not made smaller, which takes minutes: add Phase.shrink for that.
    """
    machine = type("AccountsHere", (Accounts,), {"database": database})
    bounded = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(machine, settings=bounded)
