"""USR-7: what User Administrators set on User details, what follows, and what is refused."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts import user_details as acts
from portal.model.audit import AuditKind
from portal.model.notices import Notice, NoticeKind
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed
from tests.portal.acts.removals import entries, held
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
    submit,
    wanted,
)
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import ICB, MULTI, SINGLE, SUB_ICB, World

APPROVER = Role.COMMISSIONER_APPROVER


def test_several_organisations_at_once(world: World, ada: ActingAs, sam: str) -> None:
    """Roles, payment types and clusters at two organisations, with one Submit; AUD-1."""
    coast = make_cluster(world, "Coast", SINGLE)
    here, there = now(world, ada, sam, SUB_ICB), now(world, ada, sam, SINGLE)
    done = submit(
        world,
        ada,
        sam,
        [here, there],
        [
            wanted(here, [FINANCE], [COMMISSIONER_USER], payment_types=[QOF], clusters=[coast.id]),
            wanted(there, [Role.PROVIDER_USER], payment_types=[ENHANCED]),
        ],
    )
    assert done.applied
    assert held(world, "sam") == {(FINANCE, SUB_ICB), (Role.PROVIDER_USER, SINGLE)}
    assert world.directory.payment_types(sam) == {SUB_ICB: {QOF}, SINGLE: {ENHANCED}}
    assert sees(world, sam) == {SINGLE}
    asked = {one.organisation_code: one for one in entries(world, AuditKind.DETAILS_CHANGE_ASKED)}
    made = {one.organisation_code: one for one in entries(world, AuditKind.DETAILS_CHANGED)}
    assert asked[SUB_ICB].before == {"roles": ["commissioner-user"], "payment_types": [], "clusters": None}
    assert made[SUB_ICB].after == {
        "roles": ["commissioner-finance"], "payment_types": [QOF], "clusters": [coast.short_name],
    }  # fmt: skip
    assert {one.actor_name for one in (*asked.values(), *made.values())} == {"Ada Admin"}
    granted = [(one.organisation_code, one.after["role"]) for one in entries(world, AuditKind.ROLE_GRANTED)]
    assert sorted(granted) == [(SUB_ICB, "commissioner-finance"), (SINGLE, "provider-user")]
    assert [one.after["role"] for one in entries(world, AuditKind.ROLE_REMOVED)] == ["commissioner-user"]


def test_the_person_is_told_in_the_portal_and_by_email(world: World, ada: ActingAs, sam: str) -> None:
    coast = make_cluster(world, "Coast", SINGLE)
    change(world, ada, sam, SUB_ICB, [FINANCE], payment_types=[QOF], clusters=[coast.id])
    world.work()
    with world.sessions() as session:
        (notice,) = session.scalars(select(Notice).where(Notice.person_id == sam))
    assert notice.kind is NoticeKind.ACCESS_CHANGED
    assert "An administrator for Place A changed your access." in notice.text
    assert "You are now Commissioner Finance at Place A (A01)." in notice.text
    assert f"restricted to service provider clusters: {coast.short_name}." in notice.text
    assert world.post.to("sam@staff.example") == ["Your access was changed"]


def test_the_preview_says_what_is_gained_and_lost(world: World, ada: ActingAs, sam: str) -> None:
    """Before Submit; restricted to one practice, then to none of them any more."""
    coast = make_cluster(world, "Coast", SINGLE)
    seen = now(world, ada, sam, SUB_ICB)
    look = partial(acts.preview, world.services, ada, sam)
    narrower = look([seen], [wanted(seen, clusters=[coast.id])])
    assert (narrower.sees, set(narrower.no_longer_sees)) == ({}, {SUB_ICB, MULTI, "P004"})
    change(world, ada, sam, SUB_ICB, clusters=[coast.id])
    seen = now(world, ada, sam, SUB_ICB)
    wider = look([seen], [wanted(seen, clusters=[], restricted=False)])
    assert (set(wider.sees), wider.no_longer_sees) == ({SUB_ICB, MULTI, "P004"}, {})
    assert wider.sees[MULTI] == "Cromarty Medical"
    gone = look([seen], [wanted(seen, take=[COMMISSIONER_USER])])
    assert (gone.sees, set(gone.no_longer_sees)) == ({}, {SINGLE})


def test_in_no_cluster_any_more_sees_all_and_is_marked_no_longer(
    world: World, ada: ActingAs, sam: str
) -> None:
    """CLU-4."""
    coast, hills = make_cluster(world, "Coast", SINGLE), make_cluster(world, "Hills", MULTI)
    change(world, ada, sam, SUB_ICB, clusters=[coast.id, hills.id])
    assert sees(world, sam) == {SINGLE, MULTI}
    change(world, ada, sam, SUB_ICB, clusters=[hills.id])
    assert sees(world, sam) == {MULTI}
    change(world, ada, sam, SUB_ICB, clusters=[], restricted=False)
    assert sees(world, sam) == {SUB_ICB, SINGLE, MULTI, "P004"}
    assert world.directory.standing(sam).restrictions == frozenset()


def test_whose_cluster_was_deleted_stays_restricted_until_that_is_lifted(
    world: World, ada: ActingAs, sam: str
) -> None:
    """CLU-4: another change leaves it so."""
    coast = make_cluster(world, "Coast", SINGLE)
    change(world, ada, sam, SUB_ICB, clusters=[coast.id])
    world.services.writer.delete_cluster(coast.id)
    change(world, ada, sam, SUB_ICB, [FINANCE])
    assert sees(world, sam) == set()
    change(world, ada, sam, SUB_ICB, restricted=False)
    assert sees(world, sam) == {SUB_ICB, SINGLE, MULTI, "P004"}


def test_payment_types_go_with_the_last_role(world: World, ada: ActingAs, sam: str) -> None:
    change(world, ada, sam, SUB_ICB, payment_types=[QOF])
    seen = now(world, ada, sam, SUB_ICB)
    submit(world, ada, sam, [seen], [wanted(seen, take=[COMMISSIONER_USER])])
    assert world.directory.payment_types(sam) == {}


def test_a_payment_type_that_is_no_longer_offered_stays(world: World, ada: ActingAs, sam: str) -> None:
    """And nobody is given one that isn't in the configuration."""
    world.services.writer.set_payment_types(sam, SUB_ICB, ["An old one"])
    change(world, ada, sam, SUB_ICB, payment_types=["An old one", QOF])
    assert world.directory.payment_types(sam) == {SUB_ICB: {"An old one", QOF}}
    change(world, ada, sam, SUB_ICB, payment_types=[QOF])
    with pytest.raises(NotAllowed):
        change(world, ada, sam, SUB_ICB, payment_types=[QOF, "An old one"])


