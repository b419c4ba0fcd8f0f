"""Pages whose addresses only the running test knows, and those that a form leads to: as fit as the others."""

from dataclasses import replace

import pytest

from directory.sync_runs import RunState, SyncRun
from directory.vocabulary import FactorKind, Person, Role
from portal.acts.ask import AskedRole, ask
from portal.model import Invitation
from portal.rules.invitations import link_token
from portal.services import now
from portal.store.moved_clock import AheadClock
from tests.support.builders.world import CLOSED, HERE, MULTI, SINGLE, SUB_ICB, build_places
from tests.support.pages.browser import Browser as Visitor
from tests.support.pages.look import Look

pytestmark = pytest.mark.browser


INVITING = ("email", "person", "organisation", "role", "check")


def invited(look: Look, email: str) -> Visitor:
    """Somebody of a practice, who has answered every question of inviting."""
    pam = look.world.person(f"pam.{email}", (MULTI, Role.PROVIDER_APPROVER))
    visitor = look.world.browser(pam, look.world.holding(MULTI, Role.PROVIDER_APPROVER))
    visitor.open("/users/invite").send("Next", email=email)
    visitor.send("Next", first_name="Nina", last_name="New").send("Next", code=MULTI)
    return visitor.send("Next", role="provider-user")


@pytest.mark.parametrize("step", INVITING)
def test_inviting(look: Look, step: str) -> None:
    visitor = invited(look, f"{step}@a-rather-long-domain-name.nhs.uk")
    draft = visitor.path.split("/")[3]
    look.at_answer(visitor.open(f"/users/invite/{draft}/{step}"))
    assert visitor.path == f"/users/invite/{draft}/{step}"


def test_invitations_that_wait_and_that_end(look: Look) -> None:
    """The list, the confirmation of a cancellation, and the mailed link before and after."""
    email = "waits@a-rather-long-domain-name.nhs.uk"
    visitor = invited(look, email).send("Send")
    look.at_answer(visitor)
    with look.world.sessions() as db:
        one = db.query(Invitation).filter_by(email=email).one()
    token = link_token(look.world.services.settings.secret_key, one.id, 1)
    look.at(f"/invitation/{one.id}/{token}")
    look.at(f"/invitation/{one.id}/wrong")
    look.at_answer(visitor.open(f"/users/invite/pending/{one.id}/cancel"))
    look.at_answer(visitor.send("Cancel invitation"))
    look.at(f"/invitation/{one.id}/{token}")


def test_links_to_be_mailed(look: Look, busy: Person) -> None:
    """With an address that is none, and with what goes where."""
    visitor = look.world.browser(busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    visitor.open(f"/providers/links?chosen={SINGLE}&chosen={MULTI}")
    for address in ("no address", "manager@nhs.net"):
        sent = {"chosen": [SINGLE, MULTI], f"to-{SINGLE}": address}
        look.at_answer(visitor.send("Continue", **sent))


@pytest.mark.parametrize("email", ["reception@nhs.net", "plain@nhs.net"])
def test_a_request_to_decide(look: Look, busy: Person, email: str) -> None:
    """With a warning and without."""
    asked = look.world.open_request(email, role=Role.PROVIDER_FINANCE)
    look.at(f"/requests/{asked}", busy, look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))


def test_removing_a_role(look: Look, busy: Person) -> None:
    """The choice of one of several, and the confirmation with its warning."""
    both = ((SINGLE, Role.PROVIDER_USER), (SINGLE, Role.PROVIDER_FINANCE))
    una = look.world.person("two-roles@a-rather-long-domain-name.nhs.uk", *both)
    pat = look.world.directory.person_by_email("pa@nhs.net")
    assert pat
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    look.at(f"/users/{una.id}/roles/{SINGLE}/remove", busy, acting_as)
    look.at(f"/users/{pat.id}/roles/{MULTI}/remove/provider-approver", busy, acting_as)


STEPS = ("email", "organisation", "role", "check")


@pytest.mark.parametrize("step", STEPS)
def test_registering(look: Look, step: str) -> None:
    visitor = (
        look.world.browser().open(f"/register?organisation={SINGLE}").send("Continue", email="n@nhs.net")
    )
    visitor.send("Continue", role="provider-user", first_name="Nina", last_name="New")
    draft = visitor.path.split("/")[2]
    look.at_answer(visitor.open(f"/register/{draft}/{step}"))
    assert visitor.path == f"/register/{draft}/{step}"


