"""Section 6 (but for many at once) in a browser: a desk, no scripts, the keyboard alone at 320 pixels."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from directory.vocabulary import Person, Role
from portal.acts.deadlines import lapse_invitations
from portal.acts.invite import Invited, send
from portal.model import Invitation, InvitationState
from portal.rules.actor import ActingAs
from portal.rules.invitations import link_token
from tests.portal.journeys.conftest import Arrive, Site
from tests.portal.journeys.guest import Guest
from tests.support.builders.world import HERE, MULTI

pytestmark = pytest.mark.browser
WHOM = "Who do you want to invite?"
APPROVER, USER = Role.PROVIDER_APPROVER, Role.PROVIDER_USER


@pytest.fixture
def pam(site: Site) -> Person:
    return site.world.person(f"pam.{uuid4()}@p002.example", (MULTI, APPROVER), first="Pam", last="Sender")


@pytest.fixture
def guest(site: Site, pam: Person, arrive: Arrive) -> Guest:
    """Pam, at Users."""
    return arrive(pam, site.world.holding(MULTI, APPROVER)).open("/users").at("Users")


def sent(site: Site, pam: Person, guest: Guest, email: str) -> Guest:
    """At Pending invitation, with one to Ida New."""
    invited = Invited(email, "Ida", "New", MULTI, USER)
    send(site.world.services, ActingAs(pam.id, site.world.holding(MULTI, APPROVER)), invited, HERE)
    return guest.open(f"/users/invite/pending?q={email}").at("Pending invitation")


def test_step_by_step(site: Site, guest: Guest, email: str) -> None:
    """INV-1: each question, a wrong answer, back through all of them with nothing lost, changed, and sent."""
    una = site.world.person(f"una.{uuid4()}@p002.example", (MULTI, USER))
    guest.press("Invite").at("Send invitation")
    guest.fill(WHOM, una.email).press("Next").at("Send invitation")
    guest.says("An invitation can be sent to a new user only", "Request access")
    guest.fill(WHOM, email).press("Next").at("Name of the new user").says("does not exist in the system")
    guest.press("Next").at("Name of the new user").says("There is a problem")
    guest.fill("First name", "Ida").fill("Last name", "New").press("Next").at("Choose an organisation")
    guest.press("Next").at("Choose an organisation").choose("Cromarty Medical").press("Next")
    guest.at("Choose a role").choose("Provider User").press("Next").at("Check the invitation")
    guest.follow("Previous").at("Choose a role").has_chosen("Provider User")
    guest.follow("Previous").at("Choose an organisation").has_chosen("Cromarty Medical")
    guest.follow("Previous").at("Name of the new user").holds("First name", "Ida").holds("Last name", "New")
    guest.follow("Previous").at("Send invitation").holds(WHOM, email)
    guest.press("Next").at("Check the invitation").says("Ida", email, "Cromarty Medical (P002)")
    guest.follow("Change role").at("Choose a role").choose("Provider Finance").press("Next")
    guest.at("Check the invitation").says("Provider Finance").press("Send").at("Pending invitation")
    guest.follow("Send invitation").at("Send invitation").follow("Pending invitation").at(
        "Pending invitation"
    )
    assert invitation(site, email).role is Role.PROVIDER_FINANCE


def invitation(site: Site, email: str) -> Invitation:
    with site.world.sessions() as session:
        return session.scalars(select(Invitation).where(Invitation.email == email)).one()


def link(site: Site, one: Invitation) -> str:
    site.world.work()
    return f"/invitation/{one.id}/{link_token(site.world.services.settings.secret_key, one.id, one.round)}"


def held(site: Site, email: str) -> set[Role] | None:
    person = site.world.services.reader.person_by_email(email)
    return person and {one.role for one in site.world.services.reader.standing(person.id).holdings}


@pytest.fixture
def email() -> str:
    return f"ida.{uuid4()}@journeys.example"


def test_accepted(site: Site, pam: Person, guest: Guest, arrive: Arrive, email: str) -> None:
    """INV-2: who invites, the place and the role are named; accepted with one press, once."""
    sent(site, pam, guest, email)
    ida = arrive().open(link(site, invitation(site, email))).at("You are invited to Cromarty Medical")
    ida.says("Pam Sender", "Provider User", "Ida New", email)
    ida.press("Accept invitation").says(email)
    assert held(site, email) == {USER}
    ida.open(link(site, invitation(site, email))).at("You have accepted the invitation")


def test_accepted_when_it_could_no_longer_be_sent(
    site: Site, guest: Guest, pam: Person, arrive: Arrive, email: str
) -> None:
    """INV-3: then it is a request, and nobody has access by it."""
    sent(site, pam, guest, email)
    address = link(site, invitation(site, email))
    site.world.directory.disable(pam.id)
    arrive().open(address).press("Accept invitation").at("Your access is being looked at")
    assert held(site, email) is None
    assert site.world.request_of(email).is_open


def test_sent_again(site: Site, pam: Person, guest: Guest, arrive: Arrive, email: str) -> None:
    """INV-3: date, sender and lapse are listed; the older link explains itself and offers another."""
    sent(site, pam, guest, email).says("Ida New", email, "Provider User", "by Pam Sender")
    older = link(site, invitation(site, email))
    guest.press("Send again to Ida New at Cromarty Medical").at("Pending invitation")
    guest.says(f"The invitation was sent again to {email}.")
    ida = arrive().open(older).at("This link does not work")
    ida.open(link(site, invitation(site, email))).at("You are invited to Cromarty Medical")


def test_cancelled(site: Site, pam: Person, guest: Guest, arrive: Arrive, email: str) -> None:
    """INV-3: after a page that names whose it is; the account that nobody used is gone."""
    sent(site, pam, guest, email)
    address = link(site, invitation(site, email))
    guest.follow("Cancel the invitation to Ida New at Cromarty Medical")
    guest.at("Confirm that you cancel this invitation").says("Ida New", email)
    guest.press("Cancel invitation").at("Pending invitation").says("was cancelled")
    site.world.work()
    assert held(site, email) is None
    arrive().open(address).at("This invitation was cancelled")


def test_lapsed(site: Site, pam: Person, guest: Guest, arrive: Arrive, email: str) -> None:
    """INV-3: it explains itself, and another can be asked for."""
    sent(site, pam, guest, email)
    address, one = link(site, invitation(site, email)), invitation(site, email)
    make_lapse(site, one.id)
    assert invitation(site, email).state is InvitationState.LAPSED
    arrive().open(address).says("lapsed").press("Send a new link").at("Check your email")
    site.world.work()
    assert invitation(site, email).is_pending


def make_lapse(site: Site, invitation_id: UUID) -> None:
    """As time would; what else the module has waiting stays."""
    with site.world.sessions.begin() as session:
        one = session.get_one(Invitation, invitation_id)
        one.lapses_at = site.world.services.clock() - timedelta(minutes=1)
    lapse_invitations(site.world.services)
    site.world.work()
