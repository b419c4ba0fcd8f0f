"""A sync at work: Keycloak's changes come by the thousand, and whoever follows lets it work."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from directory.contract import Change, ChangeKind
from portal.mirroring.follow import BURST, LATE, Burst, Follower, follow
from portal.mirroring.reconcile import ask_for_reconcile
from portal.model import MirrorPosition
from portal.services import now
from tests.portal.acts.test_follower import place, read_from, seen
from tests.support.builders.world import World


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
        with sync.world.sessions.begin() as session:
            ask_for_reconcile(session)
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