def test_what_is_confirmed(look: Look, busy: Person) -> None:
    """The pages that a form leads to: a decision, several together and what became of them, a request."""
    approver = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    asked = [str(look.world.open_request(f"confirm{number}@nhs.net")) for number in range(3)]
    visitor = look.world.browser(busy, approver)
    look.at_answer(
        visitor.open(f"/requests/{asked[0]}").send("Continue", decision="reject", reason="Not known")
    )
    look.at_answer(visitor.open("/requests").send("Approve ticked requests", chosen=asked))
    look.at_answer(visitor.send("Confirm", chosen=asked))
    access = visitor.open(f"/profile/request-access/{MULTI}")
    look.at_answer(access.send("Continue", role="provider-finance", reason="I do the claims"))


def test_helping_somebody_to_sign_in(look: Look, busy: Person) -> None:
    """With a lock and two second factors: what there is, and both confirmations."""
    una = look.world.person("cannot.sign.in@a-rather-long-domain-name.nhs.uk", (SINGLE, Role.PROVIDER_USER))
    for kind in (FactorKind.AUTHENTICATOR_APP, FactorKind.PASSKEY):
        look.world.directory.add_second_factor(una.id, kind)
    look.world.directory.lock(una.id)
    look.world.mirror(una.id)
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    for path in ("sign-in", "unlock", "second-factors/remove"):
        look.at(f"/users/{una.id}/{path}", busy, acting_as)


def test_signing_in_with_much_to_show(look: Look) -> None:
    """Two second factors, one with a long name of its person's, and three places."""
    una = look.world.person("many.places@nhs.net", (SINGLE, Role.PROVIDER_USER))
    for kind in (FactorKind.AUTHENTICATOR_APP, FactorKind.PASSKEY):
        look.world.directory.add_second_factor(una.id, kind, "Telephone-of-the-reception-desk-upstairs")
    for number in range(2):
        look.world.directory.sign_in(una.id, f"elsewhere-{number}", "2001:db8:85a3:8d3:1319:8a2e:370:7348")
    look.at("/profile/sign-in", una)


def test_the_system_date_and_its_banner(look: Look, database: str) -> None:
    """A number that is none, the date moved, and the banner that every page has then."""
    world = build_places(database, CQRS_SYSTEM_DATE_CHANGE="true")
    ahead = AheadClock(world.services.sessions, now)
    moved = replace(world, services=replace(world.services, clock=ahead))
    moved.services.wait.services = moved.services
    visitor = moved.browser(moved.person("moves.the.date@nhs.net", (SINGLE, Role.PROVIDER_USER)))
    visitor.open("/profile/system-date")
    look.at_answer(visitor.send("Save", days="-1"))
    look.at_answer(visitor.send("Save", days="30"))
    ahead._until = 0
    look.at_answer(visitor.open("/profile"))
    assert f"is now {ahead().day} {ahead():%B %Y}" in visitor.text


def test_a_person_and_the_changes_of_their_account(look: Look, busy: Person) -> None:
    """With roles, a request set aside and a history: the page, and each confirmation."""
    una = look.world.person("leaving.soon@a-rather-long-domain-name.nhs.uk", (SINGLE, Role.PROVIDER_USER))
    gone = look.world.person("gone.already@nhs.net", (SINGLE, Role.PROVIDER_USER))
    ask(look.world.services, gone.id, AskedRole(MULTI, Role.PROVIDER_USER, "Two days a week"), HERE)
    acting_as = look.world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER)
    browser = look.world.browser(busy, acting_as)
    look.at_answer(browser.open(f"/users/{gone.id}/disable").send("Continue", why="left"))
    browser.send("Disable account")
    look.world.work()
    for address in (f"{una.id}", f"{una.id}/disable", f"{una.id}/revoke", f"{gone.id}", f"{gone.id}/enable"):
        look.at(f"/users/{address}", busy, acting_as)


