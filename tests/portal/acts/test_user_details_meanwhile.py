"""USR-7: what may happen between page, confirmation and worker: others act, places close."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts import remove_role, revoke
from portal.acts import user_details as acts
from portal.acts.accept_invitation import accept
from portal.model.audit import AuditKind
from portal.model.effects import Effect
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed, OutOfDate
from portal.rules.verdict import Refusal
from tests.portal.acts.accounts import also
from tests.portal.acts.invited import NINA, invite, newest
from tests.portal.acts.removals import entries, held, to_single
from tests.portal.acts.user_details import (
    ADVANCED,
    COMMISSIONER_USER,
    ENHANCED,
    FINANCE,
    QOF,
    administrator,
    change,
    make_cluster,
    now,
    sees,
    staff,
    submit,
    wanted,
)
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World
from tests.support.proofs.race import Course

APPROVER = Role.COMMISSIONER_APPROVER


def test_of_two_administrators_the_second_is_told(world: World, ada: ActingAs, sam: str) -> None:
    """Whether the first changed it here, in the console, or is changing it."""
    seen = now(world, ada, sam, SUB_ICB)
    desk = world.actor("desk", Role.SERVICE_DESK)
    change(world, desk, sam, SUB_ICB, payment_types=[QOF])
    late = partial(submit, world, ada, sam, [seen], [wanted(seen, [FINANCE])])
    with pytest.raises(OutOfDate):
        late()
    seen = now(world, ada, sam, SUB_ICB)
    world.services.writer.set_payment_types(sam, SUB_ICB, [])
    with pytest.raises(OutOfDate):
        submit(world, ada, sam, [seen], [wanted(seen, [FINANCE])])
    seen, away = now(world, ada, sam, SUB_ICB), replace(world.services, wait=lambda _ids: False)
    assert not submit(world, ada, sam, [seen], [wanted(seen, [FINANCE])], services=away).applied
    with pytest.raises(OutOfDate):
        submit(world, desk, sam, [seen], [wanted(seen, payment_types=[QOF])], services=away)
    world.work()
    assert held(world, "sam") == {(COMMISSIONER_USER, SUB_ICB), (FINANCE, SUB_ICB)}


def test_two_clicks_change_it_once(world: World, ada: ActingAs, sam: str) -> None:
    """While the first is still to be applied, and once it is; what wasn't asked for is still out of date."""
    seen, away = now(world, ada, sam, SUB_ICB), replace(world.services, wait=lambda _ids: False)
    after = [wanted(seen, [FINANCE], payment_types=[QOF])]
    shown = acts.preview(world.services, ada, sam, [seen], after).shown
    for _ in range(2):
        assert not submit(world, ada, sam, [seen], after, services=away, shown=shown).applied
    world.work()
    done = submit(world, ada, sam, [seen], after, shown=shown)
    assert (done.applied, done.scene.person.id) == (True, sam)
    assert len(entries(world, AuditKind.DETAILS_CHANGED)) == 1
    for who, other in ((world.actor("desk", Role.SERVICE_DESK), after), (ada, [wanted(seen, [APPROVER])])):
        with pytest.raises(OutOfDate):
            submit(world, who, sam, [seen], other, shown=shown)


def test_of_two_at_the_same_moment_one_wins(world: World, ada: ActingAs, sam: str) -> None:
    course, desk = Course(), world.actor("desk", Role.SERVICE_DESK)
    for kinds in ([QOF], [ENHANCED]) * 4:
        seen = now(world, ada, sam, SUB_ICB)
        roles = {FINANCE} - seen.roles
        mine = [wanted(seen, roles, payment_types=kinds)]
        his = [wanted(seen, roles, payment_types=[*kinds, "Vaccinations"])]
        outcomes = course.run(
            partial(submit, world, ada, sam, [seen], mine), partial(submit, world, desk, sam, [seen], his)
        )
        assert sorted(type(one.fault) for one in outcomes if one.fault) == [OutOfDate]
        won = mine if outcomes[0].succeeded else his
        assert world.directory.payment_types(sam)[SUB_ICB] == won[0].payment_types
    course.close()


def test_what_was_confirmed_is_done_and_nothing_else(world: World, ada: ActingAs, sam: str) -> None:
    seen = now(world, ada, sam, SUB_ICB)
    after = [wanted(seen, [FINANCE])]
    with pytest.raises(OutOfDate):
        submit(world, ada, sam, [seen], after, shown="something else")
    with pytest.raises(OutOfDate):
        acts.preview(world.services, ada, sam, [seen], [seen])
    assert held(world, "sam") == {(COMMISSIONER_USER, SUB_ICB)}


def test_while_another_change_of_the_person_is_being_made(world: World, ada: ActingAs, sam: str) -> None:
    """A revoke or a removal that is asked for and not done; nothing is given past it."""
    away = replace(world.services, wait=lambda _ids: False)
    seen, desk = now(world, ada, sam, SUB_ICB), world.actor("desk", Role.SERVICE_DESK)
    remove_role.remove(away, desk, sam, SUB_ICB, COMMISSIONER_USER, "", HERE)
    with pytest.raises(OutOfDate):
        acts.preview(world.services, ada, sam, [seen], [wanted(seen, [FINANCE])])
    other = staff(world, "other", (SUB_ICB, COMMISSIONER_USER))
    seen = now(world, ada, other, SUB_ICB)
    revoke.revoke(away, desk, other, revoke.preview(away, desk, other).shown, HERE)
    with pytest.raises(OutOfDate):
        acts.preview(world.services, ada, other, [seen], [wanted(seen, [FINANCE])])


