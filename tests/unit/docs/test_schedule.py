"""The list of the longest tests names what is there."""

from pathlib import Path

from tests.support.schedule import LONGEST, SPLIT

ROOT = Path(__file__).resolve().parents[3]


def test_the_longest_are_there() -> None:
    assert [name for name in (*LONGEST, *SPLIT) if not (ROOT / name).exists()] == []
