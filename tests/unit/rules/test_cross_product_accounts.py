"""Every actor against every kind of account, judged by the oracle."""

from itertools import cycle

import pytest

from directory.vocabulary import ApprovalLevel, Holding, Organisation, OrganisationStatus, Role
from portal.rules.accounts import Account, may_act_on, may_assign
from portal.rules.conditions import Place
from portal.rules.rights import ON_ACCOUNTS, Action
from tests.unit.rules import oracle, world

OPEN, CLOSED = OrganisationStatus.OPEN, OrganisationStatus.CLOSED
MULTI = ApprovalLevel.MULTI
Held = list[tuple[Role, Organisation | None]]

SECOND_ROLES: Held = [
    (Role.PROVIDER_USER, world.organisation("A10002")),
    (Role.PROVIDER_FINANCE, world.organisation("A10001", MULTI)),
    (Role.PROVIDER_APPROVER, world.organisation("A10002", MULTI)),
    (Role.PROVIDER_USER, world.organisation("B10001", status=CLOSED)),
    (Role.PROVIDER_USER, world.organisation("B10001")),
    (Role.COMMISSIONER_USER, world.organisation("01A")),
    (Role.COMMISSIONER_APPROVER, world.organisation("QAA")),
    (Role.USER_ADMINISTRATOR, world.organisation("01A")),
    (Role.SERVICE_DESK, None),
]


def single_roles() -> Held:
    roles: Held = [(Role.SERVICE_DESK, None)]
    for at in world.organisations(OPEN, CLOSED):
        commissioning = at.code in world.COMMISSIONING
        roles += [
            (role, at)
            for role in Role
            if role is not Role.SERVICE_DESK
            and (role in oracle.COMMISSIONER_ROLES) == commissioning
            and at.code != "Y90"
        ]
    return roles


def accounts() -> list[Held]:
    """Nobody's role, each single role, and pairs of roles at different organisations."""
    singles = single_roles()
    pairs = [
        [first, second]
        for first in singles
        for second in SECOND_ROLES
        if first[1] is None or second[1] is None or first[1].code != second[1].code
    ]
    return [[], *([single] for single in singles), *pairs]


def account(held: Held, name: str = "target") -> Account:
    holdings = frozenset(Holding(role, at.path if at else ()) for role, at in held)
    return Account(world.standing(holdings, name), {at.code: at for _, at in held if at})


@pytest.mark.parametrize("state", world.STATES[:6])
def test_account_actions(state: str) -> None:
    """ROL-2, ROL-3: unlock, disable, enable, revoke, remove: exactly those who should may."""
    people = [(held, account(held, "actor" if state == "oneself" else "target")) for held in accounts()]
    if state != "active":
        people = people[:: len(SECOND_ROLES)]
    actions = cycle(sorted(ON_ACCOUNTS))
    wrongly_allowed, wrongly_refused, count = [], [], 0
    for acting in world.holdings():
        actor = world.actor(acting, state)
        for (held, target), action in zip(people, actions, strict=False):
            should = oracle.has_powers(acting, state) and oracle.acts_on_account(acting, held)
            does = may_act_on(action, actor, target).allowed
            count += 1
            if does != should:
                (wrongly_allowed if does else wrongly_refused).append((acting, held, action))
    assert wrongly_allowed == []
    assert wrongly_refused == []
    assert count > 15_000


def test_every_account_action_alike() -> None:
    """ROL-2: the acts on an account share one row of the matrix, so no answer depends on which it is."""
    for held in accounts()[:60]:
        for acting in world.holdings():
            answers = {may_act_on(action, world.actor(acting), account(held)) for action in ON_ACCOUNTS}
            assert len(answers) == 1, (acting, held)


def test_assignments() -> None:
    """ROL-2, ROL-3: roles on User Details, by the two kinds of User Administrator and the Service Desk."""
    targets = [
        world.organisation("01A"),
        world.organisation("A10001"),
        world.organisation("A10001", MULTI),
        world.organisation("B10001", MULTI),
        world.organisation("A10001", status=CLOSED),
    ]
    people = [(held, account(held)) for held in accounts()[::7]]
    acting_roles = [held for held in world.holdings() if held and held.role not in ("provider-user",)]
    wrong, allowed, count = [], 0, 0
    for acting, state in ((acting, state) for acting in acting_roles for state in world.STATES[:2]):
        actor = world.actor(acting, state)
        for held, target in people:
            for at, role in (
                (at, role)
                for at in targets
                for role in (
                    Role.PROVIDER_USER,
                    Role.PROVIDER_APPROVER,
                    Role.COMMISSIONER_USER,
                    Role.USER_ADMINISTRATOR,
                )
            ):
                should = oracle.has_powers(acting, state) and oracle.assigns(acting, held, at, role)
                does = may_assign(actor, target, Place(at, role)).allowed
                count, allowed = count + 1, allowed + does
                if does != should:
                    wrong.append((acting, state, held, at, role, does))
    assert wrong == []
    assert count > 100_000
    assert allowed > 100


def test_nobody_sets_a_password() -> None:
    """ROL-2: a password is its owner's alone, for the Service Desk too."""
    for acting in world.holdings():
        assert not may_act_on(Action.PASSWORD, world.actor(acting), account([])).allowed


def test_an_act_that_is_not_on_an_account_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not an act on an account"):
        may_act_on(Action.CLUSTERS, world.actor(None), account([]))
