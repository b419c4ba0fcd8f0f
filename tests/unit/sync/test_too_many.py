"""When a plan closes or moves so many that somebody has to look first (SYN-4): a country like England."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from directory.tree_read import CurrentTree
from directory.vocabulary import UNLISTED, Organisation, OrganisationStatus, OrganisationType
from sync.desired import Desired
from sync.plan import plan
from sync.too_many import too_many

REGIONS, ICBS, SUB_ICBS, PRACTICES = 7, 42, 106, 12_440
SHARE = 5.0
Change = Callable[[Organisation], Organisation]


def country() -> dict[str, Organisation]:
    """As many of each type as the lists of November 2025 have, spread evenly, and a few branches."""
    made = [Organisation(f"ZR{n}", "A", OrganisationType.REGION, (f"ZR{n}",)) for n in range(REGIONS)]
    for kind, prefix, number in (
        (OrganisationType.ICB, "ZI", ICBS),
        (OrganisationType.SUB_ICB, "ZS", SUB_ICBS),
        (OrganisationType.PROVIDER, "ZA", PRACTICES),
        (OrganisationType.BRANCH, "ZB", 500),
    ):
        above = [each for each in made if each.type is made[-1].type]
        paths = [(*above[n % len(above)].path, f"{prefix}{n}") for n in range(number)]
        made += [Organisation(path[-1], "A", kind, path) for path in paths]
    return {each.code: each for each in made}


COUNTRY = country()


def closed(each: Organisation) -> Organisation:
    return replace(each, status=OrganisationStatus.CLOSED)


def to_the_top(each: Organisation) -> Organisation:
    return replace(each, path=(each.code,))


def why(codes: Iterable[str], change: Change, country: dict[str, Organisation] = COUNTRY) -> str:
    """What is said of a plan that changes these and leaves the rest; empty where it asks nothing."""
    wanted = {code: change(country[code]) for code in codes}
    current = CurrentTree("root", country)
    return too_many(plan(Desired(wanted, frozenset()), current), current, SHARE)


def some(prefix: str, number: int) -> list[str]:
    return [f"{prefix}{n}" for n in range(number)]


def test_a_list_of_icbs_that_was_cut_off_after_three_lines() -> None:
    """It has no list but its own to be measured by: of the whole country it is three in a thousand."""
    assert why(some("ZI", ICBS - 3), closed) == "39 of 42 open ICBs would close or move, 93 per cent"


def test_a_list_of_sub_icb_locations_whose_parents_are_shifted() -> None:
    """Every practice goes along."""
    assert why(some("ZS", 100), to_the_top) == (
        "12,314 of 13,095 open organisations would close or move, 94 per cent; "
        "100 of 106 open sub-ICB locations would close or move, 94 per cent"
    )


def test_a_list_of_branches_that_was_cut_off() -> None:
    assert why(some("ZB", 100), closed) == "100 of 500 open branches would close or move, 20 per cent"


@pytest.mark.parametrize("change", [closed, to_the_top])
@pytest.mark.parametrize("prefix", ["ZR", "ZI", "ZS"])
def test_one_or_two_never_stop_a_nights_run(prefix: str, change: Change) -> None:
    """Though a twentieth of the country may go along."""
    assert why(some(prefix, 2), change) == ""


@pytest.mark.parametrize(
    ("prefix", "number", "what"),
    [("ZR", 3, "3 of 7 open regions"), ("ZI", 3, "3 of 42 open ICBs"), ("ZS", 6, "6 of 106 open sub-ICB")],
)
def test_more_than_two_and_more_than_the_share_do(prefix: str, number: int, what: str) -> None:
    assert why(some(prefix, number), closed).startswith(what)
    assert why(some(prefix, number - 1), closed) == ""


def test_what_goes_along_with_a_moved_one_counts() -> None:
    """Three names in the plan, and as many practices below the first as below seven others."""
    big = {f"ZA{n}": replace(COUNTRY[f"ZA{n}"], path=(*COUNTRY["ZS0"].path, f"ZA{n}")) for n in range(700)}
    said = why(["ZS0", "ZA800", "ZA801"], to_the_top, COUNTRY | big)
    assert said == "819 of 13,095 open organisations would close or move, 6 per cent"


def test_a_month_of_practices_asks_nothing() -> None:
    """Some sixty a month close or move; and twenty ask nothing even where they are most of what there is."""
    assert why(some("ZA", 60), closed) == ""
    few = {code: each for code, each in COUNTRY.items() if each.type is not OrganisationType.PROVIDER}
    few |= {code: COUNTRY[code] for code in some("ZA", 25)}
    assert why(some("ZA", 20), closed, few) == ""
    assert why(some("ZA", 21), closed, few).startswith("21 of 25 open practices and prescribing sites")


def test_what_is_known_by_code_only_is_no_region() -> None:
    """It has the type of one, as no list has told what it is."""
    codes = some("7A", 10)
    unlisted = {code: Organisation(code, code, OrganisationType.REGION, (UNLISTED, code)) for code in codes}
    place = Organisation(UNLISTED, "A", OrganisationType.REGION, (UNLISTED,))
    assert why(codes, closed, COUNTRY | unlisted | {UNLISTED: place}) == ""


def test_what_is_closed_already_counts_for_nothing() -> None:
    shut = {code: closed(COUNTRY[code]) for code in some("ZI", 30)}
    assert why(some("ZI", 30), to_the_top, shut | {"ZI40": COUNTRY["ZI40"]}) == ""


def test_closures_and_moves_count_together_of_what_is_open() -> None:
    practices = {code: COUNTRY[code] for code in some("ZA", 60)}
    shut = {f"ZX{n}": closed(replace(COUNTRY["ZA1"], path=(f"ZX{n}",))) for n in range(40)}
    wanted = {code: closed(COUNTRY[code]) for code in some("ZA", 15)}
    wanted |= {code: to_the_top(practices[code]) for code in some("ZA", 30)[15:]}
    current = CurrentTree("root", practices | shut)
    said = too_many(plan(Desired(wanted, frozenset()), current), current, SHARE)
    assert said.startswith("30 of 60 open organisations would close or move, 50 per cent; ")
