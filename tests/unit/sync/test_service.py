"""The ODS service that answers in FHIR R4: what comes through, and how it bears faults."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sync.answers import TRIES, Service
from sync.desired import desired
from sync.errors import BrokenFiles, NothingKept
from sync.kept import LOCK, KeptPages, for_one_run
from sync.records import Listing
from sync.service import fetch
from tests.support.servers.ods_service import KEY, OdsService, ods_service, over, resource


@pytest.fixture
def ods() -> Iterator[OdsService]:
    """A region, an ICB, a sub-ICB location, four practices and a branch: several pages."""
    with ods_service() as service:
        service.organisations = [
            resource("ZR1", "RO209"),
            resource("ZI1", "RO261", "RO318"),
            resource("ZS1", "RO98", "RO319"),
            *(resource(f"ZA{number:04}", "RO177", "RO76") for number in range(4)),
            resource("ZA0001001", "RO96", updated="2025-11-20"),
        ]
        service.affiliations = [
            over("ZI1", "RE2", "ZR1"),
            over("ZS1", "RE5", "ZI1"),
            over("ZA0000", "RE8", "ZX9"),
            over("ZA0000", "RE4", "ZS1"),
            over("ZA0002", "RE4", "ZS9", active=False),
            over("ZA0003", "RE4", "7A1"),
            over("ZA0001001", "RE6", "ZA0001"),
        ]
        yield service


class Waits(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def fetched(ods: OdsService, kept: Path, waits: Waits | None = None, since: date | None = None) -> Listing:
    return fetch(Service(ods.url, KEY, waits if waits is not None else Waits()), kept, since)


def with_odd(node: Any, odd: object) -> Iterator[Any]:
    """The same with this in the place of each thing in it, one at a time."""
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        for each in (odd, *with_odd(node[key], odd)):
            changed = copy(node)
            changed[key] = each
            yield changed


def test_all_pages_become_one_tree(ods: OdsService, tmp_path: Path) -> None:
    """SYN-1: types from roles, places from the relationships that hold today."""
    listing = fetched(ods, tmp_path)
    wanted = desired([listing], {}).organisations
    assert {"/".join(each.path) for each in wanted.values()} == {
        "ZR1",
        "ZR1/ZI1",
        "ZR1/ZI1/ZS1",
        "ZR1/ZI1/ZS1/ZA0000",
        "ZA0001",
        "ZA0001/ZA0001001",
        "ZA0002",
        "UNLISTED",
        "UNLISTED/7A1",
        "UNLISTED/7A1/ZA0003",
    }
    assert (wanted["ZA0000"].name, wanted["ZA0000"].town, wanted["ZA0000"].postcode) == (
        "ZA0000 SURGERY",
        "LEEDS",
        "ZZ1 1ZZ",
    )
    assert listing.complete
    assert list(tmp_path.iterdir()) == [tmp_path / LOCK]


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"active": False}, "closed"),
        ({"active": True, "end": "2020-01-01"}, "closed"),
        ({"active": True, "start": "2999-01-01"}, "proposed"),
        ({"active": False, "end": "2999-01-01"}, "open"),
        ({"active": True, "start": "2020-01-01"}, "open"),
    ],
)
def test_the_days_on_which_it_works(
    ods: OdsService, tmp_path: Path, facts: dict[str, object], status: str
) -> None:
    ods.organisations = [resource("ZA0001", "RO177", **facts)]
    (record,) = fetched(ods, tmp_path).records
    assert record.status == status


def test_only_what_changed_since_closes_nothing(ods: OdsService, tmp_path: Path) -> None:
    """SYN-1: the day's changes say nothing about the others."""
    listing = fetched(ods, tmp_path, since=date(2025, 11, 1))
    assert [record.code for record in listing.records] == ["ZA0001001"]
    assert listing.types == frozenset()
    ods.organisations = []
    assert fetched(ods, tmp_path, since=date(2025, 11, 1)).records == ()