def test_an_advanced_administrator_makes_an_approver(world: World, sam: str) -> None:
    """ROL-2: and requests that wait move to the new approver."""
    for name in ("pam", "paul"):
        world.directory.disable(world.people[name].id)
    waiting = world.registered("new@p002.example", MULTI)
    assert world.request(waiting).held_by_organisation == SUB_ICB
    amy = administrator(world, ADVANCED)
    change(world, amy, sam, MULTI, [Role.PROVIDER_APPROVER])
    world.work()
    assert world.request(waiting).held_by_organisation == MULTI


def test_the_last_approver_goes_past_a_warning(world: World) -> None:
    """ROL-5: which is on record; and another who leaves at the same moment is counted."""
    amy = administrator(world, ADVANCED)
    carol, chris = world.people["carol"].id, world.people["chris"].id
    first, away = now(world, amy, carol, SUB_ICB), replace(world.services, wait=lambda _ids: False)
    early = submit(world, amy, carol, [first], [wanted(first, [FINANCE], [APPROVER])], services=away)
    assert early.handovers == ()
    seen = now(world, amy, chris, SUB_ICB)
    last = acts.preview(world.services, amy, chris, [seen], [wanted(seen, take=[APPROVER])])
    assert [(one.decides.code, one.place.role) for one in last.handovers] == [(ICB, APPROVER)]
    submit(world, amy, chris, [seen], [wanted(seen, take=[APPROVER])])
    asked = [one for one in entries(world, AuditKind.DETAILS_CHANGE_ASKED) if one.subject == chris]
    assert [one.after["decides"] for one in asked] == [last.decides]
    assert last.decides == f"{SUB_ICB}:commissioner-approver@{ICB}"


def test_a_request_for_what_was_given_waits_no_longer(world: World, ada: ActingAs, sam: str) -> None:
    """APR-5: what is held can't be asked for."""
    email = world.people["sam"].email
    asked = world.open_request(email, SINGLE, Role.PROVIDER_USER)
    change(world, ada, sam, SINGLE, [Role.PROVIDER_USER])
    assert not world.request(asked).is_open
    assert "User details" in world.request(asked).decision_reason


def test_a_restricted_approver_hands_requests_on(world: World) -> None:
    """CLU-4: outside everybody's clusters there the next level decides."""
    amy = administrator(world, ADVANCED)
    coast = make_cluster(world, "Coast", SINGLE)
    waits = world.request(world.registered("new@p004.example", "P004"))
    assert waits.held_by_organisation == SUB_ICB
    for name in ("carol", "chris"):
        change(world, amy, world.people[name].id, SUB_ICB, clusters=[coast.id])
    world.work()
    assert world.request(waits.id).held_by_organisation == ICB


def test_an_approver_of_a_practice_that_becomes_single_level_steps_down(world: World, sam: str) -> None:
    amy = administrator(world, ADVANCED)
    seen, away = now(world, amy, sam, MULTI), replace(world.services, wait=lambda _ids: False)
    submit(world, amy, sam, [seen], [wanted(seen, [Role.PROVIDER_APPROVER])], services=away)
    world.directory.change(MULTI, approval_level="single")
    world.work()
    assert held(world, "sam") == {(COMMISSIONER_USER, SUB_ICB)}
    world.directory.change(MULTI, approval_level="multi")
    seen = now(world, amy, sam, MULTI)
    submit(world, amy, sam, [seen], [wanted(seen, [Role.PROVIDER_APPROVER])], services=away)
    run_due(replace(world.services, writer=BecomesSingle(world)))
    world.work()
    assert held(world, "sam") == {(COMMISSIONER_USER, SUB_ICB), (Role.PROVIDER_USER, MULTI)}


class BecomesSingle:
    """The writer, in whose world the practice changes its level just after a role was given."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.directory, name)

    def grant(self, *what: Any) -> None:
        self._world.directory.grant(*what)
        self._world.directory.change(MULTI, approval_level="single")
