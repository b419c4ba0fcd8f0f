"""What people do that leaves something to the worker: between them, every kind of effect."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from directory.vocabulary import ApprovalLevel, FactorKind, Role
from portal.acts import (
    disable,
    enable,
    own_names,
    preferences,
    revoke,
    second_factors,
    submit_user_details,
    user_details,
)
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
from portal.mirroring.refresh import refresh_organisation
from portal.mirroring.scope_feed import bring_in_step
from portal.rules.actor import ActingAs
from portal.rules.disabling import Reason, Why
from portal.services import Services
from tests.support.builders.world import HERE, World
from tests.support.proofs.left_by_clusters import (
    a_cluster,
    changing_a_cluster,
    deleting_a_cluster,
    lifting_with_a_cluster,
    making_a_cluster,
    put_in_a_cluster_by_hand,
)
from tests.support.proofs.left_by_invitations import (
    NEW,
    accepting_an_invitation,
    accepting_what_could_not_be_sent_now,
    asking_for_another_link,
    cancelling_an_invitation,
    inviting,
    letting_an_invitation_lapse,
    mailing_links_to_register,
)

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
    preferences.set_wants_email(away, world.people["una"].id, False, HERE)


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


def disabling(world: World, away: Services) -> None:
    """Somebody at two organisations, who has asked for access to a third: all of it has consequences."""
    una, asked = busy(world), AskedRole("P003", Role.PROVIDER_USER, "One day a week")
    ask(world.services, una, asked, HERE)
    actor = world.actor("desk", Role.SERVICE_DESK)
    shown = disable.preview(away, actor, una).shown
    disable.disable(away, actor, una, Reason(Why.LEFT), shown, HERE)


def enabling(world: World, away: Services) -> None:
    """One of the organisations has closed since."""
    una, desk = busy(world), world.actor("desk", Role.SERVICE_DESK)
    shown = disable.preview(world.services, desk, una).shown
    disable.disable(world.services, desk, una, Reason(Why.LEFT), shown, HERE)
    world.directory.change("P001", status="closed")
    world.mirror_organisation("P001")
    enable.enable(away, desk, una, enable.preview(away, desk, una).shown, HERE)


def revoking(world: World, away: Services) -> None:
    una, carol = busy(world), world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    revoke.revoke(away, carol, una, revoke.preview(away, carol, una).shown, HERE)


def busy(world: World) -> str:
    """Una, who works at P002 too; her id."""
    una = world.people["una"].id
    world.directory.grant(una, world.directory.organisation("P002"), Role.PROVIDER_USER)
    world.mirror(una)
    return una


def setting_user_details(world: World, away: Services) -> None:
    """An approver becomes restricted, gains one role and payment type and loses the other role."""
    desk, who = world.actor("desk", Role.SERVICE_DESK), world.people["carol"].id
    seen, made = user_details.look(away, desk, who).places[0].now, a_cluster(world)
    wanted = replace(
        seen,
        roles=frozenset({Role.COMMISSIONER_USER}),
        payment_types=frozenset(away.settings.payment_types[:1]),
        clusters=frozenset({made.id}),
    )
    shown = user_details.preview(away, desk, who, [seen], [wanted]).shown
    submit_user_details.submit(away, desk, who, [seen], [wanted], shown, HERE)


def holding_what_tokens_do_not_say(_world: World, away: Services) -> None:
    while bring_in_step(away):
        pass


def moving_an_organisation(world: World, away: Services) -> None:
    """Both commissioners are told of it, once a minute has passed."""
    world.directory.move("P001", "B01")
    refresh_organisation(away, world.directory.organisation("P001").id)
    world.clock.move(timedelta(minutes=2))


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
    disabling,
    enabling,
    revoking,
    inviting,
    accepting_an_invitation,
    accepting_what_could_not_be_sent_now,
    asking_for_another_link,
    cancelling_an_invitation,
    letting_an_invitation_lapse,
    mailing_links_to_register,
    making_a_cluster,
    changing_a_cluster,
    deleting_a_cluster,
    lifting_with_a_cluster,
    put_in_a_cluster_by_hand,
    setting_user_details,
    holding_what_tokens_do_not_say,
    moving_an_organisation,
)
