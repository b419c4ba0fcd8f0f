"""Single rows of the mirror are kept in step without undoing what is known beside them."""

from dataclasses import replace

from sqlalchemy import select

from directory.vocabulary import Holding, Role, Standing
from portal.mirroring.reconcile import reconcile
from portal.model import AuditEntry, AuditKind
from portal.model.mirror import MirroredOrganisation, MirroredPerson
from portal.store import mirror
from portal.store.bulk import Difference
from portal.store.queries import people
from tests.support.builders.world import World


def test_the_small_countrys_mirror_is_as_reconcile_makes_it(world: World) -> None:
    """The tests fill it in a way of their own."""
    assert reconcile(world.services) == Difference(written=0, deleted=0)
    with world.sessions() as session:
        assert session.query(MirroredOrganisation).count() == len(list(world.directory.organisations())) > 0
        (entry,) = session.query(AuditEntry).filter_by(kind=AuditKind.RECONCILED)
    assert entry.after == {"written": 9 + 8 + 8, "deleted": 0}


def test_one_more_holding_leaves_all_else_as_it_was(world: World) -> None:
    """SYN-7: a grant knows of its own role only; a lock and the other roles were seen by somebody else."""
    una = world.people["una"]
    old = Holding(Role.PROVIDER_USER, ("Y90", "QA1", "A01", "P001"))
    new = Holding(Role.PROVIDER_FINANCE, old.path)
    with world.services.sessions.begin() as session:
        mirror.refresh_person(session, Standing(una, frozenset({old}), locked=True))
        seen_at = session.get_one(MirroredPerson, una.id).seen_at
    renamed = replace(una, first_name="Ute")
    for is_new in (True, False):
        with world.services.sessions.begin() as session:
            assert mirror.note_holding(session, renamed, new) is is_new
    with world.services.sessions() as session:
        assert people.standing(session, una.id) == Standing(
            replace(renamed, created_at=None), frozenset({old, new}), locked=True
        )
        assert session.get_one(MirroredPerson, una.id).seen_at == seen_at


def test_the_first_holding_of_somebody_new(world: World) -> None:
    somebody = world.directory.enrol("somebody@p001.example")
    holding = Holding(Role.PROVIDER_USER, ("Y90", "QA1", "A01", "P001"))
    with world.services.sessions.begin() as session:
        assert mirror.note_holding(session, somebody, holding)
    with world.services.sessions() as session:
        seen = people.standing(session, somebody.id)
    assert seen is not None
    assert (seen.person.email, seen.holdings, seen.locked) == (somebody.email, frozenset({holding}), False)


def test_the_database_counts_at_how_many_places_somebody_holds_a_role(world: World) -> None:
    """By whichever way a role comes and goes: the users list is counted by it."""
    una = world.people["una"]
    here = Holding(Role.PROVIDER_USER, ("Y90", "QA1", "A01", "P001"))
    again, there = (
        replace(here, role=Role.PROVIDER_FINANCE),
        replace(here, path=("Y90", "QA1", "A01", "P002")),
    )
    with world.services.sessions.begin() as session:

        def places() -> int:
            return session.scalars(select(MirroredPerson.places).where(MirroredPerson.id == una.id)).one()

        for held in ({here}, {here, again}, {here, again, there}, {there}, set[Holding]()):
            mirror.refresh_person(session, Standing(una, frozenset(held)))
            assert places() == len({one.organisation for one in held})
        mirror.note_holding(session, una, here)
        assert places() == 1
        mirror.forget_organisation(session, world.services.reader.organisation("P001").id)
        assert places() == 0
