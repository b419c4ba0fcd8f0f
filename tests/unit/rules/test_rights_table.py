"""The rights matrix read back cell by cell: each column's yes and its no."""

import pytest

from directory.vocabulary import ApprovalLevel, Holding, Organisation, Role
from portal.rules.conditions import Place
from portal.rules.rights import TABLE, Action, may
from portal.rules.roles import offered
from portal.rules.verdict import Refusal
from tests.unit.rules import world

MULTI = ApprovalLevel.MULTI
PRACTICE, MULTI_PRACTICE = world.organisation("A10001"), world.organisation("A10001", MULTI)
OTHER_MULTI = world.organisation("A10002", MULTI)
ELSEWHERE, ELSEWHERE_MULTI = world.organisation("B10001"), world.organisation("B10001", MULTI)
SUB_ICB, ICB = world.organisation("01A"), world.organisation("QAA")
OTHER_SUB_ICB, OTHER_ICB = world.organisation("02A"), world.organisation("QBB")

PROVIDER_APPROVER = world.holding(Role.PROVIDER_APPROVER, "A10001")
SUB_ICB_APPROVER = world.holding(Role.COMMISSIONER_APPROVER, "01A")
ICB_APPROVER = world.holding(Role.COMMISSIONER_APPROVER, "QAA")
SERVICE_DESK = world.holding(Role.SERVICE_DESK, world.EVERYWHERE)
ADMINISTRATOR = world.holding(Role.ORGANISATION_ADMINISTRATOR, "01A")
USER_ADMINISTRATOR = world.holding(Role.USER_ADMINISTRATOR, "01A")
ADVANCED = world.holding(Role.ADVANCED_USER_ADMINISTRATOR, "01A")
WITHOUT_POWERS = [
    world.holding(Role.PROVIDER_USER, "A10001"),
    world.holding(Role.PROVIDER_FINANCE, "A10001"),
    world.holding(Role.COMMISSIONER_USER, "01A"),
    world.holding(Role.COMMISSIONER_FINANCE, "01A"),
]


def allowed(action: Action, holding: Holding, target: Organisation, **facts: bool) -> bool:
    return may(action, world.actor(holding), Place(target, **facts)).allowed


def test_the_table_has_every_action_once() -> None:
    assert list(TABLE) == list(Action)


def test_inviting_provider_staff() -> None:
    """ROL-2, row 1: own provider; commissioners do not; the Service Desk does."""
    action = Action.INVITE_PROVIDER_STAFF
    assert allowed(action, PROVIDER_APPROVER, MULTI_PRACTICE)
    assert not allowed(action, PROVIDER_APPROVER, OTHER_MULTI)
    assert not allowed(action, PROVIDER_APPROVER, PRACTICE)
    assert not allowed(action, SUB_ICB_APPROVER, MULTI_PRACTICE)
    assert not allowed(action, SUB_ICB_APPROVER, PRACTICE)
    assert allowed(action, SERVICE_DESK, PRACTICE)
    assert allowed(action, SERVICE_DESK, MULTI_PRACTICE)
    assert not allowed(action, SERVICE_DESK, SUB_ICB)


@pytest.mark.parametrize("action", [Action.INVITE_PROVIDER_APPROVER, Action.DECIDE_PROVIDER_APPROVER])
def test_provider_approvers(action: Action) -> None:
    """ROL-2, rows 2 and 6: commissioners over multi-level providers, never the provider itself."""
    assert not allowed(action, PROVIDER_APPROVER, MULTI_PRACTICE)
    assert allowed(action, SUB_ICB_APPROVER, MULTI_PRACTICE)
    assert allowed(action, ICB_APPROVER, MULTI_PRACTICE)
    assert not allowed(action, SUB_ICB_APPROVER, PRACTICE)
    assert not allowed(action, SUB_ICB_APPROVER, ELSEWHERE_MULTI)
    assert allowed(action, SERVICE_DESK, MULTI_PRACTICE)


