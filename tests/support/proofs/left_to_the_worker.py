"""What people do that leaves something to the worker: between them, every kind of effect."""

from collections.abc import Callable
from dataclasses import replace

from directory.vocabulary import ApprovalLevel, FactorKind, Role
from portal.acts import own_names, preferences, second_factors
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.acts.level import preview as preview_level
from portal.acts.level import switch
from portal.acts.new_link import send_again
from portal.acts.register import Registration, register
from portal.acts.remove_role import preview as preview_removal
from portal.acts.remove_role import remove
from portal.acts.sign_out_elsewhere import sign_out_elsewhere
from portal.acts.unlock import unlock
from portal.effects.names import Names
from portal.rules.actor import ActingAs
from portal.services import Services
from tests.support.builders.world import HERE, World

NEW = "new@p001.example"
Act = Callable[[World, Services], None]
"""Does it with these services, which don't wait for the worker."""


def not_waiting(world: World) -> Services:
    """Services whose acts leave everything to the worker."""
    return replace(world.services, wait=lambda _ids: False)


def registering(_world: World, away: Services) -> None:
    register(away, Registration(NEW, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)


def approving(world: World, away: Services) -> None:
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    decide(away, carol, world.registered(NEW), Decision.APPROVE, "", HERE)


def approving_an_approver(world: World, away: Services) -> None:
    """Requests move to the new approver."""
    world.registered("waits@p002.example", "P002")
    request_id = world.registered(NEW, "P002", Role.PROVIDER_APPROVER)
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    decide(away, carol, request_id, Decision.APPROVE, "", HERE)


def rejecting(world: World, away: Services) -> None:
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    decide(away, carol, world.registered(NEW), Decision.REJECT, "Unknown here", HERE)


def asking_for_a_link(world: World, away: Services) -> None:
    world.directory.enrol(NEW, "Nora", "New", (("P001", Role.PROVIDER_USER),), password=False)
    send_again(away, NEW, HERE)


def switching_the_level(world: World, away: Services) -> None:
    world.registered("waits@p002.example", "P002")
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    shown = [person.id for person in preview_level(away, carol, "P002").approvers]
    switch(away, carol, "P002", ApprovalLevel.SINGLE, shown, HERE)


def removing_the_last_approver(world: World, away: Services) -> None:
    world.directory.disable(world.people["chris"].id)
    world.registered(NEW)
    desk = world.actor("desk", Role.SERVICE_DESK)
    asked = (world.people["carol"].id, "A01", Role.COMMISSIONER_APPROVER)
    remove(away, desk, *asked, preview_removal(away, desk, *asked).warning, HERE)


def unlocking(world: World, away: Services) -> None:
    world.directory.lock(world.people["una"].id)
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    unlock(away, carol, world.people["una"].id, HERE)


def removing_second_factors(world: World, away: Services) -> None:
    una = world.people["una"].id
    world.directory.add_second_factor(una, FactorKind.AUTHENTICATOR_APP)
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    lost = [factor.id for factor in second_factors.preview(away, carol, una).factors]
    second_factors.remove(away, carol, una, lost, HERE)


def wanting_no_mail(world: World, away: Services) -> None:
    preferences.set_wants_email(away, world.people["una"].id, wants=False)


def taking_another_name(world: World, away: Services) -> None:
    """While a request of theirs waits."""
    una = ActingAs(world.people["una"].id)
    ask(away, una.person_id, AskedRole("P003", Role.PROVIDER_USER, "Cover"), HERE)
    world.work()
    own_names.change(away, una, Names("Zoë", "Ó Súilleabháin"), HERE)


def signing_out_elsewhere(world: World, away: Services) -> None:
    una = world.people["una"].id
    for place in ("phone", "library"):
        world.directory.sign_in(una, place)
    sign_out_elsewhere(away, ActingAs(una), {"phone"}, HERE)


ACTS: tuple[Act, ...] = (
    registering,
    approving,
    approving_an_approver,
    rejecting,
    asking_for_a_link,
    switching_the_level,
    removing_the_last_approver,
    unlocking,
    removing_second_factors,
    wanting_no_mail,
    taking_another_name,
    signing_out_elsewhere,
)
