"""Two lists of one country, years apart: the real ones where they are named, else made-up ones of the kind.

Between them practices move by the thousand, most of them from commissioners that no list names any more,
close, open and change their names.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.support.builders.national import national_data
from tests.support.builders.ods import icb, practice, region, sub_icb, write

ABOVE = ("eauth.zip", "eccg.zip")
YEARS = ("epraccur-2020-01.zip", "epraccur-2025-11.zip")


@dataclass(frozen=True)
class Years:
    """The files of the earlier and of the later year."""

    earlier: list[Path]
    later: list[Path]


def years(folder: Path) -> Years:
    """January 2020 and November 2025, from the folder that CQRS_NATIONAL_DATA names; else made up."""
    named = os.environ.get("CQRS_NATIONAL_DATA")
    return _real(Path(named)) if named else made_up_years(folder)


def national_years(folder: Path) -> Years:
    """The real country wherever its files are on this machine, for what is measured; else made up."""
    found = national_data()
    there = found is not None and all((found / name).is_file() for name in YEARS)
    return _real(found) if found and there else made_up_years(folder)


def _real(folder: Path) -> Years:
    above = [folder / name for name in ABOVE]
    first, last = (folder / name for name in YEARS)
    return Years([*above, first], [*above, last])


def made_up_years(folder: Path) -> Years:
    """A tenth of the country."""
    icbs = [f"ZQ{number}" for number in range(4)]
    top = [region("ZR1"), *(icb(code, "ZR1") for code in icbs)]
    subs = [sub_icb(f"Z{number:02}", icbs[number % 4]) for number in range(10)]
    above = [write(folder / "top.csv", top), write(folder / "subs.csv", subs)]
    first = write(folder / "earlier.zip", [_earlier(number) for number in range(1_200)])
    last = write(folder / "later.zip", [_later(number) for number in range(1_400)])
    return Years([*above, first], [*above, last])


def _earlier(number: int) -> list[str]:
    """Half below commissioners that have gone since; some are closed already, or opening soon."""
    parent = f"Z{number % 10:02}" if number % 2 else f"9{number % 19:02}"
    return practice(f"Z{number:05}", parent, f"SURGERY {number}", status="D" if number % 40 == 0 else "A")


def _later(number: int) -> list[str]:
    parent = "" if number % 97 == 0 else f"Z{number // 7 % 10:02}"
    name = f"SURGERY {number}" if number % 11 else f"HEALTH / WELLBEING {number}"
    closed = number % 9 == 0
    return practice(f"Z{number:05}", parent, name, status="C" if closed else "A")