def test_while_an_approver_is_stepping_down(world: World) -> None:
    """ORG-3: who is about to be a Provider User isn't left as one by who takes Provider Approver."""
    ada = administrator(world, ADVANCED)
    paul, pa = world.people["paul"].id, Role.PROVIDER_APPROVER
    seen = now(world, ada, paul, MULTI)
    after = [wanted(seen, take=[pa])]
    shown = acts.preview(world.services, ada, paul, [seen], after).shown
    to_single(world)
    with pytest.raises(OutOfDate):
        acts.preview(world.services, ada, paul, [seen], after)
    with pytest.raises(OutOfDate):
        submit(world, ada, paul, [seen], after, shown=shown)
    world.work()
    assert held(world, "paul") == {(Role.PROVIDER_USER, MULTI)}
    left = now(world, ada, paul, MULTI)
    assert left.roles == {Role.PROVIDER_USER}
    assert submit(world, ada, paul, [left], [wanted(left, take=left.roles)]).applied
    assert held(world, "paul") == set()


def test_while_an_accepted_invitation_is_being_applied(world: World) -> None:
    """INV-3: what the person is about to be given isn't on the page."""
    ada = administrator(world)
    invite(world)
    accept(replace(world.services, wait=lambda _ids: False), *newest(world), HERE)
    world.people["nina"] = world.services.reader.person_by_email(NINA)
    also(world, "nina", SINGLE, Role.PROVIDER_USER)
    nina = world.people["nina"].id
    seen = now(world, ada, nina, MULTI)
    after = [wanted(seen, [Role.PROVIDER_FINANCE])]
    with pytest.raises(OutOfDate):
        acts.preview(world.services, ada, nina, [seen], after)
    world.work()
    with pytest.raises(OutOfDate):
        acts.preview(world.services, ada, nina, [seen], after)
    seen = now(world, ada, nina, MULTI)
    assert acts.preview(world.services, ada, nina, [seen], [wanted(seen, [Role.PROVIDER_FINANCE])]).changes


def test_a_disabled_account_is_given_nothing(world: World, ada: ActingAs, sam: str) -> None:
    """Enabled first; and one disabled before the worker came gets no role."""
    seen, away = now(world, ada, sam, SUB_ICB), replace(world.services, wait=lambda _ids: False)
    submit(world, ada, sam, [seen], [wanted(seen, [FINANCE])], services=away)
    world.directory.disable(sam)
    world.work()
    assert held(world, "sam") == {(COMMISSIONER_USER, SUB_ICB)}
    (barred,) = entries(world, AuditKind.GRANT_IMPOSSIBLE)
    assert barred.after["role"] == "commissioner-finance"
    assert entries(world, AuditKind.DETAILS_CHANGED)[0].after["roles"] == ["commissioner-user"]
    with pytest.raises(NotAllowed) as refused:
        change(world, ada, sam, SUB_ICB, [FINANCE])
    assert refused.value.verdict.refusal is Refusal.APPLICANT_DISABLED


def test_an_organisation_that_closes_before_the_worker_comes(world: World, ada: ActingAs, sam: str) -> None:
    seen, away = now(world, ada, sam, SINGLE), replace(world.services, wait=lambda _ids: False)
    submit(world, ada, sam, [seen], [wanted(seen, [Role.PROVIDER_USER])], services=away)
    world.directory.change(SINGLE, status="closed")
    world.work()
    assert held(world, "sam") == {(COMMISSIONER_USER, SUB_ICB)}
    assert len(entries(world, AuditKind.GRANT_IMPOSSIBLE)) == 1


def test_a_cluster_deleted_before_the_worker_comes_narrows(world: World, ada: ActingAs, sam: str) -> None:
    """CLU-4: never wider."""
    coast, hills = make_cluster(world, "Coast", SINGLE), make_cluster(world, "Hills", MULTI)
    seen, away = now(world, ada, sam, SUB_ICB), replace(world.services, wait=lambda _ids: False)
    submit(world, ada, sam, [seen], [wanted(seen, clusters=[coast.id, hills.id])], services=away)
    world.services.writer.delete_cluster(coast.id, lift=[sam])
    world.work()
    assert sees(world, sam) == {MULTI}


def test_the_worker_does_it_once(world: World, ada: ActingAs, sam: str) -> None:
    """APR-4: run again after a crash it leaves what there is, and tells nobody twice."""
    change(world, ada, sam, SUB_ICB, [FINANCE])
    with world.sessions.begin() as session:
        (done,) = session.scalars(select(Effect).where(Effect.kind == "change-details"))
        assert done.done_at
    world.work()
    assert len(world.post.to("sam@staff.example")) == 1
