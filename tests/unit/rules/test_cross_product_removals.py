"""Every actor against every kind of account, for each role on it: who may remove it."""

import pytest

from directory.vocabulary import Holding, Organisation, Role
from portal.rules.accounts import Account, may_remove_role
from portal.rules.verdict import Refusal
from tests.unit.rules import oracle, world
from tests.unit.rules.test_cross_product_accounts import SECOND_ROLES, Held, account, accounts

HERE = world.organisation("A10001")
Case = tuple[Held, Role, Organisation | None, Account]


def one_by_one(people: list[Held], name: str) -> list[Case]:
    """Each role of each person, and a role at A10001, which they mostly don't hold."""
    return [case for held in people for case in _cases(held, name)]


def _cases(held: Held, name: str) -> list[Case]:
    known = {at.code: at for _, at in held if at}
    here = known.get(HERE.code, HERE)
    target = Account(account(held, name).standing, known | {here.code: here})
    return [(held, role, at, target) for role, at in [*held, (Role.PROVIDER_FINANCE, here)]]


@pytest.mark.parametrize("state", world.STATES[:6])
def test_removals(state: str) -> None:
    """ROL-2, ROL-3, ROL-4: exactly those who should may, whether the role is held (still) or not."""
    name = "actor" if state == "oneself" else "target"
    asked = one_by_one(accounts()[:: 1 if state == "active" else len(SECOND_ROLES)], name)
    wrongly_allowed, wrongly_refused, allowed, count = [], [], 0, 0
    for acting in world.holdings():
        actor, able = world.actor(acting, state), oracle.has_powers(acting, state)
        for held, role, at, target in asked:
            should = able and oracle.removes_role(acting, held, role, at)
            does = may_remove_role(actor, target, Holding(role, at.path if at else ())).allowed
            count, allowed = count + 1, allowed + does
            if does != should:
                (wrongly_allowed if does else wrongly_refused).append((acting, held, role, at))
    assert wrongly_allowed == []
    assert wrongly_refused == []
    assert count > 20_000
    assert (allowed > 100) == (state in ("active", "locked", "organisation closed"))


def test_at_a_place_that_nobody_finds() -> None:
    """ROL-3: a role at an organisation that is gone is the Service Desk's to remove, and nobody else's."""
    lost = Holding(Role.PROVIDER_USER, ("01A", "Z99999"))
    target = Account(world.standing(frozenset({lost}), "target"))
    for acting in world.holdings():
        verdict = may_remove_role(world.actor(acting), target, lost)
        assert verdict.allowed == oracle.is_service_desk(acting), acting


def test_a_role_above_is_named_as_the_reason() -> None:
    """ROL-3: told apart from a place out of reach."""
    here = world.organisation("A10001", world.ApprovalLevel.MULTI)
    approver = world.actor(world.holding(Role.PROVIDER_APPROVER, "A10001"))
    other = [(Role.PROVIDER_APPROVER, here)]
    verdict = may_remove_role(approver, account(other), Holding(Role.PROVIDER_APPROVER, here.path))
    assert verdict.refusal is Refusal.ROLE_ABOVE_YOURS
