"""What others change in Keycloak reaches the mirror within seconds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from directory.contract import ChangeKind
from directory.errors import DirectoryUnavailable
from directory.vocabulary import Holding, OrganisationType, Role
from portal.mirroring.follow import follow
from portal.mirroring.reconcile import ask_for_reconcile, reconcile
from portal.mirroring.refresh import recheck_locked
from portal.model import MirroredOrganisation, MirroredPerson, MirrorPosition
from portal.store import mirror
from portal.store.queries import organisations, people
from tests.support.builders.world import World
from tests.support.fakes.faults import Fault


def seen(world: World, who: str) -> object:
    with world.services.sessions() as session:
        return people.standing(session, world.people[who].id)


def place(world: World, code: str) -> MirroredOrganisation | None:
    with world.services.sessions() as session:
        return organisations.get(session, code)


def read_from(world: World, back: timedelta) -> None:
    """The follower looks at changes from so long before, too."""
    with world.services.sessions.begin() as session:
        session.get(MirrorPosition, 1).read_to -= back


def test_roles_given_and_taken_in_the_console_are_seen(world: World) -> None:
    """SYN-7, ORG-2: an administrator changes it there, and the portal notices."""
    una, practice = world.people["una"], world.directory.organisation("P003")
    world.directory.grant(una.id, practice, Role.PROVIDER_FINANCE)
    world.directory.remove(una.id, world.directory.organisation("P001"), Role.PROVIDER_USER)
    follow(world.services)
    assert seen(world, "una").holdings == {Holding(Role.PROVIDER_FINANCE, practice.path)}


def test_disabled_locked_unlocked_deleted(world: World) -> None:
    """SYN-7, AUT-3: each state is seen; a lock that ran out is noticed without a word from Keycloak."""
    world.directory.disable(world.people["carol"].id)
    world.directory.lock(world.people["chris"].id)
    world.directory.delete_person(world.people["iris"].id)
    follow(world.services)
    assert not seen(world, "carol").person.enabled
    assert seen(world, "chris").locked
    assert seen(world, "iris") is None
    world.directory._locked.clear()
    recheck_locked(world.services)
    assert not seen(world, "chris").locked


def test_organisations_new_renamed_moved(world: World) -> None:
    """SYN-7: with everything below a moved one."""
    world.directory.place("P009", "Wash House", parent="P001", kind=OrganisationType.BRANCH)
    world.directory.change("P002", name="Cromarty & Co")
    follow(world.services)
    assert place(world, "P009").path == ["Y90", "QA1", "A01", "P001", "P009"]
    assert place(world, "P002").name == "Cromarty & Co"
    world.directory.move("P001", "B01")
    follow(world.services)
    assert place(world, "P001").path == ["Y90", "QB1", "B01", "P001"]
    assert place(world, "P009").path == ["Y90", "QB1", "B01", "P001", "P009"]


def test_a_move_takes_along_what_keycloak_does_not_tell_of(world: World) -> None:
    """SYN-7: a move says only the group moved; what is below it in the mirror goes along."""
    from dataclasses import replace

    moved = replace(world.directory.organisation("A01"), path=("Y90", "QB1", "A01"))
    with world.services.sessions.begin() as session:
        mirror.refresh_organisation(session, moved)
    assert place(world, "P001").path == ["Y90", "QB1", "A01", "P001"]


def test_nothing_is_read_twice_and_nothing_missed(world: World) -> None:
    """SYN-7: the overlap doesn't bring the same change again."""
    follow(world.services)
    assert follow(world.services) == 0
    world.directory.disable(world.people["carol"].id)
    assert follow(world.services) == 1
    assert follow(world.services) == 0


def test_with_keycloak_away_the_mirror_stays_and_catches_up(world: World) -> None:
    """SYN-7: readers see all of it, and nothing is lost."""
    world.directory.disable(world.people["carol"].id)
    world.directory.go_wrong(Fault.none(), Fault.unavailable())
    with pytest.raises(DirectoryUnavailable):
        follow(world.services)
    assert seen(world, "carol").person.enabled
    follow(world.services)
    assert not seen(world, "carol").person.enabled


def test_when_everything_may_have_changed_all_is_read(world: World) -> None:
    """SYN-7: a deleted group tells nothing of what was in it."""
    world.directory._people.pop(world.people["una"].id)
    world.directory._held.pop(world.people["una"].id)
    world.directory._note(ChangeKind.EVERYTHING, "")
    follow(world.services)
    assert seen(world, "una") is None


def test_a_reconcile_is_done_when_asked_for(world: World) -> None:
    """SYN-7: a full reconcile can be asked for."""
    with world.services.sessions.begin() as session:
        session.delete(session.get(MirroredPerson, world.people["carol"].id))
    with world.sessions.begin() as session:
        ask_for_reconcile(session)
    follow(world.services)
    assert seen(world, "carol") is not None


def test_what_no_event_tells_any_more_a_reconcile_finds(world: World) -> None:
    """SYN-7, APR-1: events expire; a worker that was away for longer asks for everything when it starts."""
    asked = world.registered("waits@p001.example")
    assert world.request(asked).held_by_organisation == "A01"
    follow(world.services)
    for who in ("carol", "chris"):
        world.directory.disable(world.people[who].id)
    world.directory.move("A01", "QB1")
    world.directory.change("P002", name="Cromarty & Co", status="closed")
    world.directory._changes.clear()
    assert follow(world.services) == 0
    assert place(world, "P001").path == ["Y90", "QA1", "A01", "P001"]
    with world.sessions.begin() as session:
        ask_for_reconcile(session)
    follow(world.services)
    world.work()
    assert place(world, "P001").path == ["Y90", "QB1", "A01", "P001"]
    assert (place(world, "P002").name, place(world, "P002").is_closed) == ("Cromarty & Co", True)
    assert not seen(world, "carol").person.enabled
    assert world.request(asked).held_by_role is Role.SERVICE_DESK


def test_a_reconcile_does_not_undo_what_was_refreshed_meanwhile(world: World) -> None:
    """SYN-7: what was read singly after the reading began is newer, and stays."""

    class Slow:
        """Somebody is given a role after the holdings were read."""

        def __getattr__(self, name: str) -> object:
            return getattr(world.directory, name)

        def all_holdings(self) -> object:
            found = list(world.directory.all_holdings())
            una, practice = world.people["una"], world.directory.organisation("P003")
            world.directory.grant(una.id, practice, Role.PROVIDER_FINANCE)
            with world.services.sessions.begin() as session:
                mirror.refresh_person(session, world.directory.standing(una.id))
            return iter(found)

    reconcile(replace(world.services, reader=Slow()))
    assert len(seen(world, "una").holdings) == 2


def test_the_position_moves_on_in_quiet_times(world: World) -> None:
    """SYN-7: a burst isn't read again for ever."""
    read_from(world, timedelta(hours=3))
    follow(world.services)
    with world.services.sessions() as session:
        position = session.get(MirrorPosition, 1)
    assert position.reconciled_at - position.read_to < timedelta(minutes=2)
