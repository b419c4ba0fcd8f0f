"""The tree that the files describe."""

from pathlib import Path

import pytest

from directory.vocabulary import Organisation, OrganisationType
from sync.desired import Desired, desired
from sync.errors import BrokenFiles
from sync.files import Source
from sync.records import Listing, parse
from sync.run import load
from tests.support.builders import ods


def listed(*rows: list[str], name: str = "file.csv") -> Listing:
    return parse(Source(name, ods.text(rows)))


def paths(wanted: Desired) -> dict[str, str]:
    return {code: "/".join(organisation.path) for code, organisation in wanted.organisations.items()}


def test_the_levels_of_the_tree() -> None:
    """ORG-1: region, ICB, sub-ICB location, practice, branch."""
    wanted = desired(
        [
            listed(ods.branch("ZA0001001", "ZA0001")),
            listed(ods.practice("ZA0001", "ZS1")),
            listed(ods.sub_icb("ZS1", "ZI1")),
            listed(ods.region("ZR1"), ods.icb("ZI1", "ZR1")),
        ],
        {},
    )
    assert paths(wanted)["ZA0001001"] == "ZR1/ZI1/ZS1/ZA0001/ZA0001001"


@pytest.mark.parametrize(
    "cells", [{"parent": ""}, {"parent": "", "region": "ZR1"}, {"parent": "7A1", "icb": "7A1"}]
)
def test_none_is_lost_for_want_of_a_parent(cells: dict[str, str]) -> None:
    """ORG-1: a practice whose parent is blank or unknown stands directly under the root."""
    wanted = desired([listed(ods.region("ZR1")), listed(ods.practice("ZA0001", **cells))], {})
    assert paths(wanted)["ZA0001"] == "ZA0001"


def test_the_parent_counts_not_the_current_commissioner() -> None:
    """SYN-1: column 23 is often the trust that runs the site."""
    rows = listed(ods.practice("ZA0001", "ZS1", commissioner="ZS2"))
    wanted = desired([listed(ods.sub_icb("ZS1", "ZI1"), ods.sub_icb("ZS2", "ZI1")), rows], {})
    assert paths(wanted)["ZA0001"] == "ZS1/ZA0001"


def test_an_icb_without_a_parent_stands_under_its_region() -> None:
    wanted = desired([listed(ods.region("ZR1"), ods.icb("ZI1", "ZR1", parent=""))], {})
    assert paths(wanted)["ZI1"] == "ZR1/ZI1"


@pytest.mark.parametrize("status", ["C", "D", "P"])
def test_only_open_ones_are_brought_in(status: str) -> None:
    wanted = desired([listed(ods.practice("ZA0001", status=status), ods.practice("ZA0002"))], {})
    assert list(wanted.organisations) == ["ZA0002"]


def test_an_open_branch_of_a_closed_practice_is_not_lost() -> None:
    practices = listed(ods.practice("ZA0001", status="C"))
    assert paths(desired([practices, listed(ods.branch("ZA0001001", "ZA0001"))], {})) == {
        "ZA0001001": "ZA0001001"
    }


def test_a_closed_one_that_keycloak_holds_stays() -> None:
    """SYN-2: what is there is kept in view whatever becomes of it."""
    there = Organisation("ZA0001", "A", OrganisationType.PROVIDER, ("ZA0001",))
    wanted = desired([listed(ods.practice("ZA0001", status="C"))], {"ZA0001": there})
    assert wanted.organisations["ZA0001"].status == "closed"


def test_practices_alone_find_their_parents_in_keycloak() -> None:
    """SYN-1: a month's practice list may be given without the lists of commissioners."""
    there = Organisation("ZS1", "S", OrganisationType.SUB_ICB, ("ZR1", "ZI1", "ZS1"))
    wanted = desired([listed(ods.practice("ZA0001", "ZS1"))], {"ZS1": there})
    assert paths(wanted) == {"ZA0001": "ZR1/ZI1/ZS1/ZA0001"}


class TestRefused:
    """SYN-5."""

    def test_a_code_given_twice_in_one_file(self) -> None:
        with pytest.raises(BrokenFiles, match=r"line 3: ZA0001 was already given in file.csv, line 1"):
            desired([listed(*(ods.practice(code) for code in ("ZA0001", "ZA0002", "ZA0001")))], {})

    def test_a_code_given_in_two_files(self) -> None:
        files = [
            listed(ods.practice("ZA0001"), name="one.csv"),
            listed(ods.practice("ZA0001"), name="two.csv"),
        ]
        with pytest.raises(
            BrokenFiles, match=r"two.csv, line 1: ZA0001 was already given in one.csv, line 1"
        ):
            desired(files, {})

    def test_a_loop_of_parents_is_told_once(self) -> None:
        rows = [
            ods.practice("ZA0001", "ZA0002"),
            ods.practice("ZA0002", "ZA0003"),
            ods.practice("ZA0003", "ZA0001"),
        ]
        with pytest.raises(BrokenFiles) as refused:
            desired([listed(*rows, ods.practice("ZA0004", "ZA0001"))], {})
        (problem,) = refused.value.problems
        assert problem.text.startswith("parents in a loop: ZA0001 > ZA0002 > ZA0003 > ZA0001")
        assert problem.line == 1

    def test_its_own_parent(self) -> None:
        with pytest.raises(BrokenFiles, match="ZA0001 > ZA0001"):
            desired([listed(ods.practice("ZA0001", "ZA0001"))], {})

    def test_a_practice_below_a_branch(self) -> None:
        files = [listed(ods.practice("ZA0002", "ZA0001001")), listed(ods.branch("ZA0001001", "ZA0001"))]
        with pytest.raises(BrokenFiles, match=r"ZA0002 \(provider\) can't stand below ZA0001001 \(branch\)"):
            desired(files, {})


def test_the_small_country(tmp_path: Path) -> None:
    wanted = desired(load(ods.small_country(tmp_path)), {})
    assert len(wanted.organisations) == 6 + 41 + 3
    assert {code for code, path in paths(wanted).items() if "/" not in path} == {"ZR1", "ZC0002", "ZC0003"}
