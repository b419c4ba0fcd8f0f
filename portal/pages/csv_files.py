"""Lines of CSV files, which people open in a spreadsheet."""

import csv
from collections.abc import Sequence
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula, and runs it."""


def line(cells: Sequence[str]) -> str:
    """One line with its end; what a spreadsheet would run is made text by an apostrophe before it."""
    out = StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()
