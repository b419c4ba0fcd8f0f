"""An invitation is accepted while it is cancelled, sent again or accepted; sent while somebody registers."""

from functools import partial
from uuid import UUID

import pytest

from directory.vocabulary import Role
from portal.acts.accept_invitation import accept
from portal.acts.invite import Invited, send
from portal.acts.register import Registration, register
from portal.acts.sent_invitations import cancel, resend
from portal.model import AuditEntry, AuditKind, Invitation, InvitationState
from portal.rules.errors import AlreadyAsked, InvitationEnded, NothingFound
from portal.rules.invitations import link_token
from tests.support.builders.world import HERE, World, build
from tests.support.proofs.many_races import Race, both_ends, run, settle
from tests.support.proofs.race import Act, Course

PAM, PAUL = ("pam", Role.PROVIDER_APPROVER, "P002"), ("paul", Role.PROVIDER_APPROVER, "P002")
USER = Role.PROVIDER_USER


def address(number: int) -> str:
    return f"ida{number}@races.example"


def sending(world: World, number: int) -> Act:
    asked = Invited(address(number), "Ida", "Invited", "P002", USER)
    return partial(send, world.services, world.actor(*PAM), asked, HERE)


def mailed(world: World, number: int) -> UUID:
    sent = sending(world, number)()
    settle(world)
    return sent.id


def accepting(world: World, identity: UUID, round_: int = 1) -> Act:
    token = link_token(world.services.settings.secret_key, identity, round_)
    return partial(accept, world.services, identity, token, HERE)


def held(world: World, number: int) -> list[Role] | None:
    person = world.services.reader.person_by_email(address(number))
    if person is None:
        return None
    return [one.role for one in world.services.reader.standing(person.id).holdings]


def recorded(world: World, number: int, kind: AuditKind) -> int:
    with world.sessions() as session:
        entries = session.query(AuditEntry).filter_by(kind=kind, organisation_code="P002")
        known = world.services.reader.person_by_email(address(number))
        subjects = {address(number), known.id if known else ""}
        return sum(one.subject in subjects for one in entries)


def state(world: World, identity: UUID) -> InvitationState:
    with world.sessions() as session:
        return session.get_one(Invitation, identity).state


def accepted_and_cancelled(world: World, course: Course, number: int) -> str:
    """One of the two counts: access, or no account at all."""
    identity = mailed(world, number)
    taking = partial(cancel, world.services, world.actor(*PAUL), identity, HERE)
    accepted, cancelled = course.run(accepting(world, identity), taking)
    settle(world)
    if state(world, identity) is InvitationState.ACCEPTED:
        assert isinstance(cancelled.fault, InvitationEnded), cancelled
        assert held(world, number) == [USER]
        return "accepted"
    assert cancelled.succeeded, cancelled
    assert accepted.fault is None or isinstance(accepted.fault, InvitationEnded)
    assert held(world, number) is None
    assert recorded(world, number, AuditKind.INVITATION_ACCEPTED) == 0
    return "cancelled"


def accepted_twice(world: World, course: Course, number: int) -> str:
    """Two clicks: one acceptance, one grant, and both are told that it is accepted."""
    identity = mailed(world, number)
    first, second = course.run(accepting(world, identity), accepting(world, identity))
    assert first.succeeded or second.succeeded
    for one in (first, second):
        assert one.fault is None or isinstance(one.fault, InvitationEnded), one
    settle(world)
    assert held(world, number) == [USER]
    for kind in (AuditKind.INVITATION_ACCEPTED, AuditKind.ROLE_GRANTED):
        assert recorded(world, number, kind) == 1, kind
    return "both" if first.succeeded and second.succeeded else "one"


def accepted_and_sent_again(world: World, course: Course, number: int) -> str:
    """The older link is accepted, or replaced: then the newer one works."""
    identity = mailed(world, number)
    again = partial(resend, world.services, world.actor(*PAUL), identity, HERE)
    accepted, sent = course.run(accepting(world, identity), again)
    settle(world)
    if accepted.succeeded:
        assert isinstance(sent.fault, InvitationEnded), sent
        assert held(world, number) == [USER]
        return "accepted"
    assert isinstance(accepted.fault, NothingFound | InvitationEnded), accepted
    assert held(world, number) == []
    accepting(world, identity, 2)()
    settle(world)
    assert held(world, number) == [USER]
    return "sent again"


def invited_and_registered(world: World, course: Course, number: int) -> str:
    """Whichever is first, the person ends with one way in: the invitation, or a request to decide."""
    asked = Registration(address(number), "P002", USER, "Ida", "Invited")

    def registering() -> None:
        register(world.services, asked, HERE)
        world.work()

    invited, registered = course.run(sending(world, number), registering)
    assert registered.succeeded
    settle(world)
    request = world.request_of(address(number))
    if not invited.succeeded:
        assert isinstance(invited.fault, AlreadyAsked), invited
        assert request.is_open
        assert held(world, number) is None
        return "registered"
    with world.sessions() as session:
        one = session.get_one(Invitation, invited.value.id)
    accepting(world, one.id, one.round)()
    settle(world)
    assert held(world, number) == [USER]
    assert recorded(world, number, AuditKind.ROLE_GRANTED) == 1
    request = world.request_of(address(number))
    assert request is None or not request.is_open
    return "invited"


RACES: dict[Race, tuple[int, int]] = {
    accepted_and_cancelled: (40, 4),
    accepted_twice: (30, 4),
    accepted_and_sent_again: (40, 4),
    invited_and_registered: (30, 4),
}
"""How many of each on the directory in memory, and how many on Keycloak."""
DIFFERENT = [race for race in RACES if race is not accepted_twice]


@pytest.mark.parametrize("race", DIFFERENT, ids=lambda race: race.__name__)
def test_in_memory(database: str, course: Course, race: Race) -> None:
    """INV-3: one of the two each time, and either at some time."""
    ends = both_ends(race, build(database), course, RACES[race][0])
    assert len(ends) > 1, ends


def test_two_clicks_in_memory(database: str, course: Course) -> None:
    """INV-2: once, whichever comes first."""
    run(accepted_twice, build(database), course, range(RACES[accepted_twice][0]))


@pytest.mark.keycloak
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_on_keycloak(country: World, course: Course, race: Race) -> None:
    """INV-2, INV-3: the same on a real Keycloak."""
    first = 40_000 + 100 * list(RACES).index(race)
    run(race, country, course, range(first, first + RACES[race][1]))
