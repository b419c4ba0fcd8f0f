"""The tree that the files describe."""

from pathlib import Path

import pytest

from directory.tree_read import CurrentTree
from directory.vocabulary import Organisation, OrganisationType
from sync.desired import Desired, desired
from sync.errors import BrokenFiles
from sync.files import Source
from sync.plan import plan
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


@pytest.mark.parametrize("cells", [{"parent": ""}, {"parent": "", "region": "ZR1"}])
def test_none_is_lost_for_want_of_a_parent(cells: dict[str, str]) -> None:
    """ORG-1: a practice whose parent is blank stands directly under the root."""
    wanted = desired([listed(ods.region("ZR1")), listed(ods.practice("ZA0001", **cells))], {})
    assert paths(wanted)["ZA0001"] == "ZA0001"


def test_a_parent_that_no_file_names_is_known_by_its_code_only() -> None:
    """ORG-1: it stands at a place of its own, and offers nobody a role: only its code is known."""
    wanted = desired([listed(ods.practice("ZA0001", "7A1"), ods.practice("ZA0002", "7A1", status="C"))], {})
    assert paths(wanted) == {"UNLISTED": "UNLISTED", "7A1": "UNLISTED/7A1", "ZA0001": "UNLISTED/7A1/ZA0001"}
    assert wanted.organisations["7A1"].name == "7A1"
    assert wanted.organisations["7A1"].type is OrganisationType.REGION


def unlisted(code: str, *path: str) -> Organisation:
    return Organisation(code, code, OrganisationType.REGION, ("UNLISTED", *path))


BEFORE = {
    "UNLISTED": unlisted("UNLISTED"),
    "7A1": unlisted("7A1", "7A1"),
    "ZA0001": Organisation("ZA0001", "A", OrganisationType.PROVIDER, ("UNLISTED", "7A1", "ZA0001")),
}


def test_until_a_file_names_it() -> None:
    files = [listed(ods.sub_icb("7A1", "ZI1")), listed(ods.practice("ZA0001", "7A1"))]
    wanted = desired([*files, listed(ods.icb("ZI1", "ZR1"), ods.region("ZR1"))], BEFORE)
    assert paths(wanted)["ZA0001"] == "ZR1/ZI1/7A1/ZA0001"
    assert wanted.organisations["7A1"].name == "NHS ZI1 ICB - 7A1"


def test_one_that_nobody_names_any_more_closes() -> None:
    wanted = desired([listed(ods.practice("ZA0001", ""))], BEFORE)
    changes = plan(wanted, CurrentTree("root", BEFORE)).changes
    assert [(each.operation, each.code) for each in changes if each.operation != "update"] == [
        ("move", "ZA0001"),
        ("close", "7A1"),
    ]


def test_one_is_needed_by_what_no_given_file_lists() -> None:
    """SYN-2: the list of regions alone says nothing of the practices elsewhere."""
    wanted = desired([listed(ods.region("ZR1"), ods.icb("ZI1", "ZR1"))], BEFORE)
    assert wanted.organisations["7A1"].is_open


def test_a_closed_one_stays_where_it_was_when_its_parent_is_unknown() -> None:
    there = Organisation("ZA0001", "A", OrganisationType.PROVIDER, ("ZS1", "ZA0001"))
    location = Organisation("ZS1", "S", OrganisationType.SUB_ICB, ("ZS1",))
    files = [listed(ods.practice("ZA0001", "7A1", status="C"))]
    assert paths(desired(files, {"ZS1": location, "ZA0001": there})) == {"ZA0001": "ZS1/ZA0001"}


def test_the_parent_counts_not_the_current_commissioner() -> None:
    """SYN-1: column 23 is often the trust that runs the site."""
    rows = listed(ods.practice("ZA0001", "ZS1", commissioner="ZS2"))
    wanted = desired([listed(ods.sub_icb("ZS1", "ZI1"), ods.sub_icb("ZS2", "ZI1")), rows], {})
    assert paths(wanted)["ZA0001"].endswith("/ZS1/ZA0001")


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
    there = {
        "ZR1": Organisation("ZR1", "R", OrganisationType.REGION, ("ZR1",)),
        "ZI1": Organisation("ZI1", "I", OrganisationType.ICB, ("ZR1", "ZI1")),
        "ZS1": Organisation("ZS1", "S", OrganisationType.SUB_ICB, ("ZR1", "ZI1", "ZS1")),
    }
    wanted = desired([listed(ods.practice("ZA0001", "ZS1"))], there)
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

    def test_a_loop_through_what_only_keycloak_holds(self) -> None:
        there = {
            "ZS1": Organisation("ZS1", "S", OrganisationType.SUB_ICB, ("ZI1", "ZS1")),
            "ZI1": Organisation("ZI1", "I", OrganisationType.ICB, ("ZI1",)),
        }
        with pytest.raises(BrokenFiles, match=r"file.csv, line 2: parents in a loop: ZI1 > ZS1 > ZI1"):
            desired([listed(ods.icb("ZI2", "ZR1"), ods.icb("ZI1", "ZR1", parent="ZS1"))], there)

    def test_a_practice_below_a_branch(self) -> None:
        files = [listed(ods.practice("ZA0002", "ZA0001001")), listed(ods.branch("ZA0001001", "ZA0001"))]
        with pytest.raises(BrokenFiles, match=r"ZA0002 \(provider\) can't stand below ZA0001001 \(branch\)"):
            desired(files, {})


def test_the_small_country(tmp_path: Path) -> None:
    wanted = desired(load(ods.small_country(tmp_path)), {})
    assert len(wanted.organisations) == 6 + 41 + 3 + 2
    assert {code for code, path in paths(wanted).items() if "/" not in path} == {"ZR1", "ZC0002", "UNLISTED"}
    assert paths(wanted)["ZC0003"] == "UNLISTED/7Z9/ZC0003"