def test_it_waits_as_it_is_told_and_asks_again(ods: OdsService, tmp_path: Path) -> None:
    waits = Waits()
    ods.fail(429, Retry_After="7")
    ods.fail(503)
    ods.fail(0)
    assert len(fetched(ods, tmp_path, waits).records) == 8
    assert waits == [7.0, 4.0, 8.0]


def test_stopped_in_the_middle_it_goes_on_from_there(ods: OdsService, tmp_path: Path) -> None:
    """SYN-3: what has come isn't asked for again."""
    ods.fail(500, after=2)
    for _ in range(TRIES - 1):
        ods.fail(500)
    with pytest.raises(BrokenFiles, match="doesn't answer, or is too busy: run again"):
        fetched(ods, tmp_path)
    first = set(ods.asked[:2])
    ods.asked.clear()
    assert len(fetched(ods, tmp_path).records) == 8
    assert not first & set(ods.asked)


def test_what_came_days_ago_is_asked_for_again(ods: OdsService, tmp_path: Path) -> None:
    for _ in range(TRIES):
        ods.fail(500)
    ods.fail(500)
    ods.faults.rotate(1)
    ods.faults[0] = (200, {}, b"")
    with pytest.raises(BrokenFiles):
        fetched(ods, tmp_path)
    (page,) = tmp_path.rglob("*.json")
    os.utime(page, (0, 0))
    ods.faults.clear()
    asked = ods.asked[0]
    ods.asked.clear()
    fetched(ods, tmp_path)
    assert ods.asked[0] == asked


@pytest.mark.parametrize("left", [b"", b'{"url": "htt', b"\x00" * 9, b"\xff", b"[]", b"{}", b"null"])
def test_a_kept_page_that_was_cut_off_is_asked_for_again(
    ods: OdsService, tmp_path: Path, left: bytes
) -> None:
    """SYN-3: as when the power went."""
    ods.fail(401, after=1)
    with pytest.raises(BrokenFiles):
        fetched(ods, tmp_path)
    (page,) = tmp_path.rglob("*.json")
    page.write_bytes(left)
    asked = ods.asked[0]
    ods.asked.clear()
    assert len(fetched(ods, tmp_path).records) == 8
    assert ods.asked[0] == asked


def may_be_locked(file: Path) -> bool:
    """By another who has it open for writing, as a lock over NFS wants."""
    with file.open("r+") as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_of_two_that_read_at_once_none_takes_the_others_pages(ods: OdsService, tmp_path: Path) -> None:
    """SYN-3: whoever is ready first would remove the other's."""
    with for_one_run(tmp_path) as one:
        assert not may_be_locked(tmp_path / LOCK)
        half_read = KeptPages(one / "all")
        half_read.keep(1, "https://ods.example/1", {"resourceType": "Bundle"})
        assert len(fetched(ods, tmp_path).records) == 8
        assert half_read.page(1, "https://ods.example/1") == {"resourceType": "Bundle"}
        with for_one_run(tmp_path) as other:
            assert other.is_dir()
            assert tmp_path not in (other, *other.parents)
    assert not other.exists()
    assert may_be_locked(tmp_path / LOCK)
    with for_one_run(tmp_path) as again:
        assert again == one


@pytest.mark.parametrize("in_the_way", [".", LOCK, "all", "all/000001.part", "all/000001.json"])
def test_a_disk_that_takes_nothing_is_told_in_a_line(
    ods: OdsService, tmp_path: Path, in_the_way: str
) -> None:
    place = tmp_path / "kept" / in_the_way
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir() if place.suffix else place.touch()
    with pytest.raises(NothingKept, match=r"can't be kept in .+ \(.+\): name another folder") as told:
        fetched(ods, tmp_path / "kept")
    assert "\n" not in str(told.value)


