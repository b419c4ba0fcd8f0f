"""Who decides once an approver is gone: generated countries against the oracle, and what has to hold."""

from hypothesis import given
from hypothesis import strategies as st

from directory.vocabulary import ApprovalLevel, Holding, Organisation, OrganisationStatus, Role
from portal.rules.routing import Rung
from portal.rules.succession import successor
from tests.unit.rules import oracle
from tests.unit.rules.world import PATHS, TYPES, organisation

NAMES = ("ann", "bob", "cat")
APPROVERS = (Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER)
Present = dict[tuple[str, str], set[str]]
targets = st.builds(
    organisation,
    st.sampled_from(sorted(TYPES)),
    st.sampled_from(ApprovalLevel),
    st.sampled_from(OrganisationStatus),
)
presents = st.dictionaries(
    st.tuples(st.sampled_from([role.value for role in APPROVERS]), st.sampled_from(sorted(TYPES))),
    st.sets(st.sampled_from(NAMES), max_size=2),
    max_size=12,
)


def at_the_target(draw: st.DrawFn, target: Organisation, role: Role, present: Present) -> Present:
    """Makes it likely that the leaver is there."""
    if draw(st.booleans()):
        present[(role.value, target.code)] = {"ann"} | present.get((role.value, target.code), set())
    return present


@st.composite
def countries(draw: st.DrawFn) -> tuple[Organisation, Role, Present]:
    target, role = draw(targets), draw(st.sampled_from(APPROVERS))
    return target, role, at_the_target(draw, target, role, draw(presents))


def leaving(everywhere: bool, target: Organisation, role: Role) -> set[tuple[str, Holding]]:
    """Ann's one role there, or every approver's role that she could hold."""
    if not everywhere:
        return {("ann", Holding(role, target.path))}
    return {("ann", Holding(one, path)) for one in APPROVERS for path in PATHS.values()}


@given(countries(), st.booleans())
def test_it_is_as_the_oracle_says(country: tuple[Organisation, Role, Present], everywhere: bool) -> None:
    """ROL-5, APR-1: the next above with an active approver, else the Service Desk; nobody while one stays."""
    target, role, present = country
    present = {place: names for place, names in present.items() if names}
    found = successor(
        target,
        role,
        leaving(everywhere, target, role),
        lambda rung: present.get((rung.role.value, rung.holding.organisation), set()),
    )
    should = oracle.takes_over(target, role, "ann", everywhere, present)
    assert (found and (found.role.value, found.holding.organisation)) == should


@given(targets, st.sampled_from([role for role in Role if role not in APPROVERS]))
def test_others_leave_no_queue(target: Organisation, role: Role) -> None:
    """ROL-5: only approvers have one; nobody is asked who is active."""
    asked: list[Rung] = []
    gone = {("ann", Holding(role, target.path))}
    assert successor(target, role, gone, lambda rung: asked.append(rung) or {"ann"}) is None
    assert asked == []
