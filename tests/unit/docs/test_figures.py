"""docs/performance.md shows what was measured, and nothing else."""

import json

import pytest

from tests.bench.report import BEGIN, DOCUMENT, END, KEPT, markdown, measured, with_table
from tests.bench.rows import Row


def test_the_table_is_what_was_measured() -> None:
    """The page is written from the JSON beside it: a row edited by hand fails here."""
    page = DOCUMENT.read_text()
    assert with_table(page, markdown(json.loads(KEPT.read_text()))) == page


def test_a_part_that_failed_is_in_the_table_and_loses_nothing() -> None:
    rows = [
        Row("quick", 2.0, "ms", 1.0, "bare call", 3),
        Row("many", 120.0, "a second", goal=100, at_least=True),
    ]
    table = markdown(measured(rows, {"slow": "AssertionError: no answer"}))
    assert "| quick | 2 ms | bare call 1 ms | 2.00 | ≤ 3 | yes |" in table
    assert "| many | 120 a second |  |  | ≥ 100 | yes |" in table
    assert "| `slow`: not measured (AssertionError: no answer) |" in table


@pytest.mark.parametrize("page", ["no marks", f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="marks"):
        with_table(page, "table")