@pytest.mark.parametrize("action", [Action.INVITE_COMMISSIONER_STAFF, Action.DECIDE_COMMISSIONER_STAFF])
def test_commissioner_staff(action: Action) -> None:
    """ROL-2, rows 3 and 7: their own commissioning organisations, and those below them."""
    assert allowed(action, SUB_ICB_APPROVER, SUB_ICB)
    assert allowed(action, ICB_APPROVER, SUB_ICB)
    assert allowed(action, ICB_APPROVER, ICB)
    assert not allowed(action, SUB_ICB_APPROVER, ICB)
    assert not allowed(action, SUB_ICB_APPROVER, OTHER_SUB_ICB)
    assert not allowed(action, ICB_APPROVER, OTHER_ICB)
    assert not allowed(action, PROVIDER_APPROVER, SUB_ICB)
    assert allowed(action, SERVICE_DESK, OTHER_ICB)


def test_deciding_at_a_single_level_provider() -> None:
    """ROL-2, row 4: the commissioner over it, whoever is there; a leftover Provider Approver does not."""
    action = Action.DECIDE_PROVIDER_STAFF_SINGLE
    assert not allowed(action, PROVIDER_APPROVER, PRACTICE)
    assert allowed(action, SUB_ICB_APPROVER, PRACTICE)
    assert allowed(action, ICB_APPROVER, PRACTICE, has_active_approver=True)
    assert not allowed(action, SUB_ICB_APPROVER, ELSEWHERE)
    assert allowed(action, SERVICE_DESK, ELSEWHERE)


def test_deciding_at_a_multi_level_provider() -> None:
    """ROL-2, row 5: its own approver; the commissioner while it has none, or after escalation."""
    action = Action.DECIDE_PROVIDER_STAFF_MULTI
    assert allowed(action, PROVIDER_APPROVER, MULTI_PRACTICE, has_active_approver=True)
    assert not allowed(action, PROVIDER_APPROVER, OTHER_MULTI)
    assert not allowed(action, SUB_ICB_APPROVER, MULTI_PRACTICE, has_active_approver=True)
    assert allowed(action, SUB_ICB_APPROVER, MULTI_PRACTICE)
    assert allowed(action, SUB_ICB_APPROVER, MULTI_PRACTICE, has_active_approver=True, escalated=True)
    assert not allowed(action, SUB_ICB_APPROVER, ELSEWHERE_MULTI)
    assert allowed(action, SERVICE_DESK, MULTI_PRACTICE, has_active_approver=True)


def test_seeing_people() -> None:
    """USR-1: a row of its own, so that no action on an account decides who sees whom."""
    assert allowed(Action.SEE_PEOPLE, PROVIDER_APPROVER, MULTI_PRACTICE)
    assert not allowed(Action.SEE_PEOPLE, PROVIDER_APPROVER, OTHER_MULTI)
    assert allowed(Action.SEE_PEOPLE, SUB_ICB_APPROVER, PRACTICE)
    assert not allowed(Action.SEE_PEOPLE, SUB_ICB_APPROVER, ICB)
    assert allowed(Action.SEE_PEOPLE, SERVICE_DESK, ICB)


@pytest.mark.parametrize(
    "action", [Action.UNLOCK, Action.REMOVE_SECOND_FACTORS, Action.DISABLE, Action.ENABLE, Action.REVOKE]
)
def test_the_account_row(action: Action) -> None:
    """ROL-2, row 8, by place; the people are the accounts' own tests."""
    assert allowed(action, PROVIDER_APPROVER, MULTI_PRACTICE)
    assert not allowed(action, PROVIDER_APPROVER, OTHER_MULTI)
    assert allowed(action, SUB_ICB_APPROVER, SUB_ICB)
    assert allowed(action, SUB_ICB_APPROVER, MULTI_PRACTICE, has_active_approver=True)
    assert not allowed(action, SUB_ICB_APPROVER, ICB)
    assert allowed(action, SERVICE_DESK, ICB)


def test_passwords() -> None:
    """ROL-2, row 9: no, no, no, no."""
    for holding in (PROVIDER_APPROVER, SUB_ICB_APPROVER, SERVICE_DESK, ADVANCED, *WITHOUT_POWERS):
        assert not allowed(Action.PASSWORD, holding, MULTI_PRACTICE)


