"""docs/rights.md says what the table says."""

import subprocess
import sys
from pathlib import Path

from portal.rules.rights import Action
from portal.rules.show import rights_page

PAGE = Path(__file__).parents[3] / "docs" / "rights.md"


def test_the_page_is_up_to_date() -> None:
    """ROL-2: after a change of the table, run `python -m portal.rules.show > docs/rights.md`."""
    assert PAGE.read_text() == rights_page()


def test_the_command_prints_the_page() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "portal.rules.show"], capture_output=True, text=True, check=True
    )
    assert printed.stdout == rights_page()


def test_every_action_is_on_it() -> None:
    """ROL-2"""
    for action in Action:
        assert f"| {action.value} |" in rights_page()
