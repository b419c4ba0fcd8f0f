"""axe, which finds what stands in the way of somebody who reads a page otherwise than by looking at it.

It tells of what it found alone: all that it looked at besides is twenty times as much to send and to read.
"""

from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
BEST_PRACTICE = (*WCAG, "best-practice")
FIND = """rules => axe.run({ runOnly: rules, resultTypes: ["violations"] }).then(found => found.violations
  .map(rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html).join(" ")}`))"""


def found_by_axe(page: Page, rules: tuple[str, ...] = WCAG) -> list[str]:
    """A line for each rule that the page breaks, with the elements that do."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[Any] = page.evaluate(FIND, list(rules))
    return list(map(str, found))


@cache
def _axe() -> str:
    return str(Axe().axe_script)