def test_approval_levels() -> None:
    """ROL-2, row 10: the commissioner over a provider, never the provider's own approver."""
    assert not allowed(Action.APPROVAL_LEVEL, PROVIDER_APPROVER, MULTI_PRACTICE)
    assert allowed(Action.APPROVAL_LEVEL, SUB_ICB_APPROVER, PRACTICE)
    assert allowed(Action.APPROVAL_LEVEL, SERVICE_DESK, PRACTICE)
    assert not allowed(Action.APPROVAL_LEVEL, SUB_ICB_APPROVER, ELSEWHERE)
    assert not allowed(Action.APPROVAL_LEVEL, SERVICE_DESK, SUB_ICB)


def test_clusters() -> None:
    """ROL-2, row 11: the Organisation Administrator of that commissioning organisation, and no other."""
    assert allowed(Action.CLUSTERS, ADMINISTRATOR, SUB_ICB)
    assert not allowed(Action.CLUSTERS, ADMINISTRATOR, OTHER_SUB_ICB)
    assert not allowed(Action.CLUSTERS, world.holding(Role.ORGANISATION_ADMINISTRATOR, "QAA"), SUB_ICB)
    assert not allowed(Action.CLUSTERS, SUB_ICB_APPROVER, SUB_ICB)
    assert not allowed(Action.CLUSTERS, PROVIDER_APPROVER, SUB_ICB)
    assert allowed(Action.CLUSTERS, SERVICE_DESK, SUB_ICB)


def test_assigning() -> None:
    """ROL-2, row 12: User Administrators over their organisation, approvers not."""
    for holding in (USER_ADMINISTRATOR, ADVANCED):
        assert allowed(Action.ASSIGN, holding, MULTI_PRACTICE)
        assert not allowed(Action.ASSIGN, holding, ELSEWHERE)
    assert not allowed(Action.ASSIGN, SUB_ICB_APPROVER, MULTI_PRACTICE)
    assert not allowed(Action.ASSIGN, PROVIDER_APPROVER, MULTI_PRACTICE)
    assert allowed(Action.ASSIGN, SERVICE_DESK, ELSEWHERE)


@pytest.mark.parametrize("holding", WITHOUT_POWERS)
def test_anyone_else_may_nothing(holding: Holding) -> None:
    """ROL-2, last column."""
    for action in Action:
        for target in (PRACTICE, MULTI_PRACTICE, SUB_ICB):
            assert not allowed(action, holding, target)


def test_roles_offered() -> None:
    """ROL-1: each kind of organisation offers its own roles, and only an open one offers any."""
    assert offered(PRACTICE) == (Role.PROVIDER_USER, Role.PROVIDER_FINANCE)
    assert offered(MULTI_PRACTICE) == (Role.PROVIDER_APPROVER, Role.PROVIDER_USER, Role.PROVIDER_FINANCE)
    assert (
        set(offered(SUB_ICB))
        == set(offered(ICB))
        == {role for role in Role if "provider" not in role} - {Role.SERVICE_DESK}
    )
    assert offered(world.organisation("Y90")) == ()


def test_only_the_active_role_counts() -> None:
    """AUT-5: somebody acting as Provider User has none of their approver's powers."""
    approver, user = PROVIDER_APPROVER, world.holding(Role.PROVIDER_USER, "A10002")
    both = world.standing(frozenset({approver, user}))
    action, place = Action.DECIDE_PROVIDER_STAFF_MULTI, Place(MULTI_PRACTICE)
    assert may(action, world.Actor(both, approver, False), place).allowed
    assert not may(action, world.Actor(both, user, False), place).allowed


def test_a_closed_organisations_roles_have_no_powers() -> None:
    """ORG-5: over nothing that still lies below it, and a role held elsewhere keeps its own."""
    both = world.standing(frozenset({SUB_ICB_APPROVER, ICB_APPROVER}))
    action, place = Action.DECIDE_PROVIDER_STAFF_SINGLE, Place(PRACTICE)
    assert may(action, world.Actor(both, SUB_ICB_APPROVER, True), place).refusal is Refusal.PLACE_CLOSED
    assert may(action, world.Actor(both, ICB_APPROVER, False), place).allowed
    assert may(action, world.actor(SERVICE_DESK, "organisation closed"), place).allowed
