"""Finding organisations as people type."""

import pytest
from sqlalchemy import insert, text

from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType
from portal.mirroring.reconcile import reconcile
from portal.model.mirror import MirroredOrganisation
from portal.store import mirror
from portal.store.folding import fold
from portal.store.queries.organisations import search
from tests.support.builders.world import World

PROVIDER = OrganisationType.PROVIDER


@pytest.fixture
def town(world: World) -> World:
    world.directory.place("Y00001", "St. John's Way Medical Centre", PROVIDER, "A01")
    world.directory.place("Y00002", "The Old / New Surgery", PROVIDER, "A01")
    world.directory.place("Y00003", "Meddygfa Pen-y-Bont Ŵyn", PROVIDER, "A01")
    world.directory.place("Y00004", "Y00001 Lookalike", PROVIDER, "A01")
    world.directory.place("Y00005", "Closed House", PROVIDER, "A01")
    world.directory.place("3E4D79", "Number Seventy-Nine", PROVIDER, "A01")
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
        ("3e4d79", ["3E4D79"]),
        ("3e4", ["3E4D79"]),
    ],
)
def test_what_is_typed_finds(town: World, typed: str, codes: list[str]) -> None:
    """REG-1, ORG-1: by code, by words of the name, by postcode; a region is nobody's organisation."""
    with town.services.sessions() as session:
        assert [found.code for found in search(session, typed)] == codes


def test_folding_leaves_only_letters_and_digits() -> None:
    assert fold("St. John's  Ŵyn-123 / O\u2019Brien_x") == ["st", "johns", "wyn", "123", "obrien", "x"]


WORDS = ("Surgery", "Medical", "Centre", "Health", "Park", "Lane", "House", "Green", "South", "St", "Hill")
PREFIX_SEARCH = "SELECT code FROM mirrored_organisation WHERE search @@ to_tsquery('simple', 'x0001:*')"


def _national(number: int) -> Organisation:
    name = " ".join(WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 7))
    code = f"X{number:05}"
    path = ("Y90", "QA1", "A01", code)
    return Organisation(code, name, PROVIDER, path, f"LS{number % 99} 4AB", id=f"g{number}")


def test_the_whole_country_is_searched_through_its_index(world: World) -> None:
    """SYN-6, REG-1: in 12,440 organisations a search finds what reading each would, by the index."""
    places = [_national(number) for number in range(12_440)]
    with world.services.sessions.begin() as session:
        session.execute(insert(MirroredOrganisation), [mirror.organisation_row(place) for place in places])
        found = {place.code for place in search(session, "hea x01", limit=20_000)}
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(session.scalars(text("EXPLAIN " + PREFIX_SEARCH)))
    assert found == {place.code for place in places if "Hea" in place.name and place.code.startswith("X01")}
    assert len(found) > 50
    assert "ix_mirrored_organisation_search" in plan
