"""What is true of the rules whatever the country and its people look like."""

from dataclasses import replace

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
from portal.rules.routing import SERVICE_DESK, Rung, holding_rung, next_rung, rungs
from tests.rules.world import EVERYWHERE, TYPES, holding, organisation

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


def on(rung: Rung, crowd: dict[str, Standing]) -> list[str]:
    return [name for name, one in crowd.items() if one.holds(Holding(rung.role, rung.path))]


def approver_present(target: Organisation, crowd: dict[str, Standing], applicant: str | None) -> bool:
    present = on(Rung(Role.PROVIDER_APPROVER, target.path), crowd)
    return any(name != applicant for name in present)


@given(targets, roles, crowds(), st.sampled_from([None, *NAMES]), st.booleans())
def test_nothing_waits_for_nobody(
    target: Organisation, role: Role, crowd: dict[str, Standing], applicant: str | None, escalated: bool
) -> None:
    """APR-1: a request sits with a rung whose every active person but the applicant may decide it."""
    ask = Ask(target, role, applicant, f"{applicant}@practice.example", escalated)
    rung = holding_rung(rungs(target, role), lambda rung: on(rung, crowd), applicant)
    deciders = [name for name in on(rung, crowd) if name != applicant]
    assert deciders or rung == SERVICE_DESK
    for name in deciders:
        verdict = may_decide(
            ask, Actor(crowd[name], rung.holding), approver_present(target, crowd, applicant)
        )
        assert verdict.allowed, (name, rung, verdict)


@given(targets, roles, crowds(), st.sampled_from([None, *NAMES]))
def test_each_step_up_reaches_people_who_may_decide(
    target: Organisation, role: Role, crowd: dict[str, Standing], applicant: str | None
) -> None:
    """APR-6: escalation climbs, ends at the Service Desk, and those it tells may act."""
    ladder = rungs(target, role)
    ask = Ask(target, role, applicant, "", escalated=True)
    seen = [holding_rung(ladder, lambda rung: on(rung, crowd), applicant)]
    while above := next_rung(ladder, seen[-1], lambda rung: on(rung, crowd), applicant):
        assert ladder.index(above) > ladder.index(seen[-1])
        seen.append(above)
        for name in on(above, crowd):
            if name != applicant:
                assert may_decide(ask, Actor(crowd[name], above.holding), has_active_approver=True).allowed
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
        assert not may_decide(ask, Actor(crowd[name], acting), present).allowed


@given(targets, roles, held, st.booleans(), st.booleans(), st.sampled_from(["disabled", "locked", "taken"]))
def test_the_powerless_decide_nothing(
    target: Organisation, role: Role, acting: Holding, present: bool, escalated: bool, how: str
) -> None:
    """ROL-3: locked, disabled, or no longer in the role."""
    person = Person("ann", "ann@practice.example", "Ann", "", enabled=how != "disabled")
    standing = Standing(person, frozenset() if how == "taken" else frozenset({acting}), how == "locked")
    ask = Ask(target, role, None, "new@practice.example", escalated)
    assert not may_decide(ask, Actor(standing, acting), present).allowed


@given(targets, roles, held, st.frozensets(held), st.booleans())
def test_other_roles_neither_add_nor_take_powers(
    target: Organisation, role: Role, acting: Holding, others: frozenset[Holding], present: bool
) -> None:
    """AUT-5: what is allowed follows the active role alone."""
    person = Person("ann", "ann@practice.example", "Ann", "")
    ask = Ask(target, role, None, "new@practice.example")
    alone = may_decide(ask, Actor(Standing(person, frozenset({acting})), acting), present)
    among = may_decide(ask, Actor(Standing(person, others | {acting}), acting), present)
    assert alone == among


@given(targets, roles, held)
def test_facts_move_rights_one_way(target: Organisation, role: Role, acting: Holding) -> None:
    """APR-1, APR-6, ORG-5: an approver present and a closure never let more in; escalation never fewer."""
    actor = Actor(Standing(Person("ann", "ann@practice.example", "Ann", ""), frozenset({acting})), acting)
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
