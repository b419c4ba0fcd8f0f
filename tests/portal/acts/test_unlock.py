"""An approver unlocks somebody: who may, what follows, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from directory.errors import PersonNotFound
from directory.vocabulary import Role
from portal.acts.preferences import set_wants_email
from portal.acts.unlock import Unlock, preview, unlock
from portal.mirroring.follow import follow
from portal.mirroring.refresh import recheck_locked
from portal.model import AuditKind
from portal.model.notices import Notice, NoticeKind
from portal.rules.errors import NotAllowed, NotLocked
from portal.rules.verdict import Refusal
from portal.store.queries import people
from tests.portal.acts.accounts import MAY_NOT
from tests.portal.acts.removals import CAROL, COMMISSIONER, DESK, IRIS, USER, entries
from tests.support.builders.world import HERE, World
from tests.support.fakes.faults import Fault

CHRIS = ("chris", COMMISSIONER, "A01")


def locked(world: World, whose: str) -> str:
    """Locks the person, and lets the mirror see it; their id."""
    person_id = world.people[whose].id
    world.directory.lock(person_id)
    world.mirror(person_id)
    return person_id


def end_lock(world: World, who: tuple[str, Role, str], person_id: str) -> Unlock:
    return unlock(world.services, world.actor(*who), person_id, HERE)


def test_the_lock_ends_and_the_person_is_told(world: World) -> None:
    """USR-5: at once, in Keycloak and in the lists; by a notice, and by e-mail, which office did it."""
    una = locked(world, "una")
    assert preview(world.services, world.actor(*CAROL), una).person.email == "una@approvers.example"
    assert end_lock(world, CAROL, una).applied
    assert not world.directory.standing(una).locked
    with world.services.sessions() as session:
        assert not people.standing(session, una).locked
        [notice] = session.scalars(select(Notice).where(Notice.person_id == una))
    assert notice.kind is NoticeKind.ACCOUNT_UNLOCKED
    assert notice.text == "An approver for Place A ended the lock after failed attempts to sign in."
    world.work()
    assert world.post.to("una@approvers.example") == ["Your account was unlocked"]
    text = " ".join(world.post.sent[-1].get_body(("plain",)).get_content().split())
    assert "An approver for Place A has unlocked it." in text
    assert "If it was not you who tried to sign in, tell the service desk." in text


def test_told_also_to_those_who_want_no_email(world: World) -> None:
    """PRO-5: what concerns their account's security always goes."""
    set_wants_email(world.services, world.people["una"].id, False, HERE)
    end_lock(world, DESK, locked(world, "una"))
    world.work()
    assert world.post.to("una@approvers.example") == ["Your account was unlocked"]


def test_the_audit_says_who_and_that_it_was_done(world: World) -> None:
    """AUD-1: asked and done, by whom and from where; and nothing by Keycloak itself."""
    una = locked(world, "una")
    end_lock(world, CAROL, una)
    follow(world.services)
    recheck_locked(world.services)
    [asked], [done] = entries(world, AuditKind.UNLOCK_ASKED), entries(world, AuditKind.ACCOUNT_UNLOCKED)
    for entry in (asked, done):
        assert (entry.subject, entry.actor_name, entry.actor_role) == (
            una,
            "Carol Person",
            COMMISSIONER.value,
        )
        assert (entry.actor_organisation, entry.origin) == ("A01", HERE.address)
    assert (asked.before, asked.after) == ({"locked": True}, {"locked": False, "name": "Una Person"})
    assert (done.before, done.after) == ({"locked": True}, {"locked": False})
    assert entries(world, AuditKind.ACCOUNT_CHANGED) == []


@pytest.mark.parametrize(("who", "whose", "why"), MAY_NOT)
def test_others_may_not(world: World, who: tuple[str, Role, str], whose: str, why: Refusal) -> None:
    """ROL-2, ROL-3: not from elsewhere, not a role above one's own, not oneself."""
    person_id = locked(world, whose)
    with pytest.raises(NotAllowed) as refused:
        end_lock(world, who, person_id)
    assert refused.value.verdict.refusal is why
    assert world.directory.standing(person_id).locked
    assert entries(world, AuditKind.UNLOCK_ASKED) == []


