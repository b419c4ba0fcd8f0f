"""An approver removes somebody's lost second factors: who may, what follows, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from directory.errors import PersonNotFound
from directory.vocabulary import FactorKind, Role
from portal.acts.second_factors import SignIn, preview, remove, sign_in_of
from portal.mirroring.follow import follow
from portal.model import AuditKind
from portal.model.notices import Notice, NoticeKind
from portal.rules.errors import NoSecondFactor, NotAllowed, OutOfDate
from portal.rules.verdict import Refusal
from tests.portal.acts.removals import APPROVER, CAROL, COMMISSIONER, DESK, IRIS, USER, entries
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault

CHRIS = ("chris", COMMISSIONER, "A01")
APP, PASSKEY = FactorKind.AUTHENTICATOR_APP, FactorKind.PASSKEY


def enrolled(world: World, whose: str, *kinds: FactorKind) -> str:
    """Gives the person these second factors; their id."""
    person_id = world.people[whose].id
    for kind in kinds:
        world.directory.add_second_factor(person_id, kind)
    return person_id


def shown(world: World, person_id: str) -> list[str]:
    """The ids that the confirmation page was made for."""
    return [factor.id for factor in world.directory.second_factors(person_id)]


def take(world: World, who: tuple[str, Role, str], person_id: str, ids: list[str] | None = None) -> SignIn:
    confirmed = shown(world, person_id) if ids is None else ids
    return remove(world.services, world.actor(*who), person_id, confirmed, HERE)


def test_they_go_and_the_person_is_told(world: World) -> None:
    """AUT-8: at once, the password stays; a notice and an e-mail say what was removed and by which office."""
    una = enrolled(world, "una", APP, PASSKEY)
    world.directory.set_wants_email(una, False)
    assert preview(world.services, world.actor(*CAROL), una).kinds == ["Authenticator app", "Passkey"]
    assert take(world, CAROL, una).applied
    assert world.directory.second_factors(una) == ()
    assert world.directory.has_credential(una)
    with world.services.sessions() as session:
        [notice] = session.scalars(select(Notice).where(Notice.person_id == una))
    assert notice.kind is NoticeKind.SECOND_FACTORS_REMOVED
    assert notice.text.startswith("An approver for Place A removed: Authenticator app, Passkey.")
    world.work()
    assert world.post.to("una@approvers.example") == ["Your second factor was removed"]
    text = " ".join(world.post.sent[-1].get_body(("plain",)).get_content().split())
    assert "confirm your sign-in with: Authenticator app, Passkey." in text
    assert "If you did not ask for this, tell the service desk at once" in text


def test_the_audit_says_which_kinds(world: World) -> None:
    """AUD-1, AUT-8: asked and done, by whom and from where; the follower adds nothing."""
    una = enrolled(world, "una", PASSKEY, APP)
    take(world, CAROL, una)
    follow(world.services)
    [asked] = entries(world, AuditKind.SECOND_FACTORS_REMOVAL_ASKED)
    [done] = entries(world, AuditKind.SECOND_FACTORS_REMOVED)
    for entry in (asked, done):
        assert (entry.subject, entry.actor_name, entry.actor_organisation) == (una, "Carol Person", "A01")
        assert (entry.origin, entry.before) == (HERE.address, {"factors": ["otp", "webauthn-passwordless"]})
    assert (asked.after, done.after) == ({"factors": [], "name": "Una Person"}, {"factors": []})
    assert entries(world, AuditKind.ACCOUNT_CHANGED) == []


@pytest.mark.parametrize(
    ("who", "whose", "why"),
    [
        (("bella", COMMISSIONER, "B01"), "una", Refusal.NOT_YOUR_ORGANISATION),
        (("pam", APPROVER, "P002"), "paul", Refusal.ROLE_ABOVE_YOURS),
        (CAROL, "iris", Refusal.NOT_YOUR_ORGANISATION),
        (("una", USER, "P001"), "pam", Refusal.NOT_YOUR_ROLE),
        (CAROL, "carol", Refusal.YOURSELF),
        (DESK, "desk", Refusal.YOURSELF),
    ],
)
def test_others_may_not(world: World, who: tuple[str, Role, str], whose: str, why: Refusal) -> None:
    """AUT-8, ROL-3: who may not unlock somebody doesn't see what they have, and removes nothing."""
    person_id = enrolled(world, whose, APP)
    for ask in (
        lambda: take(world, who, person_id),
        lambda: sign_in_of(world.services, world.actor(*who), person_id),
    ):
        with pytest.raises(NotAllowed) as refused:
            ask()
        assert refused.value.verdict.refusal is why
    assert len(shown(world, person_id)) == 1
    assert entries(world, AuditKind.SECOND_FACTORS_REMOVAL_ASKED) == []


