"""The worker is killed while it sends, applies or ends an invitation: the next one finishes, each thing once.

A real Keycloak, a real mail server, a real process that gets SIGKILL.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.vocabulary import Role
from portal.acts.accept_invitation import accept
from portal.acts.invite import Invited, send
from portal.acts.sent_invitations import cancel
from portal.model import AuditEntry, AuditKind, Invitation, InvitationState, Mail, MailState
from portal.model.mail import SENT_BY_KEYCLOAK
from portal.rules.invitations import link_token
from portal.services import now
from portal.store.audit_check import verify
from portal.store.queries.mail import stuck_effects
from tests.resilience.test_worker_dies import finished, messages, worker, worker_is_killed
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak
PAM = ("pam", Role.PROVIDER_APPROVER, "P002")
Act = Callable[[World, str], UUID]


@pytest.fixture(scope="module")
def country(database: str, realm: TestRealm) -> World:
    """All that an act leaves is left to the worker, which mails for itself and goes by the time of day."""
    world = build_real(database, KeycloakScene(realm), realm.environment)
    return replace(world, services=replace(world.services, clock=now, wait=lambda _ids: False))


def inviting(world: World, email: str) -> UUID:
    sent = send(world.services, world.actor(*PAM), Invited(email, "Ida", "New", "P002", USER), HERE)
    assert sent
    return sent.id


def accepting(world: World, email: str) -> UUID:
    identity = _mailed(world, email)
    accept(world.services, identity, link_token(world.services.settings.secret_key, identity, 1), HERE)
    return identity


def turning(world: World, email: str) -> UUID:
    """Accepted when its sender could no longer send it."""
    identity = _mailed(world, email)
    world.directory.disable(world.people["pam"].id)
    accept(world.services, identity, link_token(world.services.settings.secret_key, identity, 1), HERE)
    return identity


def cancelling(world: World, email: str) -> UUID:
    identity = _mailed(world, email)
    cancel(world.services, world.actor(*PAM), identity, HERE)
    return identity


def _mailed(world: World, email: str) -> UUID:
    """An invitation whose link has gone out."""
    identity = inviting(world, email)
    world.work()
    return identity


@dataclass(frozen=True)
class End:
    """What there is afterwards: roles (None without an account), and how often each of these was recorded."""

    state: InvitationState
    held: list[Role] | None
    recorded: tuple[AuditKind, ...]


USER, SENT = Role.PROVIDER_USER, AuditKind.INVITATION_SENT
WAITS = End(InvitationState.PENDING, [], (SENT,))
TAKEN = End(InvitationState.ACCEPTED, [USER], (SENT, AuditKind.INVITATION_ACCEPTED, AuditKind.ROLE_GRANTED))
TURNED = End(
    InvitationState.ACCEPTED,
    None,
    (SENT, AuditKind.INVITATION_ACCEPTED, AuditKind.INVITATION_TURNED, AuditKind.UNUSED_ACCOUNT_REMOVED),
)
GONE = End(
    InvitationState.CANCELLED,
    None,
    (SENT, AuditKind.INVITATION_CANCELLED, AuditKind.UNUSED_ACCOUNT_REMOVED),
)
KILLED: list[tuple[Act, str, End]] = [
    (inviting, "ensure_person after", WAITS),
    (inviting, "send before", WAITS),
    (accepting, "grant after", TAKEN),
    (accepting, "send_welcome after", TAKEN),
    (turning, "remove_unused after", TURNED),
    (cancelling, "remove_unused after", GONE),
]


@pytest.mark.parametrize(("act", "moment", "end"), KILLED, ids=lambda one: getattr(one, "__name__", None))
def test_each_thing_is_done_once(
    country: World, realm: TestRealm, database: str, act: Act, moment: str, end: End
) -> None:
    """INV-1 to INV-3, APR-4: account, role, record and each message."""
    email = f"{act.__name__}.{secrets.token_hex(3)}@p002.example"
    country.directory.enable(country.people["pam"].id)
    identity = act(country, email)
    worker_is_killed(database, realm, moment)
    with worker(database, realm):
        assert finished(country)
    assert held(country, email) == end.held
    with country.services.sessions() as session:
        assert session.get_one(Invitation, identity).state is end.state
        assert recorded(session, email, country) == Counter(end.recorded)
        assert stuck_effects(session) == []
        assert verify(session).fault is None
        sent = session.scalars(select(Mail).where(Mail.to_address == email)).all()
    assert [one.state for one in sent] == [MailState.SENT] * len(sent)
    ours = {one.message_id for one in sent if one.kind not in SENT_BY_KEYCLOAK}
    welcomes = [one for one in sent if one.kind in SENT_BY_KEYCLOAK]
    arrived = set(messages(realm.servers.mail, email))
    kept = {one["Message-ID"] for one in country.post.sent if one["To"] == email}
    assert ours <= arrived | kept
    assert len(arrived - ours) == len(welcomes) == (end is TAKEN)


def held(world: World, email: str) -> list[Role] | None:
    person = world.services.reader.person_by_email(email)
    return person and [one.role for one in world.services.reader.standing(person.id).holdings]


def recorded(session: Session, email: str, world: World) -> Counter[AuditKind]:
    """Of the person, by address or account, and of the invitation."""
    known = world.services.reader.person_by_email(email)
    entries = session.scalars(select(AuditEntry))
    ours = (
        one
        for one in entries
        if email in (one.subject, one.after.get("email")) or (known and one.subject == known.id)
    )
    kinds = {kind for kind in AuditKind if kind.value.startswith(("invitation", "unused"))}
    return Counter(one.kind for one in ours if one.kind in {*kinds, AuditKind.ROLE_GRANTED})
