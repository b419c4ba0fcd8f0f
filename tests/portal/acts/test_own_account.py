"""What a person does to their own account: names, sign-ins elsewhere; and what they hear of the rest."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from directory.contract import AccountEventKind
from directory.vocabulary import Person, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.own_names import change
from portal.acts.sign_out_elsewhere import sign_out_elsewhere
from portal.effects.names import Names
from portal.mirroring.account_events import tell_account_events
from portal.mirroring.follow import follow
from portal.model import AuditEntry, AuditKind, Notice
from portal.model.mail import Mail, MailState
from portal.model.mirror import MirrorPosition
from portal.model.sessions import PortalSession
from portal.rules.actor import ActingAs
from portal.rules.errors import NameRefused, NotAllowed
from portal.store.queries import people
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault

NEW = Names("Zoë", "O'Brien-김")
SET, REMOVED = "How you sign in to CQRS has changed", "A way to sign in to CQRS was removed"
OLD_ADDRESS, NEW_ADDRESS = "una@approvers.example", "una.new@approvers.example"


@pytest.fixture
def una(world: World) -> Person:
    return world.people["una"]


def rename(world: World, person: Person, names: Names = NEW) -> bool:
    return change(world.services, ActingAs(person.id), names, HERE)


def entries(world: World, kind: AuditKind) -> list[AuditEntry]:
    with world.services.sessions() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.kind == kind)))


def test_a_new_name_is_everywhere(world: World, una: Person) -> None:
    """PRO-2: in Keycloak, the lists, the request that waits, and what its approver was told."""
    asked = ask(world.services, una.id, AskedRole("P003", Role.PROVIDER_USER, "Cover"), HERE)
    world.work()
    assert rename(world, una)
    assert world.directory.person(una.id).name == "Zoë O'Brien-김"
    assert world.request(asked).name == "Zoë O'Brien-김"
    with world.services.sessions() as session:
        seen = people.standing(session, una.id)
        told = select(Notice.name).where(Notice.person_id == world.people["bella"].id)
        assert (seen.person.name, session.scalars(told).one()) == ("Zoë O'Brien-김", "Zoë O'Brien-김")


def test_it_is_on_record_once(world: World, una: Person) -> None:
    """AUD-1: from what to what, by whom; also when the answer of Keycloak got lost."""
    world.directory.go_wrong(Fault.none(), Fault.reply_lost())
    assert not rename(world, una)
    world.clock.move(timedelta(minutes=1))
    world.work()
    follow(world.services)
    (entry,) = entries(world, AuditKind.NAMES_CHANGED)
    assert (entry.before, entry.after) == ({"name": "Una Person"}, {"name": str(NEW)})
    assert (entry.actor_id, entry.subject, entry.origin) == (una.id, una.id, HERE.address)
    assert entries(world, AuditKind.ACCOUNT_CHANGED) == []


@pytest.mark.parametrize(
    "first", ["", "Visit evil.example", "a" * 61, "<b>Una</b>", "Una\nPlease sign in at"]
)
def test_a_name_that_could_pass_for_something_else(world: World, una: Person, first: str) -> None:
    """NOT-3: refused by the act itself, whatever the page let through."""
    with pytest.raises(NameRefused):
        rename(world, una, Names(first, "Person"))
    assert world.directory.person(una.id) == una


def test_the_disabled_are_called_what_they_were(world: World, una: Person) -> None:
    """ROL-3: no powers, over oneself either."""
    world.directory.disable(una.id)
    with pytest.raises(NotAllowed):
        rename(world, una)


def test_requests_follow_a_name_and_an_address_changed_elsewhere(world: World, una: Person) -> None:
    """PRO-2: as Keycloak's own page for the address changes it; what is over stays as it was."""
    over = ask(world.services, una.id, AskedRole("P002", Role.PROVIDER_USER, "Cover"), HERE)
    with world.services.sessions.begin() as session:
        request = session.get_one(type(world.request(over)), over)
        request.state = request.state.REJECTED
    waits = ask(world.services, una.id, AskedRole("P003", Role.PROVIDER_USER, "Cover"), HERE)
    world.directory.change_address(una.id, NEW_ADDRESS)
    follow(world.services)
    assert world.request(waits).email == NEW_ADDRESS
    assert world.request(over).email == OLD_ADDRESS


def test_a_stranger_who_asked_from_that_address_before_stands_in_nobodys_way(
    world: World, una: Person
) -> None:
    """APR-5: the same role from the new address is another's request, and both stay."""
    wanted = AskedRole("P003", Role.PROVIDER_USER, "Cover")
    other = world.registered(NEW_ADDRESS, "P003")
    mine = ask(world.services, una.id, wanted, HERE)
    world.directory.change_address(una.id, NEW_ADDRESS)
    follow(world.services)
    assert world.request(mine).email == OLD_ADDRESS
    assert world.request(other).email == NEW_ADDRESS


def test_the_old_address_is_told_once(world: World, una: Person) -> None:
    """AUT-8, PRO-5: though she wants no e-mails, and however often the worker looks."""
    world.directory.set_wants_email(una.id, False)
    tell_account_events(world.services)
    world.directory.change_address(una.id, NEW_ADDRESS)
    for _ in range(3):
        tell_account_events(world.services)
        world.work()
    assert world.post.to(OLD_ADDRESS) == ["The email address of your account was changed"]
    assert world.post.to(NEW_ADDRESS) == []
    (message,) = [one for one in world.post.sent if one["To"] == OLD_ADDRESS]
    assert NEW_ADDRESS in message.get_body(("plain",)).get_content()
    with world.services.sessions() as session:
        assert session.scalar(select(func.count()).where(Notice.person_id == una.id)) == 1


