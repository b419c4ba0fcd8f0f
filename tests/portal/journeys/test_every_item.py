"""Which journey walks each numbered item of sections 6 to 8, and that each does so in all the ways."""

from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from types import FunctionType

import pytest

JOURNEYS = {
    "INV-1": ("inviting", "step_by_step"),
    "INV-2": ("inviting", "accepted"),
    "INV-3": ("inviting", "sent_again", "cancelled", "lapsed", "accepted_when_it_could_no_longer_be_sent"),
    "USR-1": ("users", "search_and_filter", "sorted_by_a_column", "pages_of_a_size", "downloaded"),
    "USR-2": ("users", "one_person"),
    "USR-3": ("accounts", "disable", "who_decides_from_then_on"),
    "USR-4": ("accounts", "enable"),
    "USR-5": ("accounts", "unlock"),
    "USR-6": ("accounts", "revoke", "who_decides_from_then_on"),
    "PRO-1": ("my_profile", "the_tiles"),
    "PRO-2": ("my_profile", "user_details"),
    "PRO-3": ("my_profile", "available_roles"),
    "PRO-4": ("my_profile", "request_access"),
    "PRO-5": ("my_profile", "notification_settings"),
    "PRO-6": ("my_profile", "disable_account"),
    "PRO-7": ("system_date", "moved_and_set_back"),
}  # fmt: skip
"""By item: the module, and the journeys in it. Here Keycloak is in memory; tests/browser has the real one."""
ITEMS = {"INV": 3, "USR": 6, "PRO": 7}
"""How many each section has, but for INV-4 and USR-8, which come later, and USR-7: see test_job_aids."""


def journeys_of(item: str) -> Iterator[FunctionType]:
    module, *names = JOURNEYS[item]
    found = import_module(f"tests.portal.journeys.test_{module}")
    return (getattr(found, f"test_{name}") for name in names)


def test_no_item_lacks_a_journey() -> None:
    assert set(JOURNEYS) == {f"{kind}-{number}" for kind in ITEMS for number in range(1, ITEMS[kind] + 1)}


@pytest.mark.parametrize("item", JOURNEYS)
def test_its_journeys_say_so_and_go_every_way(item: str) -> None:
    """`arrive`, which `guest` comes by, is each of the WAYS in turn."""
    for journey in journeys_of(item):
        assert item in (journey.__doc__ or ""), journey
        assert {"guest", "arrive"} & set(signature(journey).parameters), journey
