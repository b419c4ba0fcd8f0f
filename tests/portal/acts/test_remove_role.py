"""An approver removes one role: who may, what follows, and who decides from then on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from directory.errors import DirectoryUnavailable, PersonNotFound
from directory.vocabulary import Role
from portal.acts.ask import AskedRole, ask
from portal.acts.preferences import set_wants_email
from portal.acts.remove_role import removable, remove
from portal.model import AuditKind
from portal.model.effects import Effect, EffectKind
from portal.model.mirror import MirroredHolding
from portal.model.notices import Notice, NoticeKind
from portal.rules.errors import NotAllowed, NotHeld
from portal.rules.verdict import Refusal
from portal.store.queries.mail import waiting_count
from tests.portal.acts.removals import APPROVER, CAROL, COMMISSIONER, DESK, USER, entries, held, look, take
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault


def notices(world: World, whose: str) -> list[Notice]:
    wanted = (Notice.person_id == world.people[whose].id, Notice.kind == NoticeKind.ROLE_REMOVED)
    with world.services.sessions() as session:
        return list(session.scalars(select(Notice).where(*wanted)))


def test_the_one_role_goes_and_the_person_is_told(world: World) -> None:
    """ROL-4: at once, in Keycloak and in the lists; a notice and an e-mail say how to ask again."""
    place = world.directory.organisation("P001")
    world.directory.grant(world.people["una"].id, place, Role.PROVIDER_FINANCE)
    take(world, CAROL, "una", "P001", USER)
    assert held(world, "una") == {(Role.PROVIDER_FINANCE, "P001")}
    with world.services.sessions() as session:
        mirrored = select(MirroredHolding.role).where(MirroredHolding.person_id == world.people["una"].id)
        assert list(session.scalars(mirrored)) == [Role.PROVIDER_FINANCE]
    [notice] = notices(world, "una")
    assert notice.name == "Provider User, Fair Isle Surgery"
    assert notice.text.startswith("An approver for Fair Isle Surgery removed this role.")
    assert "Request access" in notice.text
    world.work()
    assert world.post.to("una@approvers.example") == ["Your role at Fair Isle Surgery was removed"]
    text = world.post.sent[-1].get_body(("plain",)).get_content()
    assert "removed your role Provider User at Fair Isle Surgery (P001)" in " ".join(text.split())
    assert "Request access" in text


def test_the_person_asks_for_another_role(world: World) -> None:
    """ROL-4: changing a role is removing the one and asking for the other."""
    take(world, CAROL, "una", "P001", USER)
    asked = AskedRole("P001", Role.PROVIDER_FINANCE, "Changed jobs")
    assert ask(world.services, world.people["una"].id, asked, HERE)


def test_no_email_to_somebody_who_wants_none(world: World) -> None:
    """NOT-2: the notice is there all the same."""
    set_wants_email(world.services, world.people["una"].id, False, HERE)
    take(world, DESK, "una", "P001", USER)
    world.work()
    assert world.post.to("una@approvers.example") == []
    [notice] = notices(world, "una")
    assert notice.text.startswith("The service desk removed this role.")


def test_the_audit_says_before_and_after(world: World) -> None:
    """AUD-1: who removed which role of whom, from where, and that it was done."""
    take(world, CAROL, "una", "P001", USER)
    [asked] = entries(world, AuditKind.ROLE_REMOVAL_ASKED)
    assert (asked.actor_name, asked.actor_role, asked.actor_organisation) == (
        "Carol Person",
        "commissioner-approver",
        "A01",
    )
    assert (asked.subject, asked.organisation_code) == (world.people["una"].id, "P001")
    assert asked.before == {"roles": ["provider-user"]}
    assert asked.after == {"roles": [], "role": "provider-user", "name": "Una Person", "decides": ""}
    assert asked.origin == HERE.address
    [done] = entries(world, AuditKind.ROLE_REMOVED)
    assert (done.before, done.after) == ({"held": True}, {"held": False, "role": "provider-user"})
    assert done.reason == "Removed by Carol Person"


@pytest.mark.parametrize(
    ("who", "whose", "code", "role", "why"),
    [
        (("bella", COMMISSIONER, "B01"), "una", "P001", USER, Refusal.NOT_YOUR_ORGANISATION),
        (("pam", APPROVER, "P002"), "una", "P001", USER, Refusal.NOT_YOUR_ORGANISATION),
        (("pam", APPROVER, "P002"), "paul", "P002", APPROVER, Refusal.ROLE_ABOVE_YOURS),
        (CAROL, "iris", "QA1", COMMISSIONER, Refusal.NOT_YOUR_ORGANISATION),
        (("una", USER, "P001"), "pam", "P002", APPROVER, Refusal.NOT_YOUR_ROLE),
        (CAROL, "carol", "A01", COMMISSIONER, Refusal.YOURSELF),
    ],
)
def test_others_may_not(
    world: World, who: tuple[str, Role, str], whose: str, code: str, role: Role, why: Refusal
) -> None:
    """ROL-2, ROL-3: not from elsewhere, not a role above one's own, not one's own."""
    with pytest.raises(NotAllowed) as refused:
        take(world, who, whose, code, role, shown="")
    assert refused.value.verdict.refusal is why
    assert (role, code) in held(world, whose)
    assert entries(world, AuditKind.ROLE_REMOVAL_ASKED) == []


def test_not_an_account_with_a_role_above_ones_own(world: World) -> None:
    """ROL-3: somebody who is an approver elsewhere too keeps even the role here."""
    place = world.directory.organisation("P003")
    world.directory.grant(world.people["una"].id, place, USER)
    with pytest.raises(NotAllowed) as refused:
        take(world, CAROL, "una", "P001", USER)
    assert refused.value.verdict.refusal is Refusal.ROLE_ABOVE_YOURS
    take(world, DESK, "una", "P001", USER)
    assert held(world, "una") == {(USER, "P003")}


def test_a_disabled_approver_removes_nothing(world: World) -> None:
    """ROL-3: from that moment, whatever page is open."""
    actor = world.actor(*CAROL)
    world.directory.disable(world.people["carol"].id)
    with pytest.raises(NotAllowed):
        remove(world.services, actor, world.people["una"].id, "P001", USER, "", HERE)
    assert held(world, "una") == {(USER, "P001")}


def test_a_locked_approver_removes_as_before(world: World) -> None:
    """ROL-3: a lock closes sign-in and nothing else; their session was signed in before."""
    world.directory.lock(world.people["carol"].id)
    take(world, CAROL, "una", "P001", USER)
    assert held(world, "una") == set()


def test_the_second_is_told_that_it_is_gone(world: World) -> None:
    """ROL-4: a double click, or two approvers: once, and one message."""
    chris = ("chris", COMMISSIONER, "A01")
    take(world, CAROL, "una", "P001", USER)
    for who in (CAROL, chris):
        with pytest.raises(NotHeld):
            take(world, who, "una", "P001", USER, shown="")
    world.work()
    assert len(entries(world, AuditKind.ROLE_REMOVAL_ASKED)) == 1
    assert len(world.post.to("una@approvers.example")) == 1


def test_a_person_who_is_gone(world: World) -> None:
    world.directory.delete_person(world.people["una"].id)
    with pytest.raises(PersonNotFound):
        look(world, CAROL, "una", "P001", USER)


def test_what_there_is_to_choose_from(world: World) -> None:
    """ROL-4: the roles held there, not those elsewhere, nor those being removed."""
    for code, role in (("P001", Role.PROVIDER_FINANCE), ("P002", USER)):
        world.directory.grant(world.people["una"].id, world.directory.organisation(code), role)
    una = world.people["una"].id
    found = removable(world.services, world.actor(*CAROL), una, "P001")
    assert set(found.roles) == {USER, Role.PROVIDER_FINANCE}
    with pytest.raises(NotAllowed):
        removable(world.services, world.actor("bella", COMMISSIONER, "B01"), una, "P001")
    for role in found.roles:
        take(world, CAROL, "una", "P001", role)
    with pytest.raises(NotHeld):
        removable(world.services, world.actor(*CAROL), una, "P001")


# Keycloak away


def calls_to_judge(world: World) -> int:
    """How many questions to the directory it takes to judge the removal of Una's role."""
    world.directory.go_wrong(*[Fault.none()] * 50)
    look(world, CAROL, "una", "P001", USER)
    left = world.directory.faults_left
    for _ in range(left):
        world.directory.service_desk()
    return 50 - left


