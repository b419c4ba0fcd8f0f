"""What inviting and being invited leave to the worker."""

from datetime import timedelta

from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts.accept_invitation import accept, ask_again
from portal.acts.deadlines import lapse_invitations
from portal.acts.invite import Invited, send
from portal.acts.send_links import mail_links, plan
from portal.acts.sent_invitations import cancel
from portal.model import Invitation
from portal.rules.invitations import link_token
from portal.services import Services
from tests.support.builders.world import HERE, World

NEW = "new@p001.example"


def inviting(world: World, away: Services) -> None:
    pam = world.actor("pam", Role.PROVIDER_APPROVER, "P002")
    send(away, pam, Invited(NEW, "Nora", "New", "P002", Role.PROVIDER_USER), HERE)


def _waiting(world: World) -> Invitation:
    """An invitation that was mailed."""
    inviting(world, world.services)
    world.work()
    with world.sessions() as session:
        return session.scalars(select(Invitation)).one()


def _token(world: World, one: Invitation) -> str:
    return link_token(world.services.settings.secret_key, one.id, one.round)


def accepting_an_invitation(world: World, away: Services) -> None:
    """A request for the same is answered by it."""
    one = _waiting(world)
    world.open_request(NEW, "P002")
    accept(away, one.id, _token(world, one), HERE)


def accepting_what_could_not_be_sent_now(world: World, away: Services) -> None:
    one = _waiting(world)
    world.directory.disable(world.people["pam"].id)
    accept(away, one.id, _token(world, one), HERE)


def asking_for_another_link(world: World, away: Services) -> None:
    ask_again(away, _waiting(world).id, HERE)


def cancelling_an_invitation(world: World, away: Services) -> None:
    cancel(away, world.actor("pam", Role.PROVIDER_APPROVER, "P002"), _waiting(world).id, HERE)


def letting_an_invitation_lapse(world: World, away: Services) -> None:
    _waiting(world)
    world.clock.move(timedelta(days=15))
    lapse_invitations(away)


def mailing_links_to_register(world: World, away: Services) -> None:
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    wanted = {"P001": "", "P002": "manager@p002.example"}
    mail_links(away, carol, wanted, [one.key for one in plan(away, carol, wanted)], HERE)
