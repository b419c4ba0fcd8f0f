"""What is true of the rules whatever the country and its people look like."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    Organisation,
    OrganisationStatus,
    Person,
    Role,
    Standing,
)
from portal.rules.actor import Actor
from portal.rules.decisions import Ask, may_decide
from portal.rules.roles import offered
from portal.rules.routing import SERVICE_DESK, ActivePeople, Rung, holding_rung, next_rung, rungs
from tests.unit.rules.world import EVERYWHERE, TYPES, holding, organisation

POWERLESS = ("disabled", "taken", "closed")
NAMES = ("ann", "bob", "cat", "dev", "eve")
targets = st.builds(
    organisation,
    st.sampled_from(sorted(TYPES)),
    st.sampled_from(ApprovalLevel),
    st.sampled_from(OrganisationStatus),
)
roles = st.sampled_from([role for role in Role if role is not Role.SERVICE_DESK])
held = st.builds(holding, st.sampled_from(Role), st.sampled_from([*TYPES, EVERYWHERE]))


@st.composite
def crowds(draw: st.DrawFn) -> dict[str, Standing]:
    """Some people, some of them disabled or locked, with any roles anywhere."""
    return {
        name: Standing(
            Person(name, f"{name}@practice.example", name, "", enabled=draw(st.booleans())),
            draw(st.frozensets(held, max_size=6)),
            locked=draw(st.integers(0, 3)) == 0,
        )
        for name in NAMES
    }


@dataclass(frozen=True)
class Country:
    """People, and the codes of the organisations that have closed."""

    crowd: dict[str, Standing]
    closed: frozenset[str]

    def on(self, rung: Rung) -> list[str]:
        if rung.holding.organisation in self.closed:
            return []
        return [name for name, one in self.crowd.items() if one.holds(rung.holding)]

    def actor(self, name: str, acting: Holding) -> Actor:
        return Actor(self.crowd[name], acting, acting.organisation in self.closed)

    def others(self, applicant: str | None) -> ActivePeople:
        return lambda rung: [name for name in self.on(rung) if name != applicant]

    def has_approver(self, target: Organisation, applicant: str | None) -> bool:
        present = self.on(Rung(Role.PROVIDER_APPROVER, target.path))
        return any(name != applicant for name in present)


countries = st.builds(Country, crowds(), st.frozensets(st.sampled_from(sorted(TYPES)), max_size=4))


@given(targets, roles, countries, st.sampled_from([None, *NAMES]), st.booleans())
def test_nothing_waits_for_nobody(
    target: Organisation, role: Role, country: Country, applicant: str | None, escalated: bool
) -> None:
    """APR-1, ORG-5: a request sits with a rung whose every active person but the applicant may decide it."""
    ask = Ask(target, role, applicant, f"{applicant}@practice.example", escalated)
    rung = holding_rung(rungs(target, role), country.others(applicant))
    deciders = [name for name in country.on(rung) if name != applicant]
    assert deciders or rung == SERVICE_DESK
    for name in deciders:
        actor = country.actor(name, rung.holding)
        verdict = may_decide(ask, actor, country.has_approver(target, applicant))
        assert verdict.allowed, (name, rung, verdict)


@given(targets, roles, countries, st.sampled_from([None, *NAMES]))
def test_each_step_up_reaches_people_who_may_decide(
    target: Organisation, role: Role, country: Country, applicant: str | None
) -> None:
    """APR-6, ORG-5: escalation climbs past the closed to the Service Desk, and those it tells may act."""
    ladder = rungs(target, role)
    ask = Ask(target, role, applicant, "", escalated=True)
    seen = [holding_rung(ladder, country.others(applicant))]
    while above := next_rung(ladder, seen[-1], country.others(applicant)):
        assert ladder.index(above) > ladder.index(seen[-1])
        seen.append(above)
        for name in country.on(above):
            if name != applicant:
                actor = country.actor(name, above.holding)
                assert may_decide(ask, actor, has_active_approver=True).allowed
    assert seen[-1] == SERVICE_DESK


@given(targets, roles, crowds(), st.sampled_from(NAMES), st.booleans(), st.booleans(), st.booleans())
def test_nobody_decides_for_themselves(
    target: Organisation,
    role: Role,
    crowd: dict[str, Standing],
    name: str,
    by_email: bool,
    present: bool,
    escalated: bool,
) -> None:
    """ROL-3: in none of their roles, whether the request knows their account or only their address."""
    ask = Ask(
        target, role, None if by_email else name, f"{name}@Practice.Example" if by_email else "", escalated
    )
    for acting in crowd[name].holdings:
        assert not may_decide(ask, Actor(crowd[name], acting, False), present).allowed


@given(targets, roles, held, st.booleans(), st.booleans(), st.sampled_from(POWERLESS))
def test_the_powerless_decide_nothing(
    target: Organisation, role: Role, acting: Holding, present: bool, escalated: bool, how: str
) -> None:
    """ROL-3, ORG-5: disabled, no longer in the role, or at an organisation that has closed."""
    person = Person("ann", "ann@practice.example", "Ann", "", enabled=how != "disabled")
    standing = Standing(person, frozenset() if how == "taken" else frozenset({acting}))
    ask = Ask(target, role, None, "new@practice.example", escalated)
    assert not may_decide(ask, Actor(standing, acting, how == "closed"), present).allowed


@given(targets, roles, held, st.booleans(), st.booleans())
def test_a_lock_neither_adds_nor_takes_powers(
    target: Organisation, role: Role, acting: Holding, present: bool, escalated: bool
) -> None:
    """ROL-3: whoever knows an address can cause it."""
    standing = Standing(Person("ann", "ann@practice.example", "Ann", ""), frozenset({acting}))
    ask = Ask(target, role, None, "new@practice.example", escalated)
    answers = {
        may_decide(ask, Actor(one, acting, False), present)
        for one in (standing, replace(standing, locked=True))
    }
    assert len(answers) == 1
    assert replace(standing, locked=True).holds(acting)


@given(targets, roles, held, st.frozensets(held), st.booleans())
def test_other_roles_neither_add_nor_take_powers(
    target: Organisation, role: Role, acting: Holding, others: frozenset[Holding], present: bool
) -> None:
    """AUT-5: what is allowed follows the active role alone."""
    person = Person("ann", "ann@practice.example", "Ann", "")
    ask = Ask(target, role, None, "new@practice.example")
    alone = may_decide(ask, Actor(Standing(person, frozenset({acting})), acting, False), present)
    among = may_decide(ask, Actor(Standing(person, others | {acting}), acting, False), present)
    assert alone == among


@given(targets, roles, held)
def test_facts_move_rights_one_way(target: Organisation, role: Role, acting: Holding) -> None:
    """APR-1, APR-6, ORG-5: an approver present and a closure never let more in; escalation never fewer."""
    ann = Standing(Person("ann", "ann@practice.example", "Ann", ""), frozenset({acting}))
    actor = Actor(ann, acting, False)
    ask = Ask(target, role, None, "new@practice.example")
    absent, present = (may_decide(ask, actor, here).allowed for here in (False, True))
    escalated = may_decide(replace(ask, escalated=True), actor, True).allowed
    closed = replace(ask, organisation=replace(target, status=OrganisationStatus.CLOSED))
    assert present <= absent
    assert present <= escalated <= absent
    assert may_decide(closed, actor, False).allowed <= absent


@given(targets)
def test_nobody_is_ever_offered_the_service_desks_role(target: Organisation) -> None:
    """ROL-1: and nothing at all by an organisation that is not open."""
    assert Role.SERVICE_DESK not in offered(target)
    assert target.is_open or offered(target) == ()
