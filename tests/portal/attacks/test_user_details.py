"""USR-7, ROL-3: User details in the hands of who may not: the stranger, the one next door, oneself."""

from dataclasses import replace

import pytest

from directory.vocabulary import Role
from portal.acts import user_details as acts
from portal.rules.actor import ActingAs
from portal.rules.details import Details
from portal.rules.errors import NotAllowed, NothingFound, OutOfDate
from portal.rules.verdict import Refusal
from tests.portal.acts.user_details import (
    ADVANCED,
    COMMISSIONER_USER,
    USER_ADMIN,
    administrator,
    make_cluster,
    now,
    staff,
    wanted,
)
from tests.support.builders.world import ICB, MULTI, SINGLE, SUB_ICB, World

APPROVER = Role.COMMISSIONER_APPROVER


def refusal(world: World, who: ActingAs, person_id: str, code: str, give: Role) -> Refusal | None:
    """What an administrator is told who asks for it without having been offered it."""
    standing = world.directory.standing(person_id)
    roles = frozenset(one.role for one in standing.holdings if one.organisation == code)
    seen = Details(code, roles)
    with pytest.raises(NotAllowed) as told:
        acts.preview(world.services, who, person_id, [seen], [replace(seen, roles=roles | {give})])
    return told.value.verdict.refusal


@pytest.mark.parametrize("role", [APPROVER, Role.ORGANISATION_ADMINISTRATOR, USER_ADMIN, ADVANCED])
def test_a_user_administrator_gives_ordinary_roles_alone(
    world: World, ada: ActingAs, sam: str, role: Role
) -> None:
    """ROL-2."""
    assert refusal(world, ada, sam, SUB_ICB, role) is Refusal.ROLE_ABOVE_YOURS
    assert role not in acts.look(world.services, ada, sam).places[0].roles


def test_whom_a_user_administrator_may_not_touch(world: World, ada: ActingAs, sam: str) -> None:
    """ROL-2, ROL-3: approvers, administrators, those above or elsewhere, and themselves."""
    ida = staff(world, "ida", (SUB_ICB, COMMISSIONER_USER), (ICB, COMMISSIONER_USER))
    eve = staff(world, "eve", ("B01", COMMISSIONER_USER))
    both = staff(world, "both", (SUB_ICB, COMMISSIONER_USER), ("B01", COMMISSIONER_USER))
    told = {
        world.people["carol"].id: Refusal.ROLE_ABOVE_YOURS,
        ada.person_id: Refusal.YOURSELF,
        ida: Refusal.ROLE_ABOVE_YOURS,
        eve: Refusal.NOT_YOUR_ORGANISATION,
        both: Refusal.ROLE_ABOVE_YOURS,
        world.people["desk"].id: Refusal.NOT_YOUR_ORGANISATION,
    }
    for person_id, expected in told.items():
        with pytest.raises(NotAllowed) as refused:
            acts.look(world.services, ada, person_id)
        assert refused.value.verdict.refusal is expected, person_id
    assert acts.look(world.services, ada, sam).places


def test_an_advanced_administrator_may_not_change_themselves(world: World) -> None:
    """ROL-3: not through another address of the same mailbox either."""
    amy = administrator(world, ADVANCED)
    local, _, domain = next(p for p in world.people.values() if p.id == amy.person_id).email.partition("@")
    other = world.person(f"{local}+two@{domain}", (SUB_ICB, COMMISSIONER_USER)).id
    for person_id in (amy.person_id, other):
        with pytest.raises(NotAllowed) as refused:
            acts.look(world.services, amy, person_id)
        assert refused.value.verdict.refusal is Refusal.YOURSELF


@pytest.mark.parametrize("code", [ICB, "B01", "P003"])
def test_an_organisation_out_of_reach_is_not_added(world: World, ada: ActingAs, sam: str, code: str) -> None:
    """The colleague next door, and those above: a page made by hand gets no further."""
    assert acts.look(world.services, ada, sam, [code]).at(code) is None
    seen = Details(code)
    with pytest.raises((NotAllowed, OutOfDate)):
        acts.preview(world.services, ada, sam, [seen], [replace(seen, roles=frozenset({COMMISSIONER_USER}))])
    with pytest.raises(NothingFound):
        acts.look(world.services, ada, sam, ["NOSUCH"])


def test_a_restricted_administrator_reaches_their_clusters_alone(
    world: World, ada: ActingAs, sam: str
) -> None:
    """CLU-4: and can't lift anybody's restriction, their own least of all."""
    coast = make_cluster(world, "Coast", SINGLE)
    una = world.people["una"].id
    world.services.writer.restrict(ada.person_id, SUB_ICB, [coast.id])
    with pytest.raises(NotAllowed):
        acts.look(world.services, ada, sam)
    assert [one.organisation.code for one in acts.look(world.services, ada, una).places] == [SINGLE]
    assert acts.look(world.services, ada, una, [MULTI]).at(MULTI) is None
    assert acts.look(world.services, ada, una, [SUB_ICB]).at(SUB_ICB) is None


@pytest.mark.parametrize("who", ["carol", "pam", "una"])
def test_who_is_no_user_administrator(world: World, sam: str, who: str) -> None:
    """ROL-2: approvers decide and remove, but set no User details."""
    (holding,) = world.directory.standing(world.people[who].id).holdings
    with pytest.raises(NotAllowed):
        acts.look(world.services, ActingAs(world.people[who].id, holding), sam)


def test_no_cluster_of_another_commissioner(world: World, ada: ActingAs, sam: str) -> None:
    foreign = world.services.writer.create_cluster("B01", "key", "Elsewhere", "", ["P003"])
    seen = now(world, ada, sam, SUB_ICB)
    with pytest.raises(NotAllowed) as refused:
        acts.preview(world.services, ada, sam, [seen], [wanted(seen, clusters=[foreign.id])])
    assert refused.value.verdict.refusal is Refusal.NOT_FOR_THIS_ORGANISATION
    seen = now(world, ada, sam, SINGLE)
    with pytest.raises(NotAllowed):
        acts.preview(world.services, ada, sam, [seen], [wanted(seen, restricted=True)])
