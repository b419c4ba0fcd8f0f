"""A person says whether they want our e-mails."""

from dataclasses import replace

import pytest

from portal.acts import own_names
from portal.acts.preferences import set_wants_email
from portal.effects.names import Names
from portal.model import AuditKind
from portal.model.mirror import MirroredPerson
from portal.rules.actor import ActingAs
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Refusal
from tests.portal.acts.removals import entries
from tests.support.builders.world import HERE, World


def wants_email(world: World, who: str) -> tuple[bool, bool]:
    """As Keycloak has it, and as the mirror has."""
    person_id = world.people[who].id
    with world.services.sessions() as session:
        seen = session.get_one(MirroredPerson, person_id)
    return world.directory.person(person_id).wants_email, seen.wants_email


def test_kept_in_keycloak_and_the_mirror(world: World) -> None:
    """NOT-2."""
    for wants in (False, True, True):
        set_wants_email(world.services, world.people["una"].id, wants, HERE)
        assert wants_email(world, "una") == (wants, wants)


def test_the_disabled_change_nothing(world: World) -> None:
    """ROL-3: they have no powers, on a page that was opened before either."""
    world.directory.disable(world.people["una"].id)
    with pytest.raises(NotAllowed) as refused:
        set_wants_email(world.services, world.people["una"].id, False, HERE)
    assert refused.value.verdict.refusal is Refusal.DISABLED
    assert wants_email(world, "una") == (True, True)


def test_somebody_whose_account_is_gone(world: World) -> None:
    """ROL-3."""
    world.directory.delete_person(world.people["una"].id)
    with pytest.raises(NotAllowed):
        set_wants_email(world.services, world.people["una"].id, False, HERE)


def test_a_name_that_the_person_has_just_chosen_stays(world: World) -> None:
    """NOT-2, PRO-4: a name of before the rule is corrected with it, unless they are about to get another."""
    away = replace(world.services, wait=lambda _ids: False)
    for number, chosen in enumerate((None, Names("Annie", "Oakley"))):
        ann = world.person(f"ann{number}@before.example", first="Ann: review", last="Example")
        if chosen:
            own_names.change(away, ActingAs(ann.id), chosen, HERE)
        for wants in (False, True):
            set_wants_email(away, ann.id, wants, HERE)
        world.work()
        assert world.directory.person(ann.id).name == str(chosen or "Ann review Example")
    assert len(entries(world, AuditKind.NAMES_CHANGED)) == 2