def test_a_commissioner_is_unlocked_by_a_colleague_or_from_above(world: World) -> None:
    """ROL-3: somebody over them, or the Service Desk."""
    for who in (CHRIS, IRIS, DESK):
        assert end_lock(world, who, locked(world, "carol")).applied, who


def test_a_disabled_approver_unlocks_nobody_and_a_locked_one_does(world: World) -> None:
    """ROL-3: a lock takes no powers."""
    una = locked(world, "una")
    locked(world, "chris")
    world.directory.disable(world.people["carol"].id)
    with pytest.raises(NotAllowed) as refused:
        end_lock(world, CAROL, una)
    assert refused.value.verdict.refusal is Refusal.DISABLED
    assert end_lock(world, CHRIS, una).applied


def test_not_an_account_with_a_role_above_ones_own(world: World) -> None:
    """ROL-3: somebody who works elsewhere too is the Service Desk's to unlock."""
    una = locked(world, "una")
    world.directory.grant(una, world.directory.organisation("P003"), USER)
    with pytest.raises(NotAllowed) as refused:
        end_lock(world, CAROL, una)
    assert refused.value.verdict.refusal is Refusal.ROLE_ABOVE_YOURS
    assert end_lock(world, DESK, una).applied


def test_nothing_to_unlock(world: World) -> None:
    """USR-5: never locked, unlocked by another, or gone."""
    una = world.people["una"].id
    with pytest.raises(NotLocked):
        end_lock(world, CAROL, una)
    end_lock(world, CAROL, locked(world, "una"))
    for who in (CAROL, CHRIS):
        with pytest.raises(NotLocked):
            end_lock(world, who, una)
    world.directory.delete_person(una)
    with pytest.raises(PersonNotFound):
        end_lock(world, CAROL, una)
    world.work()
    assert world.post.to("una@approvers.example") == ["Your account was unlocked"]


def test_two_at_the_same_moment(world: World) -> None:
    """USR-5: one of them unlocks; one message, one record."""
    una, together = locked(world, "una"), Barrier(2)

    def at_once(who: tuple[str, Role, str]) -> object:
        together.wait()
        try:
            return end_lock(world, who, una)
        except NotLocked as nothing:
            return nothing

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(at_once, (CAROL, CHRIS)))
    assert sorted(type(one).__name__ for one in outcomes) == ["NotLocked", "Unlock"]
    world.work()
    assert world.post.to("una@approvers.example") == ["Your account was unlocked"]
    assert len(entries(world, AuditKind.ACCOUNT_UNLOCKED)) == 1


def test_what_keycloak_lost_in_between_is_done_later_and_once(world: World) -> None:
    """APR-4: nothing done, or done and not heard of: again, told once, and not asked for twice."""
    for fault in (Fault.unavailable(), Fault.reply_lost()):
        una = locked(world, "una")
        world.directory.go_wrong(*[Fault.none()] * calls_to_judge(world, una), fault)
        assert not end_lock(world, CAROL, una).applied
        with pytest.raises(NotLocked):
            end_lock(world, CHRIS, una)
        world.clock.move(timedelta(minutes=5))
        world.work()
        assert not world.directory.standing(una).locked
    assert world.post.to("una@approvers.example") == ["Your account was unlocked"] * 2
    assert len(entries(world, AuditKind.ACCOUNT_UNLOCKED)) == 2


def calls_to_judge(world: World, person_id: str) -> int:
    """How many questions to the directory it takes to judge the unlocking."""
    world.directory.go_wrong(*[Fault.none()] * 50)
    preview(world.services, world.actor(*CAROL), person_id)
    left = world.directory.faults_left
    for _ in range(left):
        world.directory.service_desk()
    return 50 - left
