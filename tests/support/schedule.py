"""How pytest-xdist deals the tests out to its workers, as a plugin of pytest: `pytest -n 3`.

A module stays in one process, with what it prepared. Some folders stay together too, because their tests
share one running stack. The longest start first, so that no worker sits over a long one alone at the end.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/stack/")


class ByModule(LoadScopeScheduling):
    """In the order of collection, one module after the other."""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        return folder or nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByModule:
    config.option.loadscopereorder = False
    return ByModule(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks say what a test needs, by the fixtures that it uses; the longest modules come first."""
    for item in items:
        for fixture, mark in (("servers", "keycloak"), ("chromium", "browser"), ("stack", "browser")):
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    if hasattr(config, "workerinput"):
        items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> int:
    """How long its module takes, roughly; short ones don't say."""
    mark = item.get_closest_marker("takes")
    return int(mark.args[0]) if mark else 0
