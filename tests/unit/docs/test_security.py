"""docs/security.md leaves no line of the standards out, and the tests that it names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "security.md").read_text()
FOLDERS = {
    "attacks": "keycloak/attacks",
    "realm": "keycloak/realm",
    "portal": "keycloak/portal",
    "portal/acts": "portal/acts",
    "portal/attacks": "portal/attacks",
    "portal/pages": "portal/pages",
    "portal/proofs": "portal/proofs",
}
"""The short names of test folders; others are what they are called."""
NAMED = sorted(set(re.findall(r"`([\w/]+)/(test_\w+\.py)(?:::(test_\w+))?", TEXT)))
# Of ASVS 5.0.0, levels 1 and 2: how many lines each section has, where those of level 3 come last.
ASVS = {
    "1": {"1": 2, "2": 9, "3": 11, "4": 3, "5": 2},
    "2": {"1": 3, "2": 3, "3": 4, "4": 1},
    "3": {"2": 2, "3": 4, "4": 6, "5": 5, "7": 2},
    "4": {"1": 3, "2": 1, "3": 2, "4": 4},
    "5": {"1": 1, "2": 3, "3": 2, "4": 3},
    "6": {"1": 3, "2": 12, "3": 4, "4": 4, "5": 5, "6": 3, "8": 4},
    "7": {"1": 3, "2": 4, "3": 2, "4": 5, "5": 2, "6": 2},
    "8": {"1": 2, "2": 3, "3": 1, "4": 1},
    "9": {"1": 3, "2": 4},
    "10": {"1": 2, "2": 2, "3": 4, "4": 11, "5": 5, "6": 2, "7": 3},
    "11": {"1": 2, "2": 3, "3": 3, "4": 4, "5": 1, "6": 1},
    "12": {"1": 3, "2": 2, "3": 4},
    "13": {"1": 1, "2": 5, "3": 2, "4": 5},
    "14": {"1": 2, "2": 4, "3": 3},
    "15": {"1": 3, "2": 3, "3": 7},
    "16": {"1": 1, "2": 5, "3": 4, "4": 3, "5": 3},
    "17": {"1": 1, "2": 4, "3": 2},
}
RFC_9700 = {
    *("2.1", "2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6"),
    *(f"4.{number}" for number in range(1, 18) if number != 10),
    *("4.10.1", "4.10.2"),
}


def lines(chapter: str) -> list[str]:
    """The numbers that the table under the heading that names this begins its rows with, ranges in full."""
    _, *sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    table = next(one for one in sections if chapter in one.partition("\n")[0])
    return [
        number for cell in re.findall(r"^\| ([\d., to]+) \|", table, re.MULTILINE) for number in in_full(cell)
    ]


def in_full(cell: str) -> list[str]:
    first, to, last = cell.partition(" to ")
    if not to:
        return cell.split(", ")
    section, _, start = first.rpartition(".")
    return [f"{section}.{number}" for number in range(int(start), int(last.rpartition(".")[2]) + 1)]


@pytest.mark.parametrize("chapter", ASVS)
def test_every_line_of_asvs_once(chapter: str) -> None:
    wanted = [
        f"{chapter}.{section}.{number}"
        for section, count in ASVS[chapter].items()
        for number in range(1, count + 1)
    ]
    assert lines(f"(V{chapter})") == wanted


def test_every_section_of_rfc_9700_once() -> None:
    found = lines("RFC 9700")
    assert (sorted(found), len(set(found))) == (sorted(RFC_9700), len(found))


@pytest.mark.parametrize(("folder", "file", "test"), NAMED, ids="::".join)
def test_what_it_names_is_there(folder: str, file: str, test: str) -> None:
    text = (ROOT / "tests" / FOLDERS.get(folder, folder) / file).read_text()
    assert not test or f"\ndef {test}(" in text or f"\n    def {test}(" in text


THREATS = (ROOT / "docs" / "secure.md").read_text().partition("## Threats")[2].partition("\n## ")[0]


def test_every_threat_is_tried() -> None:
    """Each row names a test, and what it names is there."""
    rows = [row for row in THREATS.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 30
    for row in rows:
        named = re.findall(r"`([\w/]+)/(test_\w+\.py)(?:::(test_\w+))?`", row.split("|")[3])
        assert named, row
        for folder, file, test in named:
            assert f"\ndef {test or 'test_'}" in (ROOT / "tests" / folder / file).read_text(), (file, test)


def test_every_row_says_what_shows_it() -> None:
    rows = [row for row in TEXT.splitlines() if re.match(r"\| \d", row)]
    assert len(rows) > 200
    assert [
        row for row in rows if not re.search(r"`[\w/]+/test_\w+\.py|Keycloak|Authlib|by reading", row)
    ] == []