class TestRefused:
    """SYN-5: nothing is written after any of these."""

    def test_a_wrong_key(self, ods: OdsService, tmp_path: Path) -> None:
        with pytest.raises(BrokenFiles, match="doesn't accept the key: check CQRS_ODS_KEY"):
            fetch(Service(ods.url, "another", Waits()), tmp_path)

    def test_the_key_is_in_no_message_and_no_repr(self, ods: OdsService) -> None:
        assert KEY not in repr(Service(ods.url, KEY))

    def test_a_next_page_somewhere_else(self, ods: OdsService, tmp_path: Path) -> None:
        """The key would go along."""
        with ods_service() as elsewhere:
            ods.next_url = f"{elsewhere.url}/Organization"
            with pytest.raises(BrokenFiles, match="sends us to another address"):
                fetched(ods, tmp_path)
            assert elsewhere.asked == []

    def test_pages_in_a_circle(self, ods: OdsService, tmp_path: Path) -> None:
        """It would never end."""
        ods.next_url = f"{ods.url}/Organization?_page=3"
        with pytest.raises(BrokenFiles, match="sends us in a circle"):
            fetched(ods, tmp_path)

    def test_a_redirect_is_not_followed(self, ods: OdsService, tmp_path: Path) -> None:
        with ods_service() as elsewhere:
            ods.fail(302, b"x", Location=f"{elsewhere.url}/Organization")
            with pytest.raises(BrokenFiles, match="answered 302 with no list"):
                fetched(ods, tmp_path)
            assert elsewhere.asked == []

    @pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"resourceType": "OperationOutcome"}', b'{"reso'])
    def test_an_answer_that_is_no_list(self, ods: OdsService, tmp_path: Path, body: bytes) -> None:
        ods.fail(200, body)
        with pytest.raises(BrokenFiles, match="answered 200 with no list"):
            fetched(ods, tmp_path)

    def test_a_whole_reading_of_nothing(self, ods: OdsService, tmp_path: Path) -> None:
        """It would close the country."""
        ods.organisations = []
        with pytest.raises(BrokenFiles, match="lists no organisation at all"):
            fetched(ods, tmp_path)

    @pytest.mark.parametrize(
        ("made", "why"),
        [
            (resource("Z A", "RO177"), "'Z A' isn't an ODS code"),
            (resource("UNLISTED", "RO177"), "'UNLISTED' isn't an ODS code"),
            (resource("ZA0001", "RO182"), "ZA0001 has none of the roles"),
            (resource("ZA0001", "RO177", name="A" * 256), "the name of ZA0001 is missing, or longer"),
            (resource("ZA0001", "RO177", end="soon"), "'soon' of ZA0001 isn't a date"),
            (
                resource("ZA0001", "RO177") | {"address": [{"city": "T" * 256}]},
                "the postcode or town of ZA0001 is longer than 255",
            ),
        ],
    )
    def test_a_wrong_organisation_with_its_number(
        self, ods: OdsService, tmp_path: Path, made: dict[str, object], why: str
    ) -> None:
        ods.organisations = [resource("ZA0002", "RO177"), made]
        with pytest.raises(BrokenFiles, match=f"line 2: {why}"):
            fetched(ods, tmp_path)

    @pytest.mark.parametrize("odd", [None, "x", 1, [None], {"x": None}], ids=repr)
    def test_anything_in_the_place_of_anything(self, ods: OdsService, tmp_path: Path, odd: object) -> None:
        """Records, or a refusal: whatever stands somewhere in a page of what the service lists."""
        ods.page = 2
        asked = {"Organization": {}, "OrganizationAffiliation": {"primary-organization": "ZI1,ZA0000"}}
        pages = [ods.bundle(f"/{kind}", query) for kind, query in asked.items()]
        for number, page in enumerate(pages):
            for place, odd_page in enumerate(with_odd(page, odd)):
                ods.faults.clear()
                if number:
                    ods.answer(pages[0] | {"link": []})
                ods.answer(odd_page)
                with suppress(BrokenFiles):
                    assert fetched(ods, tmp_path / f"{number} {place}").records

    def test_the_same_one_twice(self, ods: OdsService, tmp_path: Path) -> None:
        ods.organisations = [resource("ZA0002", "RO177")] * 2
        with pytest.raises(BrokenFiles, match="ZA0002 was already given"):
            desired([fetched(ods, tmp_path)], {})
