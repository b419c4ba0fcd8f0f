"""A country through the years and back, stopped at a hundred random points on the way."""

import random
from dataclasses import replace
from pathlib import Path

from directory.errors import DirectoryUnavailable
from directory.vocabulary import Organisation
from sync.apply import Outcome
from sync.records import Listing
from sync.run import carry_out, compare, load
from tests.support.builders.years import made_up_years
from tests.support.fakes.tree import FakeTree

STOPS = 100


def bring_in(tree: FakeTree, listings: tuple[Listing, ...]) -> Outcome:
    return carry_out(compare(listings, tree), tree, lambda _: None)


def there(tree: FakeTree) -> dict[str, Organisation]:
    return {code: replace(each, id="") for code, each in tree.read().organisations.items()}


def test_a_hundred_stops_end_where_none_does(tmp_path: Path) -> None:
    """SYN-3: each run finds what the stopped ones left, and begins from there."""
    lists, chance = made_up_years(tmp_path), random.Random(11)
    earlier, later = load(lists.earlier), load(lists.later)
    stopped, undisturbed, stops = FakeTree(), FakeTree(), 0
    while stops < STOPS:
        for listings in (earlier, later):
            bring_in(undisturbed, listings)
            while (found := compare(listings, stopped)).plan.changes:
                stopped.stop_after(chance.randint(0, 120))
                try:
                    carry_out(found, stopped, lambda _: None)
                except DirectoryUnavailable:
                    stops += 1
            stopped.stop_after(None)
            assert there(stopped) == there(undisturbed)
            assert bring_in(stopped, listings) == Outcome()
