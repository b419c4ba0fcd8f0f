"""How the tests of invitations invite somebody, follow the mailed link, and look at what there is then."""

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts.accept_invitation import accept
from portal.acts.deadlines import lapse_invitations
from portal.acts.invite import Invited, send
from portal.model import Invitation
from portal.model.notices import Notice, NoticeKind
from tests.support.builders.services import KeptPost
from tests.support.builders.world import HERE, World

APPROVER, COMMISSIONER = Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER
USER, FINANCE, DESK_ROLE = Role.PROVIDER_USER, Role.PROVIDER_FINANCE, Role.SERVICE_DESK
Who = tuple[str, Role, str]
PAM, PAUL = ("pam", APPROVER, "P002"), ("paul", APPROVER, "P002")
CAROL, CHRIS, BELLA = (
    ("carol", COMMISSIONER, "A01"),
    ("chris", COMMISSIONER, "A01"),
    ("bella", COMMISSIONER, "B01"),
)
IRIS, DESK = ("iris", COMMISSIONER, "QA1"), ("desk", DESK_ROLE, "")
FORTNIGHT = timedelta(days=14)
NINA = "nina@p002.example"
LINK = re.compile(r"/invitation/([0-9a-f-]{36})/([\w-]+)")
Link = tuple[UUID, str]


def invite(world: World, who: Who = PAM, email: str = NINA, code: str = "P002", role: Role = USER) -> UUID:
    """Sends an invitation, and has it mailed; its id."""
    sent = send(world.services, world.actor(*who), Invited(email, "Nina", "New", code, role), HERE)
    assert sent
    world.work()
    return sent.id


def links(post: KeptPost, email: str = NINA) -> list[Link]:
    """The links that this address was mailed, the oldest first."""
    texts = [one.get_body(("plain",)).get_content() for one in post.sent if one["To"] == email]
    return [(UUID(found[1]), found[2]) for text in texts if (found := LINK.search(text))]


def newest(world: World, email: str = NINA) -> Link:
    return links(world.post, email)[-1]


def accepted(world: World, link: Link) -> Invitation:
    """Presses the button, and has everything done that follows."""
    accept(world.services, *link, HERE)
    world.work()
    return found(world, link[0])


def found(world: World, invitation_id: UUID) -> Invitation:
    with world.sessions() as session:
        return session.get_one(Invitation, invitation_id)


def of_address(world: World, email: str = NINA) -> list[Invitation]:
    with world.sessions() as session:
        statement = select(Invitation).where(Invitation.email == email).order_by(Invitation.sent_at)
        return list(session.scalars(statement))


def held(world: World, email: str = NINA) -> set[tuple[str, Role]] | None:
    """What the address's account holds, None while there is no account."""
    person = world.services.reader.person_by_email(email)
    if person is None:
        return None
    return {(one.organisation, one.role) for one in world.services.reader.standing(person.id).holdings}


def notices(world: World, who: str) -> list[NoticeKind]:
    with world.sessions() as session:
        found_ = session.query(Notice).filter_by(person_id=world.people[who].id).order_by(Notice.created_at)
        return [one.kind for one in found_]


def lapse(world: World) -> int:
    world.clock.move(FORTNIGHT)
    done = lapse_invitations(world.services)
    world.work()
    return done
