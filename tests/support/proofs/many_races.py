"""Races of one kind, many after one another or side by side, and what is on record after them."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from portal.mirroring.follow import follow
from tests.support.builders.world import World
from tests.support.proofs.race import Course
from tests.support.proofs.records import check_all_done, check_closed_once
from tests.support.proofs.soon import LONGEST, is_done
from tests.support.waiting import wait_until

Race = Callable[[World, Course, int], str]
"""Runs one, of this number; says how it ended."""


def run(race: Race, world: World, course: Course, numbers: range, lanes: int = 1) -> Counter[str]:
    """How often they ended in which way. Several may be under way at once, in lanes."""
    ends = raced(race, world, course, numbers, lanes)
    check_records(world)
    return ends


def raced(race: Race, world: World, course: Course, numbers: range, lanes: int) -> Counter[str]:
    if lanes > 1:
        return in_lanes(race, world, course, numbers, lanes)
    return Counter(race(world, course, number) for number in numbers)


def check_records(world: World) -> None:
    """Of everything, once that is done which Keycloak was too busy for."""

    def is_settled() -> bool:
        settle(world)
        return is_done(world.services)

    wait_until(is_settled, LONGEST, "everything done")
    check_all_done(world.services)
    check_closed_once(world.services)


def in_lanes(race: Race, world: World, course: Course, numbers: range, many: int) -> Counter[str]:
    """As many races at once as there are lanes, each lane a course of its own."""

    def lane(first: int) -> Counter[str]:
        with closing(Course(course.patience)) as own:
            return Counter(race(world, own, number) for number in numbers[first::many])

    with ThreadPoolExecutor(many) as lanes:
        return sum(lanes.map(lane, range(many)), Counter())


def both_ends(race: Race, world: World, course: Course, count: int, lanes: int = 1) -> Counter[str]:
    """So many races; while all of them end the same way, more with longer head starts, until one doesn't."""
    ends = raced(race, world, course, range(count), lanes)
    for number in range(count, 3 * count):
        if len(ends) > 1:
            break
        course.patience = 4 if number < 2 * count else 16
        ends[race(world, course, number)] += 1
    check_records(world)
    return ends


def settle(world: World) -> None:
    """What the worker does within a second or two."""
    world.work()
    follow(world.services)
    world.work()
