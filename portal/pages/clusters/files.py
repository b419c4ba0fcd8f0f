"""A file of ODS codes, one a line: plain text, or CSV with the codes in its first column."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST = 100 * 1024
MOST_LINES = 5_000
HEADING = re.compile(r"(ods|organi[sz]ation|practice|provider)?[ _-]*(ods)?[ _-]*codes?", re.IGNORECASE)


class UnreadableFile(ValueError):
    """The message says what is wrong with the file as a whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line's number in the file, from 1, and the code that it has."""

    number: int
    code: str


def lines(content: bytes) -> list[Line]:
    """The lines that have a code, a heading left out. Raises UnreadableFile."""
    if len(content) > LARGEST:
        raise UnreadableFile("The file must be 100 kB or smaller")
    try:
        found = list(_lines(_text(content)))
    except csv.Error as wrong:
        raise UnreadableFile("The file must be plain text or CSV") from wrong
    if not found:
        raise UnreadableFile("The file has no ODS codes")
    if len(found) > MOST_LINES:
        raise UnreadableFile(f"The file must have {MOST_LINES:,} lines or fewer")
    return found


def _text(content: bytes) -> str:
    """As spreadsheets write it: UTF-8 with or without a mark, or what Windows had before."""
    if b"\0" in content:
        raise UnreadableFile("The file must be plain text or CSV, not a spreadsheet such as .xlsx")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(text: str) -> Iterator[Line]:
    rows = text.splitlines()
    delimiter = next((one for one in "\t;" if rows and one in rows[0] and "," not in rows[0]), ",")
    for number, row in enumerate(rows, start=1):
        cells = next(csv.reader([row], delimiter=delimiter), [])
        code = cells[0].strip().upper() if cells else ""
        if code and not (number == 1 and HEADING.fullmatch(code)):
            yield Line(number, code)