def test_with_keycloak_away_nothing_is_begun(world: World) -> None:
    """ROL-3: nobody's rights can be judged."""
    una = world.people["una"].id
    actor = world.actor(*CAROL)
    world.directory.go_wrong(Fault.unavailable())
    with pytest.raises(DirectoryUnavailable):
        remove(world.services, actor, una, "P001", USER, "", HERE)
    assert entries(world, AuditKind.ROLE_REMOVAL_ASKED) == []


def test_what_keycloak_lost_in_between_is_done_later_and_once(world: World) -> None:
    """ROL-4, APR-4: it waits where the Service Desk sees it, and can't be asked for twice."""
    una, actor = world.people["una"].id, world.actor(*CAROL)
    calls = calls_to_judge(world)
    world.directory.go_wrong(*[Fault.none()] * calls, Fault.unavailable())
    remove(world.services, actor, una, "P001", USER, "", HERE)
    assert held(world, "una") == {(USER, "P001")}
    with world.services.sessions() as session:
        assert waiting_count(session) == 1
        assert session.scalars(select(Effect.kind).where(Effect.done_at.is_(None))).one() == (
            EffectKind.REMOVE_ROLE
        )
    with pytest.raises(NotHeld):
        take(world, ("chris", COMMISSIONER, "A01"), "una", "P001", USER, shown="")
    world.clock.move(timedelta(seconds=6))
    world.work()
    assert held(world, "una") == set()
    assert len(world.post.to("una@approvers.example")) == 1
    assert len(entries(world, AuditKind.ROLE_REMOVED)) == 1
