"""An invitation in the wrong hands: an old link, a guess, somebody else's, a colleague, another approver."""

from datetime import timedelta
from uuid import uuid4

import pytest

from directory.vocabulary import Role
from portal.acts.accept_invitation import accept, ask_again, look
from portal.acts.invite import Invited, look_up, send
from portal.acts.sent_invitations import cancel, preview, resend
from portal.model import AuditKind, Invitation
from portal.rules.errors import AlreadyKnown, NameRefused, NotAllowed, NothingFound, TooManyAttempts
from portal.rules.verdict import Refusal
from tests.portal.acts.invited import (
    BELLA,
    CAROL,
    NINA,
    PAM,
    USER,
    Who,
    accepted,
    found,
    held,
    invite,
    newest,
)
from tests.portal.acts.removals import entries
from tests.support.builders.services import services
from tests.support.builders.world import HERE, World

UNA: Who = ("una", USER, "P001")


def limited(world: World, **limits: str) -> World:
    """The same country with narrow limits."""
    made = services(
        world.services.settings.database_url, world.directory, world.directory, world.post, world.clock,
        {f"CQRS_{name}": value for name, value in limits.items()},
    )  # fmt: skip
    return World(made, world.directory, world.post, world.clock, world.people)


def test_a_stolen_link_opens_nothing_by_itself(world: World) -> None:
    """INV-2: who accepts by it has no way in: the link to set a password goes to the invited mailbox."""
    invite(world)
    accepted(world, newest(world))
    person = world.directory.person_by_email(NINA)
    assert person
    assert world.directory.welcomes == [person.id]
    assert not world.directory.has_credential(person.id)


@pytest.mark.parametrize("change", ["resent", "other", "cut", "empty", "another's"])
def test_a_link_that_is_not_the_newest_gives_and_tells_nothing(world: World, change: str) -> None:
    """INV-3: not even whether there is such an invitation."""
    identity = invite(world)
    old = newest(world)
    if change == "resent":
        resend(world.services, world.actor(*PAM), identity, HERE)
        link = old
    elif change == "another's":
        invite(world, email="other@p002.example")
        link = (identity, newest(world, "other@p002.example")[1])
    else:
        link = (identity, {"other": "x" * 43, "cut": old[1][:-1], "empty": ""}[change])
    for act in (look, accept):
        with pytest.raises(NothingFound):
            act(world.services, *link, HERE)
    with pytest.raises(NothingFound):
        look(world.services, uuid4(), link[1], HERE)
    assert held(world) == set()
    pages = [world.browser().open(f"/invitation/{one}/{link[1] or 'x'}") for one in (link[0], uuid4())]
    assert pages[0].said == pages[1].said
    assert NINA not in pages[0].text


def test_guessing_is_limited_and_then_the_right_one_is_refused_too(world: World) -> None:
    """AUT-9: for the network that guessed, for a while; others open theirs."""
    invite(world)
    narrow = limited(world, REGISTER_LIMIT="5")
    identity, token = newest(world)
    for number in range(5):
        with pytest.raises(NothingFound):
            look(narrow.services, identity, f"guess{number}", HERE)
    for tried in (f"{token}", "guess"):
        with pytest.raises(TooManyAttempts):
            look(narrow.services, identity, tried, HERE)
    elsewhere = type(HERE)("198.51.100.7")
    assert look(narrow.services, identity, token, elsewhere).is_pending
    world.clock.move(timedelta(hours=1, seconds=1))
    assert look(narrow.services, identity, token, HERE).is_pending


def test_asking_for_links_fills_no_mailbox(world: World) -> None:
    """AUT-9: limited for each invited address, whoever asks."""
    identity = invite(world)
    narrow = limited(world, ADDRESS_LIMIT="2")
    for _ in range(2):
        ask_again(narrow.services, identity, HERE)
    with pytest.raises(TooManyAttempts):
        ask_again(narrow.services, identity, type(HERE)("198.51.100.7"))