def test_what_happened_while_the_worker_was_away_is_told(world: World, una: Person) -> None:
    """AUT-8: it goes on from where it was, also after all was read again."""
    tell_account_events(world.services)
    with world.services.sessions.begin() as session:
        session.execute(update(MirrorPosition).values(told_to=MirrorPosition.told_to - timedelta(days=2)))
    world.directory.change_address(una.id, NEW_ADDRESS)
    event = world.directory.account_events(una.created_at)[-1]
    world.directory._account_events[-1] = replace(event, at=event.at - timedelta(days=1))
    assert tell_account_events(world.services) == 1
    assert tell_account_events(world.services) == 0


@pytest.mark.parametrize(
    ("kind", "credential", "subject", "says"),
    [
        (AccountEventKind.CREDENTIAL_SET, "password", SET, "The password of your CQRS account was set on"),
        (AccountEventKind.CREDENTIAL_SET, "otp", SET, "An authenticator app was added"),
        (AccountEventKind.CREDENTIAL_SET, "webauthn-passwordless", SET, "A passkey was added"),
        (AccountEventKind.CREDENTIAL_REMOVED, "otp", REMOVED, "An authenticator app was removed"),
        (AccountEventKind.CREDENTIAL_REMOVED, "webauthn-passwordless", REMOVED, "A passkey was removed"),
        (AccountEventKind.LOCKED, "", "Your CQRS account is locked for a while", "wait a minute"),
        (AccountEventKind.LOCKED_FOR_GOOD, "", "Your CQRS account is locked", "to unlock it"),
    ],
)
def test_what_was_done_to_an_account_is_told_once(
    world: World, una: Person, kind: AccountEventKind, credential: str, subject: str, says: str
) -> None:
    """NOT-3, PRO-5: though she wants no e-mails; tried again while the mail server is away."""
    world.directory.set_wants_email(una.id, False)
    tell_account_events(world.services)
    world.directory.happened(kind, una.id, credential)
    world.post.away = True
    for _ in range(3):
        tell_account_events(world.services)
        world.work()
    with world.services.sessions() as session:
        (row,) = session.scalars(select(Mail).where(Mail.to_address == OLD_ADDRESS))
    assert (row.state, row.error) == (MailState.QUEUED, "nobody answers")
    world.post.away = False
    world.clock.move(timedelta(minutes=10))
    world.work()
    assert world.post.to(OLD_ADDRESS) == [subject]
    text = world.post.sent[-1].get_body(("plain",)).get_content()
    assert says in text
    assert re.search(r" on \d{1,2} \w+ \d{4} at \d\d:\d\d", text)


def test_a_message_that_is_refused_is_seen(world: World, una: Person) -> None:
    """NOT-3: with the mail server's reason, as any of ours."""
    tell_account_events(world.services)
    world.post.refused.add(OLD_ADDRESS)
    world.directory.happened(AccountEventKind.LOCKED, una.id)
    tell_account_events(world.services)
    world.work()
    with world.services.sessions() as session:
        (row,) = session.scalars(select(Mail).where(Mail.to_address == OLD_ADDRESS))
    assert (row.state, row.error) == (MailState.REFUSED, "550 no such mailbox")


def test_an_account_that_is_gone_stands_in_nobodys_way(world: World, una: Person) -> None:
    """NOT-3: there is nobody to tell, and those after it hear."""
    tell_account_events(world.services)
    iris = world.people["iris"]
    world.directory.happened(AccountEventKind.LOCKED, iris.id)
    world.directory.delete_person(iris.id)
    world.directory.happened(AccountEventKind.LOCKED, una.id)
    assert tell_account_events(world.services) == 1
    world.work()
    assert world.post.to(OLD_ADDRESS) == ["Your CQRS account is locked for a while"]


def sessions_of(world: World, person: Person) -> set[str]:
    with world.services.sessions() as session:
        of_hers = select(PortalSession.keycloak_sid).where(PortalSession.person_id == person.id)
        return set(session.scalars(of_hers))


def test_signing_out_elsewhere(world: World, una: Person) -> None:
    """AUT-11: in the portal and in Keycloak; on record; what is kept is kept."""
    for sid in ("here", "phone", "library"):
        world.directory.sign_in(una.id, sid)
        world.browser(una, keycloak_sid=sid)
    assert sign_out_elsewhere(world.services, ActingAs(una.id), {"phone", "library"}, HERE)
    assert sessions_of(world, una) == {"here"}
    assert [one.id for one in world.directory.sessions(una.id)] == ["here"]
    (entry,) = entries(world, AuditKind.SIGNED_OUT_ELSEWHERE)
    assert entry.after == {"sessions": 2}


def test_nobody_elses_session_ends(world: World, una: Person) -> None:
    """AUT-11: an id that was guessed, or read somewhere, is of no use."""
    pam = world.people["pam"]
    world.directory.sign_in(pam.id, "pams")
    world.browser(pam, keycloak_sid="pams")
    sign_out_elsewhere(world.services, ActingAs(una.id), {"pams"}, HERE)
    assert sessions_of(world, pam) == {"pams"}
    assert [one.id for one in world.directory.sessions(pam.id)] == ["pams"]


def test_keycloak_away_ends_the_portals_at_once(world: World, una: Person) -> None:
    """AUT-11: Keycloak's follow when it is back."""
    world.directory.sign_in(una.id, "phone")
    world.browser(una, keycloak_sid="phone")
    world.directory.go_wrong(Fault.none(), Fault.unavailable())
    assert not sign_out_elsewhere(world.services, ActingAs(una.id), {"phone"}, HERE)
    assert sessions_of(world, una) == set()
    world.clock.move(timedelta(minutes=1))
    world.work()
    assert world.directory.sessions(una.id) == ()
