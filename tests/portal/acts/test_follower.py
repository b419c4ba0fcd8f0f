"""What others change in Keycloak reaches the mirror within seconds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from directory.contract import Change, ChangeKind
from directory.errors import DirectoryUnavailable
from directory.vocabulary import Holding, OrganisationType, Role
from portal.mirroring.follow import BURST, LATE, Burst, Follower, follow
from portal.mirroring.reconcile import ask_for_reconcile, reconcile
from portal.mirroring.refresh import recheck_locked
from portal.model import MirroredOrganisation, MirroredPerson, MirrorPosition
from portal.services import now
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


class TestABurst:
    """SYN-6, SYN-7: reading the whole tree again and again would slow the sync that changes it."""

    @pytest.fixture
    def burst(self, world: World) -> World:
        """A sync at work, by Keycloak's clock: whole subtrees arrive, and somebody is disabled meanwhile."""
        follow(world.services)
        read_from(world, timedelta(hours=3))
        for number in range(BURST + 1):
            world.directory.place(f"Q{number:04}", parent="B01")
            world.directory._note(ChangeKind.EVERYTHING, "")
        world.directory.disable(world.people["carol"].id)
        world.directory.age(-timedelta(hours=1))
        return world

    def test_it_is_waited_for_and_people_do_not_wait(self, burst: World) -> None:
        assert follow(burst.services) == 1
        assert place(burst, "Q0000") is None
        assert not seen(burst, "carol").person.enabled
        assert follow(burst.services) == 0

    def test_meanwhile_the_mirror_is_not_in_step(self, burst: World) -> None:
        """SCP-2: what has to be right within seconds is then asked of Keycloak."""
        before = in_step_at(burst)
        follow(burst.services)
        assert in_step_at(burst) == before
        burst.directory.age(timedelta(hours=1, seconds=5))
        follow(burst.services)
        assert in_step_at(burst) > (before or burst.clock() - timedelta(days=1))

    def test_when_it_is_quiet_all_is_read_once(self, burst: World) -> None:
        follow(burst.services)
        burst.directory.age(timedelta(hours=1, seconds=5))
        assert follow(burst.services) == 1
        assert place(burst, "Q0000") is not None
        assert follow(burst.services) == 0

    def test_it_is_waited_for_a_minute_at_most(self, burst: World) -> None:
        burst.directory.age(timedelta(hours=1, minutes=2))
        burst.directory._note(ChangeKind.EVERYTHING, "")
        assert follow(burst.services) == 1
        assert place(burst, "Q0000") is not None


class TestABurstIsRemembered:
    """SYN-6, SYN-7: to read all of it again each second would slow the sync as well."""

    @pytest.fixture
    def sync(self, world: World) -> "SyncAtWork":
        follow(world.services)
        read_from(world, timedelta(hours=3))
        at_work = SyncAtWork(world)
        at_work.bring(BURST + 1)
        return at_work

    def test_what_came_before_is_not_asked_for_again(self, sync: "SyncAtWork") -> None:
        sync.follow()
        last = sync.told()[-1].at
        sync.bring(2)
        sync.follow()
        whole, rest = sync.asked_since
        assert whole < sync.told()[0].at
        assert rest == last - LATE

    def test_people_who_change_meanwhile_do_not_wait(self, sync: "SyncAtWork") -> None:
        sync.follow()
        sync.world.directory.disable(sync.world.people["carol"].id)
        assert sync.follow() == 1
        assert not seen(sync.world, "carol").person.enabled
        assert sync.follow() == 0

    def test_when_it_is_over_it_is_read_from_its_beginning(self, sync: "SyncAtWork") -> None:
        """What showed up late in Keycloak's records is found then."""
        sync.follow()
        sync.bring(2)
        sync.follow()
        sync.later(timedelta(seconds=5))
        assert sync.follow() == 1
        assert sync.asked_since[-1] == sync.asked_since[0]
        assert place(sync.world, "Q0005") is not None
        assert sync.follow() == 0

    @pytest.mark.parametrize(
        ("first", "last", "over"),
        [(30, 1, False), (30, 5, True), (61, 1, True)],
        ids=["goes on", "quiet", "long"],
    )
    def test_it_is_over_when_it_is_quiet_or_after_a_minute(self, first: int, last: int, over: bool) -> None:
        at = now()
        assert Burst(at - timedelta(seconds=first), at - timedelta(seconds=last)).is_over(at) is over

    def test_a_reconcile_that_is_asked_for_is_done_at_once(self, sync: "SyncAtWork") -> None:
        sync.follow()
        ask_for_reconcile(sync.world.services)
        sync.follow()
        assert place(sync.world, "Q0000") is not None

    def test_another_process_reads_what_this_one_knew(self, sync: "SyncAtWork") -> None:
        sync.follow()
        sync.follower = Follower(sync.clock)
        sync.later(timedelta(seconds=5))
        assert sync.follow() == 1
        assert place(sync.world, "Q0000") is not None


class SyncAtWork:
    """Subtrees that arrive, a worker that follows by a clock of its own, and from when it asked Keycloak."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked_since: list[datetime] = []
        self.follower = Follower(self.clock)
        self._made = 0
        self._ahead = timedelta()

    def clock(self) -> datetime:
        return now() + self._ahead

    def later(self, by: timedelta) -> None:
        self._ahead += by

    def bring(self, number: int) -> None:
        for _ in range(number):
            self.world.directory.place(f"Q{self._made:04}", parent="B01")
            self.world.directory._note(ChangeKind.EVERYTHING, "")
            self._made += 1

    def follow(self) -> int:
        return self.follower.follow(replace(self.world.services, reader=self))

    def changes(self, since: datetime) -> list[Change]:
        self.asked_since.append(since)
        return self.world.directory.changes(since)

    def told(self) -> list[Change]:
        """All that Keycloak would tell."""
        return self.world.directory.changes(datetime(2000, 1, 1, tzinfo=UTC))

    def __getattr__(self, name: str) -> object:
        return getattr(self.world.directory, name)


def in_step_at(world: World) -> datetime | None:
    """When the mirror was last known to hold all that had changed."""
    with world.services.sessions() as session:
        return session.get_one(MirrorPosition, 1).in_step_at


def test_a_reconcile_is_done_when_asked_for(world: World) -> None:
    """SYN-7: a full reconcile can be asked for."""
    with world.services.sessions.begin() as session:
        session.delete(session.get(MirroredPerson, world.people["carol"].id))
    ask_for_reconcile(world.services)
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
    ask_for_reconcile(world.services)
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
