"""Lines of CSV files, which people open in a spreadsheet."""

import csv
from collections.abc import Sequence
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula, and runs it."""


def first_line(headings: Sequence[str]) -> str:
    """The line that a file begins with, after the mark by which a spreadsheet knows that it is in UTF-8."""
    return "\ufeff" + line(headings)


def line(cells: Sequence[str]) -> str:
    """One line with its end; what a spreadsheet would run is made text by an apostrophe before it."""
    out = StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()
