"""The whole of England, once: its normal size."""

from collections import Counter
from pathlib import Path

import pytest

from directory.tree import Tree
from directory.vocabulary import UNLISTED, Organisation
from sync.desired import desired
from sync.run import carry_out, compare, load
from tests.support.builders.national import made_up, national
from tests.support.servers.realm import TestRealm

pytestmark = pytest.mark.keycloak


def test_the_whole_country(empty_realm: TestRealm, tmp_path: Path) -> None:
    """SYN-6, and APR-1's ground: each practice stands under the location that decides for it."""
    country = national(tmp_path)
    tree = Tree(empty_realm.connection("sync"), empty_realm.admin)
    counted: list[int] = []
    first = compare(load(country.files), tree)
    outcome = carry_out(first, tree, counted.append)
    assert outcome.created == sum(counted) == country.organisations
    again = compare(load(country.files), tree)
    assert again.plan.changes == ()
    current = again.current.organisations
    below = Counter(each.parent for each in current.values())
    assert below[country.largest] == country.below_largest
    outside = [each for each in current.values() if each.is_provider and _is_outside(each)]
    assert len(outside) == country.outside
    assert sum(each.is_provider for each in current.values()) == country.practices


def _is_outside(organisation: Organisation) -> bool:
    return len(organisation.path) == 1 or organisation.path[0] == UNLISTED


def test_a_made_up_country_has_the_real_ones_size(tmp_path: Path) -> None:
    """The same test means the same where the real lists are absent."""
    real, invented = national(tmp_path), made_up(tmp_path)
    listings = load(invented.files)
    assert sum(len(listing.records) for listing in listings) == 16_685 + invented.authorities
    organisations = desired(listings, {}).organisations.values()
    below = Counter(each.parent for each in organisations)
    assert len(organisations) == invented.organisations
    assert below[invented.largest] == max(count for parent, count in below.items() if parent) == 498
    assert sum(each.is_provider and _is_outside(each) for each in organisations) == invented.outside
    assert (invented.organisations, invented.outside) == (real.organisations, real.outside)
    assert invented.below_largest == real.below_largest
