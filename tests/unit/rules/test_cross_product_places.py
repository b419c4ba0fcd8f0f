"""Every actor against every organisation, judged by the oracle: decisions, invitations, levels, clusters."""

from collections.abc import Iterator

import pytest

from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType, Role
from portal.rules.conditions import Place
from portal.rules.decisions import Ask, may_decide
from portal.rules.levels import may_switch_level
from portal.rules.rights import GIVES, Action, may
from tests.unit.rules import oracle, world

OPEN, CLOSED = OrganisationStatus.OPEN, OrganisationStatus.CLOSED
ASKABLE = [role for role in Role if role is not Role.SERVICE_DESK]
EMAILS = {
    "oneself by e-mail": "ACTOR@practice.example",
    "oneself by another address of one mailbox": "actor+2@Practice.example",
}
PRESENCE = [(False, False), (True, False), (True, True)]


def asked_of(target: Organisation) -> list[Role]:
    """The roles that could have been asked for there, those since withdrawn by a change of level included."""
    if target.type is OrganisationType.REGION:
        return ASKABLE
    commissioning = target.code in world.COMMISSIONING
    return [role for role in ASKABLE if (role in oracle.COMMISSIONER_ROLES) == commissioning]


def questions(*statuses: OrganisationStatus) -> Iterator[tuple[Organisation, Role, bool, bool]]:
    for target in world.organisations(*statuses):
        for role in asked_of(target):
            for approver, escalated in PRESENCE:
                yield target, role, approver, escalated


def ask_in(state: str, target: Organisation, role: Role, escalated: bool) -> Ask:
    applicant = "actor" if state == "oneself" else None
    return Ask(target, role, applicant, EMAILS.get(state, "new@practice.example"), escalated)


@pytest.mark.parametrize("state", world.STATES)
def test_decisions(state: str) -> None:
    """ROL-2, ROL-3, APR-1: of every actor and every request, exactly those who should may decide."""
    asked = [(ask_in(state, *q[:2], q[3]), q) for q in questions(OPEN, CLOSED)]
    wrongly_allowed, wrongly_refused, allowed, count = [], [], 0, 0
    for held in world.holdings():
        actor = world.actor(held, state)
        for ask, (target, role, approver, escalated) in asked:
            should = oracle.has_powers(held, state) and oracle.decides(
                held, target, role, approver, escalated
            )
            does = may_decide(ask, actor, approver).allowed
            count, allowed = count + 1, allowed + does
            if does != should:
                (wrongly_allowed if does else wrongly_refused).append((held, ask, approver))
    assert wrongly_allowed == []
    assert wrongly_refused == []
    assert count > 80_000
    assert (allowed > 100) == (state in ("active", "locked", "organisation closed"))


@pytest.mark.parametrize("status", list(OrganisationStatus))
def test_invitations(status: OrganisationStatus) -> None:
    """ROL-2: who may invite whom, and nobody to an organisation that is not open."""
    wrong, count = [], 0
    for held in world.holdings():
        for state in world.STATES[:5]:
            actor, able = world.actor(held, state), oracle.has_powers(held, state)
            for target in world.organisations(status):
                for action, roles in GIVES.items():
                    should = able and any(oracle.invites(held, target, role) for role in roles)
                    count += 1
                    if may(action, actor, Place(target)).allowed != should:
                        wrong.append((held, state, action, target))
    assert wrong == []
    assert count > 40_000


@pytest.mark.parametrize("status", list(OrganisationStatus))
def test_levels_clusters_and_passwords(status: OrganisationStatus) -> None:
    """ROL-2: approval levels and clusters; passwords never."""
    wrong, count = [], 0
    for held in world.holdings():
        for state in world.STATES[:5]:
            actor, able = world.actor(held, state), oracle.has_powers(held, state)
            for target in world.organisations(status):
                answers = (
                    may_switch_level(actor, target).allowed == (able and oracle.switches_level(held, target)),
                    may(Action.CLUSTERS, actor, Place(target)).allowed
                    == (able and oracle.keeps_clusters(held, target)),
                    not may(Action.PASSWORD, actor, Place(target)).allowed,
                )
                count += len(answers)
                if not all(answers):
                    wrong.append((held, state, target, answers))
    assert wrong == []
    assert count > 40_000