def test_sending_again_fills_no_mailbox_either(world: World) -> None:
    narrow = limited(world, ADDRESS_LIMIT="2")
    identity = invite(narrow)
    resend(narrow.services, narrow.actor(*PAM), identity, HERE)
    with pytest.raises(TooManyAttempts):
        resend(narrow.services, narrow.actor(*PAM), identity, HERE)


def test_finding_out_who_has_an_account_is_limited_and_seen(world: World) -> None:
    """INV-1, AUT-9: the one who looks addresses up is counted, and each that is known is on record."""
    narrow = limited(world, INVITE_LIMIT="3")
    for address in ("una@approvers.example", "nobody@nhs.net", "carol@approvers.example"):
        try:
            look_up(narrow.services, narrow.actor(*PAM), address, HERE)
        except AlreadyKnown:
            continue
    with pytest.raises(TooManyAttempts):
        look_up(narrow.services, narrow.actor(*PAM), "iris@approvers.example", HERE)
    assert [one.after["email"] for one in entries(world, AuditKind.INVITATION_REFUSED)] == [
        "una@approvers.example",
        "carol@approvers.example",
    ]


@pytest.mark.parametrize("who", [UNA, BELLA, CAROL], ids=lambda who: who[0])
def test_an_approver_of_another_place(world: World, who: Who) -> None:
    """ROL-2: can neither send, see, send again nor cancel it; carol's practice invites its own users."""
    identity = invite(world)
    actor = world.actor(*who)
    asked = Invited("mine@nhs.net", "Mal", "Lory", "P002", USER)
    for act in (
        lambda: send(world.services, actor, asked, HERE),
        lambda: preview(world.services, actor, identity),
        lambda: resend(world.services, actor, identity, HERE),
        lambda: cancel(world.services, actor, identity, HERE),
    ):
        with pytest.raises(NotAllowed):
            act()
    one = found(world, identity)
    assert (one.is_pending, one.round, one.invited_by_name) == (True, 1, "Pam Person")


def test_nobody_invites_themselves(world: World) -> None:
    """ROL-3: to another role, by another address of the same mailbox."""
    asked = Invited("Pam+finance@approvers.example", "Pam", "Person", "P002", Role.PROVIDER_FINANCE)
    with pytest.raises(NotAllowed) as refused:
        send(world.services, world.actor(*PAM), asked, HERE)
    assert refused.value.verdict.refusal is Refusal.YOURSELF


@pytest.mark.parametrize("fallen", ["disabled", "role taken", "closed"])
def test_an_open_session_of_somebody_who_fell(world: World, fallen: str) -> None:
    """ROL-3: invites nobody, whatever the page showed before."""
    actor, pam = world.actor(*PAM), world.people["pam"].id
    if fallen == "disabled":
        world.directory.disable(pam)
    elif fallen == "role taken":
        world.directory.remove(pam, world.directory.organisation("P002"), Role.PROVIDER_APPROVER)
    else:
        world.directory.change("P002", status="closed")
    with pytest.raises(NotAllowed):
        send(world.services, actor, Invited(NINA, "Nina", "New", "P002", USER), HERE)
    assert held(world) is None


def test_a_role_that_the_page_did_not_offer(world: World) -> None:
    """ROL-2: posted past the page."""
    for role in (Role.PROVIDER_APPROVER, Role.SERVICE_DESK, Role.COMMISSIONER_APPROVER):
        with pytest.raises(NotAllowed):
            send(world.services, world.actor(*PAM), Invited(NINA, "Nina", "New", "P002", role), HERE)


def test_a_name_that_is_none(world: World) -> None:
    """NOT-3: in nobody's mail."""
    with pytest.raises(NameRefused):
        send(world.services, world.actor(*PAM), Invited(NINA, "evil.example", "New", "P002", USER), HERE)


def test_the_database_holds_no_link(world: World) -> None:
    """INV-2: what can be read there opens nothing."""
    identity = invite(world)
    token = newest(world)[1]
    with world.sessions() as session:
        for table in ("invitation", "mail", "effect", "audit_entry"):
            rows = session.connection().exec_driver_sql(f"SELECT t::text FROM {table} t").scalars()  # noqa: S608
            assert not any(token in row for row in rows), table
        assert session.get_one(Invitation, identity).token_hash != token
