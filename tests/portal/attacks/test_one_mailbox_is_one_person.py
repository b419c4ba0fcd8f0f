"""Mail to mallory+2@ comes to mallory@: who reads both is one person, and decides nothing for themselves."""

from dataclasses import replace

import pytest

from directory.vocabulary import Holding, Role
from portal.acts.decide import Decision, decide
from portal.acts.register import Registration, register
from portal.acts.remove_role import preview as preview_removal
from portal.acts.unlock import unlock
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed, TooManyAttempts
from portal.rules.verdict import Refusal
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World

APPROVER, COMMISSIONER, USER = Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER, Role.PROVIDER_USER


def mallory(
    world: World, email: str = "mallory@icb.example", code: str = SUB_ICB, role: Role = COMMISSIONER
) -> ActingAs:
    person = world.person(email, (code, role), first="Mallory")
    return ActingAs(person.id, Holding(role, world.holding(code, role).path))


@pytest.mark.parametrize("other", ["mallory+2@icb.example", "Mallory+a+b@ICB.example"])
@pytest.mark.parametrize("own", ["mallory@icb.example", "mallory+1@icb.example"])
def test_nobody_decides_for_another_address_of_theirs(world: World, own: str, other: str) -> None:
    """ROL-3: whichever of the two the approver signs in with."""
    actor, request_id = mallory(world, own), world.registered(other.lower())
    for decision in Decision:
        with pytest.raises(NotAllowed) as refused:
            decide(world.services, actor, request_id, decision, "No", HERE)
        assert refused.value.verdict.refusal is Refusal.YOURSELF
    assert world.request(request_id).is_open


def test_the_request_is_with_somebody_else(world: World) -> None:
    """APR-1, APR-2: an approver alone with it is passed over, not told of it, and finds it in no list."""
    world.directory.disable(world.people["paul"].id)
    world.mirror(world.people["paul"].id)
    request_id = world.registered("pam+practice@approvers.example", MULTI)
    request = world.request(request_id)
    assert (request.held_by_role, request.held_by_organisation) == (COMMISSIONER, SUB_ICB)
    assert world.post.to("pam@approvers.example") == []
    pam = world.browser(world.people["pam"], world.holding(MULTI, APPROVER)).open("/requests")
    assert "pam+practice" not in pam.said
    carol = world.browser(world.people["carol"], world.holding(SUB_ICB, COMMISSIONER)).open("/requests")
    assert "pam+practice" in carol.said
    decide(
        world.services, world.actor("carol", COMMISSIONER, SUB_ICB), request_id, Decision.APPROVE, "", HERE
    )
    assert world.request(request_id).applied_at


def test_nobody_changes_another_account_of_theirs(world: World) -> None:
    """ROL-3: neither takes its roles nor unlocks it."""
    actor = mallory(world)
    other = world.person("mallory+2@icb.example", (SINGLE, USER))
    world.directory.lock(other.id)
    for act in (
        lambda: preview_removal(world.services, actor, other.id, SINGLE, USER),
        lambda: unlock(world.services, actor, other.id, HERE),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.verdict.refusal is Refusal.YOURSELF


def test_another_persons_address_is_another(world: World) -> None:
    """ROL-3: names that only begin alike, dots, and other domains are left alone."""
    actor = mallory(world)
    for other in (
        "mallory2@icb.example",
        "mal.lory@icb.example",
        "mallory+2@gp.example",
        "+mallory@icb.example",
    ):
        assert decide(
            world.services, actor, world.registered(other), Decision.APPROVE, "", HERE
        ).applied_at, other


def test_mails_to_one_mailbox_are_counted_together(world: World) -> None:
    """AUT-9, REG-4: a stranger fills nobody's mailbox by writing its address in many ways."""
    few = world.services.settings.model_copy(update={"address_limit": 3})
    services = replace(world.services, settings=few)
    for number in range(3):
        register(services, Registration(f"una+{number}@approvers.example", SINGLE, USER, "A", "B"), HERE)
    with pytest.raises(TooManyAttempts):
        register(services, Registration("una@approvers.example", SINGLE, USER, "A", "B"), HERE)
