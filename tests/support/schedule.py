"""How pytest-xdist deals the tests out to its workers, as a plugin of pytest: `pytest -n 3`.

A module stays in one process, with what it prepared. Two folders stay together too: the journeys share one
running stack, and of the tests that start and stop stacks no two are to run at once. The longest start first,
so that no worker sits over a long one alone at the end.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/stack/", "tests/browser/")
LONGEST = (
    *TOGETHER,
    "tests/keycloak/proofs/test_races.py",
    "tests/keycloak/proofs/test_matrix_of_accounts.py",
    "tests/keycloak/proofs/test_matrix_on_the_portal.py",
    "tests/keycloak/portal/test_second_factor.py",
    "tests/keycloak/sync/test_killed.py",
    "tests/keycloak/proofs/test_account_races.py",
    "tests/portal/feed/test_in_step.py",
    "tests/resilience/test_faults.py",
    "tests/keycloak/proofs/test_removal_races.py",
    "tests/keycloak/sync/test_national.py",
    "tests/portal/journeys/test_inviting.py",
    "tests/portal/journeys/test_accounts.py",
    "tests/portal/pages/test_accessibility.py",
    "tests/portal/journeys/test_users.py",
    "tests/portal/journeys/test_my_profile.py",
    "tests/keycloak/proofs/test_invitation_races.py",
    "tests/portal/proofs/test_stateful.py",
    "tests/keycloak/proofs/test_matrix_of_removals.py",
    "tests/portal/api/test_same_answers.py",
    "tests/keycloak/realm/test_pages_in_chromium.py",
    "tests/portal/pages/test_accessibility_of_forms.py",
    "tests/keycloak/sync/test_years.py",
    "tests/keycloak/portal/test_same_answers.py",
    "tests/portal/store/test_users_list.py",
    "tests/keycloak/realm/test_theme_accessibility.py",
    "tests/portal/api/test_document.py",
    "tests/resilience/test_worker_dies.py",
)
"""What takes over twenty seconds, the longest first."""
SPLIT = tuple(
    f"tests/keycloak/proofs/test_{name}races.py" for name in ("", "removal_", "account_", "invitation_")
)
"""Modules whose functions share little: each function may run in another process."""


class ByModule(LoadScopeScheduling):
    """In the order of collection, one module after the other."""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        module = nodeid.partition("::")[0]
        return folder or (nodeid.partition("[")[0] if module in SPLIT else module)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByModule:
    config.option.loadscopereorder = False
    return ByModule(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks say what a test needs, by the fixtures that it uses; the longest come first."""
    for item in items:
        for fixture, mark in (("servers", "keycloak"), ("chromium", "browser"), ("stack", "browser")):
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Its place among the longest, or behind them all."""
    places = (place for place, name in enumerate(LONGEST) if item.nodeid.startswith(name))
    return next(places, len(LONGEST))