def test_those_over_them_may(world: World) -> None:
    """AUT-8: who may unlock them."""
    for who in (CHRIS, IRIS, DESK):
        assert take(world, who, enrolled(world, "carol", APP)).applied, who


def test_nothing_to_remove(world: World) -> None:
    """AUT-8: there never was one, it is removed already, or the person is gone; once on record."""
    una = world.people["una"].id
    with pytest.raises(NoSecondFactor):
        preview(world.services, world.actor(*CAROL), una)
    ids = shown(world, enrolled(world, "una", APP))
    take(world, CAROL, una, ids)
    for who in (CAROL, CHRIS):
        with pytest.raises(NoSecondFactor):
            take(world, who, una, ids)
    world.directory.delete_person(una)
    with pytest.raises(PersonNotFound):
        take(world, CAROL, una, ids)
    world.work()
    assert world.post.to("una@approvers.example") == ["Your second factor was removed"]


def test_what_was_not_shown_is_not_removed(world: World) -> None:
    """AUT-8: one that was added since the page was made; it is shown again first."""
    una = enrolled(world, "una", APP)
    ids = shown(world, una)
    enrolled(world, "una", PASSKEY)
    with pytest.raises(OutOfDate):
        take(world, CAROL, una, ids)
    assert len(shown(world, una)) == 2


def test_a_new_one_stays_while_the_removal_waits(world: World) -> None:
    """AUT-8, APR-4: what is done later is what was confirmed; in between nobody asks for it twice."""
    una = enrolled(world, "una", APP)
    ids = shown(world, una)
    world.directory.go_wrong(*[Fault.none()] * calls_to_judge(world, una), Fault.unavailable())
    assert not take(world, CAROL, una, ids).applied
    with pytest.raises(NoSecondFactor):
        take(world, CHRIS, una, ids)
    enrolled(world, "una", PASSKEY)
    world.clock.move(timedelta(minutes=5))
    world.work()
    assert [factor.kind for factor in world.directory.second_factors(una)] == [PASSKEY]
    [done] = entries(world, AuditKind.SECOND_FACTORS_REMOVED)
    assert (done.before, done.after) == ({"factors": ["otp"]}, {"factors": ["webauthn-passwordless"]})


def test_once_though_the_reply_is_lost(world: World) -> None:
    """APR-4: it was done, and the worker didn't hear of it: the record says what there was."""
    una = enrolled(world, "una", APP)
    ids = shown(world, una)
    world.directory.go_wrong(*[Fault.none()] * calls_to_judge(world, una), Fault.reply_lost())
    assert not take(world, CAROL, una, ids).applied
    world.clock.move(timedelta(minutes=5))
    world.work()
    [done] = entries(world, AuditKind.SECOND_FACTORS_REMOVED)
    assert done.before == {"factors": ["otp"]}
    assert world.post.to("una@approvers.example") == ["Your second factor was removed"]


def calls_to_judge(world: World, person_id: str) -> int:
    """How many questions to the directory it takes to judge the removal."""
    world.directory.go_wrong(*[Fault.none()] * 50)
    preview(world.services, world.actor(*CAROL), person_id)
    left = world.directory.faults_left
    for _ in range(left):
        world.directory.service_desk()
    return 50 - left
