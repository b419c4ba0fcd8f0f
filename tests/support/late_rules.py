"""Routes whose addresses are worked out when a page first names them, as a plugin of pytest.

Werkzeug writes and compiles two small functions for each route as it is added, which takes a processor 30 ms
for ours. A service does that once, a test run a thousand times, for pages that name a few.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from werkzeug.routing import Rule

from portal.application import Portal

Build = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """As its base class, but for when its functions are compiled."""

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


def pytest_configure() -> None:
    """Every portal of this process has them."""
    Portal.url_rule_class = LateRule
