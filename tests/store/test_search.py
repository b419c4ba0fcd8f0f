"""Finding organisations as people type."""

import json
import time
from statistics import quantiles

import pytest

from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType
from portal.mirroring.reconcile import reconcile
from portal.store.folding import fold
from portal.store.queries.organisations import search
from tests.builders.world import World

PROVIDER = OrganisationType.PROVIDER


@pytest.fixture
def town(world: World) -> World:
    world.directory.place("Y00001", "St. John's Way Medical Centre", PROVIDER, "A01")
    world.directory.place("Y00002", "The Old / New Surgery", PROVIDER, "A01")
    world.directory.place("Y00003", "Meddygfa Pen-y-Bont Ŵyn", PROVIDER, "A01")
    world.directory.place("Y00004", "Y00001 Lookalike", PROVIDER, "A01")
    world.directory.place("Y00005", "Closed House", PROVIDER, "A01")
    world.directory.change("Y00002", postcode="LS1 4AB")
    world.directory.change("Y00005", status=OrganisationStatus.CLOSED)
    reconcile(world.services)
    return world


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("y00001", ["Y00001", "Y00004"]),
        ("st johns", ["Y00001"]),
        ("St. John\u2019s", ["Y00001"]),
        ("medical way", ["Y00001"]),
        ("LS1 4AB", ["Y00002"]),
        ("ls14a", ["Y00002"]),
        ("ls1", ["Y00002"]),
        ("old/new", ["Y00002"]),
        ("wyn", ["Y00003"]),
        ("pen-y", ["Y00003"]),
        ("closed house", []),
        ("", []),
        ("   ", []),
        ("'); --", []),
        ("& | !", []),
        ("\\", []),
        ("\x00", []),
        ("%", []),
        ("north", []),
    ],
)
def test_what_is_typed_finds(town: World, typed: str, codes: list[str]) -> None:
    """REG-1, ORG-1: by code, by words of the name, by postcode; a region is nobody's organisation."""
    with town.services.sessions() as session:
        assert [found.code for found in search(session, typed)] == codes


def test_folding_leaves_only_letters_and_digits() -> None:
    assert fold("St. John's  Ŵyn-123 / O\u2019Brien_x") == ["st", "johns", "wyn", "123", "obrien", "x"]


def test_names_are_found_as_quickly_as_one_types_nationally(world: World) -> None:
    """SYN-6, REG-1: 12,440 organisations, p95 below 20 ms."""
    words = (
        ["surgery", "medical", "centre", "health", "park", "lane", "house", "road", "green", "north", "south", "st", "marys", "hill", "bridge"]
    )
    for number in range(12_440):
        name = " ".join(words[(number * step + step) % len(words)] for step in (1, 3, 7)).title()
        world.directory._organisations[f"g{number}"] = Organisation(
            f"X{number:05}",
            name,
            PROVIDER,
            ("Y90", "QA1", "A01", f"X{number:05}"),
            f"LS{number % 99} 4AB",
            id=f"g{number}",
        )
    reconcile(world.services)
    typed = ["s", "me", "park", "north su", "x01", "ls12", "ls1 4ab", "hill br", "st ma", "zzz"]
    with world.services.sessions() as session:
        for text in typed:
            search(session, text)
        times = [_timed(session, text) for _ in range(10) for text in typed]
    p95 = quantiles(times, n=20)[18]
    print(json.dumps({"search_p95_ms": round(p95 * 1000, 2)}))
    assert p95 < 0.1, "five times the goal: this machine may be busy, the query must not be slow"


def _timed(session, text: str) -> float:
    began = time.perf_counter()
    search(session, text)
    return time.perf_counter() - began
