"""Writes ODS classic files: 27 columns, no header, every cell quoted."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

COLUMNS = 27


def row(code: str, name: str = "", **cells: str) -> list[str]:
    """One line; `cells` by what they are, such as region, postcode, opened, status, parent."""
    cells = {"status": "A", "opened": "20200401", **cells}
    made = [""] * COLUMNS
    made[0], made[1] = code, name or f"{code} SURGERY"
    for title, value in cells.items():
        made[_PLACES[title]] = value
    return made


_PLACES = {
    "region": 2,
    "icb": 3,
    "town": 6,
    "postcode": 9,
    "opened": 10,
    "closed": 11,
    "status": 12,
    "subtype": 13,
    "parent": 14,
    "joined": 15,
    "left": 16,
    "commissioner": 23,
    "setting": 25,
}


def region(code: str, **cells: str) -> list[str]:
    return row(code, f"{code} COMMISSIONING REGION", **{"region": code, **cells})


def icb(code: str, region: str, **cells: str) -> list[str]:
    return row(
        code,
        f"NHS {code} INTEGRATED CARE BOARD",
        **{"region": region, "icb": code, "parent": region, **cells},
    )


def sub_icb(code: str, icb: str, region: str = "", **cells: str) -> list[str]:
    facts = {"region": region, "icb": icb, "parent": icb, "subtype": "C", **cells}
    return row(code, f"NHS {icb} ICB - {code}", **facts)


def practice(code: str, parent: str = "", name: str = "", **cells: str) -> list[str]:
    return row(code, name, **{"parent": parent, "setting": "4", "postcode": "ZZ1 1ZZ", **cells})


def branch(code: str, parent: str, name: str = "", **cells: str) -> list[str]:
    """In the older layout, whose status column is empty."""
    return row(code, name, **{"parent": parent, "status": "", **cells})


def text(rows: Iterable[Sequence[str]]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return target.getvalue()


def write(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """A CSV, or the zip of one when the name says so."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{path.stem}.csv", text(rows))
    else:
        path.write_bytes(text(rows).encode())
    return path


def small_country(folder: Path) -> list[Path]:
    """One region, two ICBs, three sub-ICB locations, 41 open practices of which two alone, 3 branches."""
    folder.mkdir(parents=True, exist_ok=True)
    first = [practice(f"ZA{number:04}", "ZS1") for number in range(30)]
    second = [practice(f"ZB{number:04}", "ZS2", "THE SURGERY") for number in range(8)]
    odd = [
        practice("ZC0001", "ZS3", "HEALTH / WELLBEING CENTRE"),
        practice("ZC0002", "", "NO PARENT"),
        practice("ZC0003", "7Z9", "PARENT UNKNOWN HERE"),
        practice("ZC0004", "ZS3", status="C", closed="20210101"),
        practice("ZC0005", "ZS3", status="D"),
    ]
    branches = [branch("ZA0000001", "ZA0000"), branch("ZA0000002", "ZA0000"), branch("ZC0001001", "ZC0001")]
    return [
        write(folder / "authorities.csv", [region("ZR1"), icb("ZI1", "ZR1"), icb("ZI2", "ZR1")]),
        write(folder / "subs.zip", [sub_icb("ZS1", "ZI1"), sub_icb("ZS2", "ZI1"), sub_icb("ZS3", "ZI2")]),
        write(folder / "practices.zip", [*first, *second, *odd]),
        write(folder / "branches.csv", branches),
    ]


def medium_country(folder: Path, rename: str = "SURGERY", shift: int = 0) -> list[Path]:
    """One region, two ICBs, twelve sub-ICB locations of 30 practices: enough to import in bulk.

    With a `shift`, each practice is below a location so many further on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    locations = [f"ZS{number:02}" for number in range(12)]
    practices = [
        practice(f"Z{number:05}", locations[(number + shift) % 12], f"{rename} {number}")
        for number in range(360)
    ]
    subs = [sub_icb(code, "ZI1" if number < 6 else "ZI2") for number, code in enumerate(locations)]
    return [
        write(folder / "authorities.csv", [region("ZR1"), icb("ZI1", "ZR1"), icb("ZI2", "ZR1")]),
        write(folder / "subs.csv", subs),
        write(folder / "practices.zip", practices),
    ]
