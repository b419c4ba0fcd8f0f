"""Any order of registering, asking, deciding, and of what administrators do in the console: a machine to run.

The worker runs after each step, except while it is stopped; then everything catches up at once.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import ClassVar
from uuid import UUID

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

from directory.contract import Reader
from directory.vocabulary import ApprovalLevel, Holding, Role, Standing
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.acts.level import preview, switch
from portal.acts.register import Registration, register
from portal.acts.remove_role import preview as preview_removal
from portal.acts.remove_role import remove
from portal.acts.withdraw import withdraw
from portal.effects.organisation_news import GATHERED
from portal.mirroring.follow import follow
from portal.model.requests import AccessRequest
from portal.rules.actor import ActingAs
from portal.rules.errors import PortalFault
from portal.services import Services
from tests.support.builders.world import HERE, World
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fakes.directory import FakeDirectory
from tests.support.proofs.always import Known, check_nobody_decided_for_themselves, check_settled
from tests.support.proofs.records import all_requests
from tests.support.proofs.snapshot import Snapshot
from tests.support.proofs.whose import holder_of, people_on

STRANGERS = [*(f"stranger{number}@proofs.example" for number in range(3)), "pam+2@approvers.example"]
PLACES = ("P001", "P002", "P003", "P004", "A01", "QA1")
PRACTICES = ("P001", "P002", "P003", "P004")
ROLES = (Role.PROVIDER_USER, Role.PROVIDER_APPROVER, Role.PROVIDER_FINANCE, Role.COMMISSIONER_APPROVER)
DECIDING = (Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER, Role.SERVICE_DESK)
SINGLE = ApprovalLevel.SINGLE
numbers = st.integers(0, 1000)


def acting(standing: Standing, holding: Holding) -> ActingAs:
    """As a session has them that heard of no closure: the acts look themselves."""
    return ActingAs(standing.person.id, holding)


class Accounts(RuleBasedStateMachine):
    """The portal on PostgreSQL and a directory that an administrator changes behind its back.

    `country` makes a new small country for each example. `patience` is for how many seconds a directory may
    take to tell of a change.
    """

    country: ClassVar[Callable[[], AbstractContextManager[World]]]
    patience: ClassVar[float] = 0.0

    @initialize()
    def begin(self) -> None:
        self.ending = ExitStack()
        self.world: World = self.ending.enter_context(type(self).country())
        self.directory: FakeDirectory | KeycloakScene = self.world.directory
        self.directory.change("P004", approval_level=ApprovalLevel.MULTI.value)
        self.services: Services = self.world.services
        self.reader: Reader = self.services.reader
        self.working = True
        self.known = Known.of(Snapshot.of(self.reader))

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
        seen = Snapshot.of(self.reader)
        role, code = holder_of(seen, request)
        for standing in people_on(seen, role, code, request)[:1]:
            holding = next(one for one in standing.holdings if (one.role, one.organisation) == (role, code))
            self.tried(decide, acting(standing, holding), request.id, decision, "No", HERE)

    @precondition(lambda self: self.open())
    @rule(which=numbers)
    def withdraw(self, which: int) -> None:
        request = self.open()[which % len(self.open())]
        person = self.reader.person_by_email(request.email)
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

    @rule(number=numbers, what=st.sampled_from(["disable", "enable", "lock", "lift_lock"]))
    def change_account(self, number: int, what: str) -> None:
        person = self.anybody(number).person
        if person.enabled or what != "lock":  # Keycloak counts no wrong passwords of the disabled
            getattr(self.directory, what)(person.id)

    @rule(number=numbers)
    def revoke(self, number: int) -> None:
        """Every role of a person at an organisation goes."""
        standing = self.anybody(number)
        for holding in standing.holdings:
            if holding.path:
                place = self.reader.organisation(holding.organisation)
                self.services.writer.remove(standing.person.id, place, holding.role)
                self.known.taken.add((standing.person.email, holding.organisation, holding.role))

    @rule(code=st.sampled_from(PRACTICES), parent=st.sampled_from(("A01", "B01", "QA1")))
    def move(self, code: str, parent: str) -> None:
        if code not in self.known.gone and parent not in self.known.gone:
            self.directory.move(code, parent)

    @rule(code=st.sampled_from((*PRACTICES, "A01", "QA1")), status=st.sampled_from(["closed", "open"]))
    def close_or_reopen(self, code: str, status: str) -> None:
        if code not in self.known.gone:
            self.directory.change(code, status=status)

    @rule(code=st.sampled_from(PRACTICES), level=st.sampled_from(ApprovalLevel))
    def set_level(self, code: str, level: ApprovalLevel) -> None:
        """As an attribute, past the portal: nobody steps down."""
        if code not in self.known.gone:
            self.directory.change(code, approval_level=level.value)

    @rule(number=numbers)
    def delete_place(self, number: int) -> None:
        """Rarely: a practice's group goes."""
        code = PRACTICES[number % len(PRACTICES)]
        if number < 60 and code not in self.known.gone:
            self.directory.close_down(code)
            self.known.gone.add(code)

    # The worker

    @rule(working=st.booleans())
    def stop_or_start(self, working: bool) -> None:
        self.working = working

    @invariant()
    def all_is_well(self) -> None:
        if not hasattr(self, "world"):
            return
        check_nobody_decided_for_themselves(self.services)
        if self.working:
            self.work_until_settled()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            with self.ending:
                self.working = True
                self.all_is_well()

    def work_until_settled(self) -> None:
        """What the worker does within seconds, and what must be so when it has."""
        until = time.monotonic() + self.patience
        while True:
            self.world.work()
            follow(self.services)
            self.world.clock.move(GATHERED)  # commissioners hear of a minute's changes together
            self.world.work()
            try:
                return check_settled(self.services, self.world.post, self.known)
            except AssertionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    # Small things

    def open(self) -> list[AccessRequest]:
        return [request for request in all_requests(self.services) if request.is_open]

    def pick(self, which: int) -> UUID:
        return self.open()[which % len(self.open())].id if self.open() else UUID(int=0)

    def anybody(self, number: int) -> Standing:
        people = sorted(self.reader.people(), key=lambda person: person.email)
        return self.reader.standing(people[number % len(people)].id)

    def approvers(self) -> list[ActingAs]:
        """Everybody in each role that decides anything."""
        holdings = Snapshot.of(self.reader).holdings()
        return [acting(one, held) for one, held in holdings if held.role in DECIDING]

    def tried(self, act, *words):  # type: ignore[no-untyped-def]
        """What the act gives, or nothing when it is refused."""
        try:
            return act(self.services, *words)
        except PortalFault:
            return None

    def removed(self, standing: Standing, held: Holding, warning: str) -> None:
        """The machine's own knowledge of a removal: nobody's own, and the last approver's with a warning."""
        self.known.taken.add((standing.person.email, held.organisation, held.role))
        if held.role is Role.COMMISSIONER_APPROVER and standing.is_active and not warning:
            place = self.reader.organisation(held.organisation)
            others = self.reader.holders(place, held.role)
            assert place.status == "closed" or [one for one in others if one.is_active], held

    def stepped_down(self, code: str, people: list[str]) -> None:
        """The machine's own knowledge of what a switch to single-level does to people."""
        for person_id in people:
            email = self.reader.person(person_id).email
            self.known.taken.add((email, code, Role.PROVIDER_APPROVER))
            self.known.first.add((email, code, Role.PROVIDER_USER))


def run(
    country: Callable[[], AbstractContextManager[World]], examples: int, steps: int, patience: float = 0
) -> None:
    """Runs so many examples of so many steps.

    What fails is not made smaller, which takes minutes: add Phase.shrink for that.
    """
    machine = type("AccountsHere", (Accounts,), {"country": staticmethod(country), "patience": patience})
    bounded = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(machine, settings=bounded)
