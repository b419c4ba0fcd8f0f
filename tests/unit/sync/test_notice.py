"""Who would notice a plan, without Keycloak."""

from dataclasses import replace

from directory.tree_read import CurrentTree
from directory.vocabulary import ApprovalLevel, Cluster, Organisation, OrganisationStatus, OrganisationType
from sync.notice import Facts, listed_in, noticed, of_changes, touched_codes
from sync.plan import Operation, Plan, PlannedChange

OLD = Organisation("ZS1", "OLD COMMISSIONER", OrganisationType.SUB_ICB, ("ZS1",))
NEW = Organisation("ZS2", "NEW COMMISSIONER", OrganisationType.SUB_ICB, ("ZS2",))
PRACTICE = Organisation(
    "ZA1", "SURGERY", OrganisationType.PROVIDER, ("ZS1", "ZA1"), approval_level=ApprovalLevel.MULTI
)
BRANCH = Organisation("ZA1001", "BRANCH", OrganisationType.BRANCH, ("ZS1", "ZA1", "ZA1001"))
OTHER = Organisation("ZA2", "OTHER", OrganisationType.PROVIDER, ("ZS1", "ZA2"))
CURRENT = CurrentTree("root", {each.code: each for each in (OLD, NEW, PRACTICE, BRANCH, OTHER)})
MOVED = PlannedChange(Operation.MOVE, replace(PRACTICE, path=("ZS2", "ZA1")), PRACTICE)
CLOSED = PlannedChange(Operation.CLOSE, replace(OTHER, status=OrganisationStatus.CLOSED), OTHER)
RENAMED = PlannedChange(Operation.UPDATE, replace(BRANCH, name="B"), BRANCH, {"name": "B"})
PLAN = Plan((MOVED, RENAMED, CLOSED))
FACTS = Facts(
    people={"ZA1": frozenset({"ann"}), "ZA1001": frozenset({"ann", "bob"}), "ZA2": frozenset({"cat"})},
    clusters=listed_in([Cluster("ZS1", "ZS1-1", "Coast", "", frozenset({"ZA1", "ZA2"}))]),
    requests={"ZA1001": 2, "ZS1": 7},
)


def test_a_move_is_noticed_below_it_too_and_a_new_name_by_nobody() -> None:
    assert touched_codes(PLAN, CURRENT) == {"ZA1": ("ZA1", "ZA1001"), "ZA2": ("ZA2",)}


def test_by_commissioner() -> None:
    """People and clusters count once, however many of their organisations are touched."""
    first, second = (row.told() for row in noticed(PLAN, CURRENT, FACTS))
    assert first == {
        "commissioner": "ZS1",
        "name": "OLD COMMISSIONER",
        "moves_away": 1,
        "arrives": 0,
        "closes": 1,
        "reopens": 0,
        "people": 3,
        "multi_level": 1,
        "clusters": 1,
        "requests": 2,
    }
    assert (second["commissioner"], second["arrives"], second["people"]) == ("ZS2", 1, 0)


def test_requests_that_nobody_could_ask_after_are_not_nought() -> None:
    rows = noticed(PLAN, CURRENT, replace(FACTS, requests=None))
    assert [row.told()["requests"] for row in rows] == [None, None]


def test_organisation_by_organisation_in_the_plan() -> None:
    hangs = of_changes(PLAN, CURRENT, FACTS)
    assert hangs["ZA1"] == {"people": 2, "multi_level": 1, "clusters": ["ZS1-1"], "requests": 2}
    heading, moved, renamed, closed = PLAN.as_csv(hangs).splitlines()
    assert heading.endswith("people,multi_level,clusters,requests")
    assert moved.endswith(",2,1,ZS1-1,2")
    assert renamed.endswith(",,,,")
    assert closed.endswith(",1,0,ZS1-1,0")