def test_making_changing_and_deleting_a_cluster(look: Look, busy: Person) -> None:
    """In the job aids' order, with people in it, an error, and changes that are not submitted."""
    visitor = look.world.browser(busy, look.world.holding("", Role.SERVICE_DESK))
    visitor.open(f"/administration/clusters/{SUB_ICB}/new")
    look.at_answer(visitor.send("Continue", name=""))
    visitor.send("Continue", name="Coastal practices", description="By the sea")
    visitor.send("Add these codes", codes="NOSUCH B01")
    look.at_answer(visitor)
    look.at_answer(visitor.send("Continue", chosen=[SINGLE, MULTI]))
    look.at_answer(visitor.send("No"))
    visitor.send("Continue").send("Continue")
    look.at_answer(visitor.send("Yes"))
    (made,) = look.world.directory.clusters(SUB_ICB)
    both = (SUB_ICB, Role.COMMISSIONER_USER)
    member = look.world.person("in.a.cluster@nhs.net", both, first="Mia", last="Member")
    look.world.directory.restrict(member.id, SUB_ICB, [made.id])
    look.world.mirror(member.id)
    here = f"/administration/clusters/{SUB_ICB}/{made.short_name}"
    look.at_answer(visitor.open(f"/administration/clusters/{SUB_ICB}"))
    look.at_answer(visitor.open(here).send("Remove organisation"))
    look.at_answer(visitor.open(f"{here}/leave"))
    look.at_answer(visitor.open(f"{here}/delete"))


def test_user_details_and_why_somebody_sees_an_organisation(look: Look, busy: Person) -> None:
    """With an organisation added, changes not submitted, what they come to, and an answer of both kinds."""
    world, desk = look.world, look.world.holding("", Role.SERVICE_DESK)
    one = world.person("set.by.admins@nhs.net", (SUB_ICB, Role.COMMISSIONER_USER), first="Sam", last="Set")
    made = world.directory.create_cluster(SUB_ICB, "seen", "Looked at", "", [SINGLE])
    world.directory.create_cluster(SUB_ICB, "seen too", "Looked at as well", "", [MULTI])
    visitor, here = world.browser(busy, desk), f"/users/{one.id}/details"
    look.at_answer(visitor.open(here))
    look.at_answer(visitor.open(here).send("Add organisation"))
    look.at_answer(visitor.send("Add organisation", code=SINGLE))
    look.at_answer(visitor.send("Continue", **{f"role:{SUB_ICB}": []}))
    look.at_answer(visitor.open(here).send("Continue", **{f"cluster:{SUB_ICB}": made.id}))
    visitor.send("Submit")
    world.work()
    for code in (SINGLE, MULTI):
        look.at(f"/users/{one.id}/why?organisation={code}", busy, desk)
    look.at(f"/users/{one.id}/why?q=fair", busy, desk)


def test_where_the_people_of_a_closed_provider_go(look: Look, busy: Person) -> None:
    """The successor, also of a code that there is none of, who would get what, and what became of each."""
    world = look.world
    for number in range(3):
        email = f"a.rather.long.address.{number}@a-rather-long-domain-name.nhs.uk"
        world.person(email, (CLOSED, Role.PROVIDER_USER), first="Del", last=f"Dogger-{number}")
    world.directory.grant(busy.id, world.directory.organisation(CLOSED), Role.PROVIDER_FINANCE)
    world.directory.change(CLOSED, status="closed", postcode="ZE1 0AA")
    world.directory.change(SINGLE, postcode="ZE1 0AA")
    for code in (CLOSED, SINGLE):
        world.mirror_organisation(code)
    visitor = world.browser(busy, world.holding(SUB_ICB, Role.COMMISSIONER_APPROVER))
    look.at_answer(visitor.open(f"/providers/{CLOSED}/people?other=NOWHERE"))
    look.at_answer(visitor.open(f"/providers/{CLOSED}/people"))
    look.at_answer(visitor.send("Continue", to=SINGLE))
    look.at_answer(visitor.send("Confirm"))
    look.at_answer(visitor.open(f"/providers/{CLOSED}/people?to={SINGLE}"))


def test_runs_of_the_sync(look: Look, busy: Person) -> None:
    run = SyncRun("host-of-the-timer", 7, ("eauth.zip", "epraccur.zip"), now(), now())
    counts, changes = (
        {"create": 12440, "move": 31},
        ("create P81001 A RATHER LONG NAME OF A SURGERY / CLINIC",),
    )
    for state in RunState:
        problem = "Keycloak does not answer at https://keycloak.example" if state is RunState.FAILED else ""
        more = {"state": state, "counts": counts, "changes": changes, "problem": problem}
        look.world.directory.note_run(replace(run, **more))
    look.at("/service-desk/organisation-lists", busy, look.world.holding("", Role.SERVICE_DESK))
