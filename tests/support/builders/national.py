"""The whole country as files: the real lists where they are on this machine, else made-up ones of that size.

The made-up ones have the real oddities in the real numbers: practices with no parent or an unknown one,
names given many times under one parent, `/` in names, closed and dormant ones, and one very large location.
"""

import os
import random
from dataclasses import dataclass
from pathlib import Path

from tests.support.builders.ods import icb, practice, region, sub_icb, write

REAL = ("eauth.zip", "eccg.zip", "epraccur-2025-11.zip")


@dataclass(frozen=True)
class National:
    """Files of a country; `largest` is its largest sub-ICB location, with `below_largest` open practices.

    `outside` are the practices without a parent, or with one of the `unlisted` that no file names.
    """

    files: tuple[Path, ...]
    practices: int
    authorities: int
    outside: int
    unlisted: int
    largest: str
    below_largest: int

    @property
    def organisations(self) -> int:
        """With the parents that no file names, and the place where those stand."""
        return self.practices + self.authorities + self.unlisted + 1


def national(folder: Path) -> National:
    """The real country of November 2025, or a made-up one written to `folder`."""
    found = national_data()
    if found is None:
        return made_up(folder)
    return National(
        files=tuple(found / name for name in REAL),
        practices=12_440,
        authorities=7 + 42 + 106,
        outside=959,
        unlisted=16,
        largest="W2U3Z",
        below_largest=498,
    )


def national_data() -> Path | None:
    """The folder of the real files: what CQRS_NATIONAL_DATA names, else `shared/data` beside the checkout."""
    named = os.environ.get("CQRS_NATIONAL_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "data"
    return folder if all((folder / name).is_file() for name in REAL) else None


def made_up(folder: Path) -> National:
    """7 regions, 42 ICBs, 106 sub-ICB locations, 12,440 open practices of 16,685."""
    chance = random.Random(20251101)
    regions = [f"ZR{number}" for number in range(7)]
    icbs = {f"ZQ{number:02}": regions[number % 7] for number in range(42)}
    locations = {f"Z{number:03}": list(icbs)[number % 42] for number in range(106)}
    open_ones = [_open_practice(number, chance, list(locations)) for number in range(12_440)]
    gone = [practice(f"ZX{number:04}", "Z000", status="C", closed="20200101") for number in range(4_024)]
    other = [practice(f"ZY{number:04}", "Z001", status="P" if number < 3 else "D") for number in range(221)]
    folder.mkdir(parents=True, exist_ok=True)
    top = [*map(region, regions), *(icb(code, above) for code, above in icbs.items())]
    return National(
        files=(
            write(folder / "authorities.zip", top),
            write(folder / "locations.zip", [sub_icb(code, above) for code, above in locations.items()]),
            write(folder / "practices.zip", [*open_ones, *gone, *other]),
        ),
        practices=12_440,
        authorities=7 + 42 + 106,
        outside=959,
        unlisted=16,
        largest="Z000",
        below_largest=498,
    )


def _open_practice(number: int, chance: random.Random, locations: list[str]) -> list[str]:
    names = (f"SURGERY {number}", "THE SURGERY", "THE HEALTH CENTRE", f"CARE / WELLBEING {number}")
    name = chance.choices(names, (97, 1, 1, 1))[0]
    if number < 61:
        parent = ""
    elif number < 959:
        parent = f"7Z{number % 16}"
    elif number < 959 + 498:
        parent = locations[0]
    else:
        parent = locations[1 + number % 105]
    return practice(f"Z{number:05}", parent, name)
