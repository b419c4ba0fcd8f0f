"""What differs between the files and Keycloak."""

import csv
import json
from dataclasses import replace

from directory.tree_read import CurrentTree
from directory.vocabulary import ApprovalLevel, Organisation, OrganisationStatus, OrganisationType
from sync.desired import Desired
from sync.plan import Operation, Plan, plan

PRACTICE = Organisation("ZA0001", "A SURGERY", OrganisationType.PROVIDER, ("ZS1", "ZA0001"), "ZZ1 1ZZ")
LOCATION = Organisation("ZS1", "A PLACE", OrganisationType.SUB_ICB, ("ZS1",))
NOTHING: frozenset[str] = frozenset()


def planned(want: list[Organisation], have: list[Organisation], unfinished: frozenset[str] = NOTHING) -> Plan:
    wanted = Desired({each.code: each for each in want}, frozenset({OrganisationType.PROVIDER}))
    return plan(wanted, CurrentTree("root", {each.code: each for each in have}, unfinished))


def kinds(made: Plan) -> list[str]:
    return [f"{change.operation} {change.code}" for change in made.changes]


def test_new_ones_are_created_parents_first() -> None:
    assert kinds(planned([PRACTICE, LOCATION], [])) == ["create ZS1", "create ZA0001"]


def test_the_same_again_changes_nothing() -> None:
    """SYN-3."""
    assert planned([PRACTICE, LOCATION], [PRACTICE, LOCATION]).changes == ()


def test_changed_facts_are_told_before_and_after() -> None:
    have = replace(PRACTICE, name="OLD SURGERY", postcode="ZZ2 2ZZ")
    (change,) = planned([PRACTICE], [have]).changes
    told = json.loads(change.as_json())
    assert change.operation is Operation.UPDATE
    assert told["facts"] == {"name": "A SURGERY", "postcode": "ZZ1 1ZZ"}
    assert told["facts_before"] == {"name": "OLD SURGERY", "postcode": "ZZ2 2ZZ"}


def test_the_approval_level_is_not_the_syncs_to_change() -> None:
    """SYN-2."""
    have = replace(PRACTICE, approval_level=ApprovalLevel.MULTI)
    assert planned([PRACTICE], [have]).changes == ()


def test_a_move_is_told_with_both_places() -> None:
    """SYN-1."""
    (change,) = planned([replace(PRACTICE, path=("ZS2", "ZA0001"))], [PRACTICE]).changes
    told = json.loads(change.as_json())
    assert (change.operation, told["path_before"], told["path"]) == ("move", "ZS1/ZA0001", "ZS2/ZA0001")


def test_only_the_moved_one_moves_not_all_below_it() -> None:
    branch = Organisation("ZA0001001", "B", OrganisationType.BRANCH, ("ZS1", "ZA0001", "ZA0001001"))
    want = [replace(PRACTICE, path=("ZA0001",)), replace(branch, path=("ZA0001", "ZA0001001"))]
    assert kinds(planned(want, [PRACTICE, branch])) == ["move ZA0001"]


def test_closing_and_reopening_write_the_status() -> None:
    closed = replace(PRACTICE, status=OrganisationStatus.CLOSED)
    (close,) = planned([closed], [PRACTICE]).changes
    (reopen,) = planned([PRACTICE], [closed]).changes
    assert (close.operation, close.facts) == (Operation.CLOSE, {"status": "closed"})
    assert (reopen.operation, reopen.facts) == (Operation.REOPEN, {"status": "open"})


def test_a_swap_of_places_goes_from_the_top_down() -> None:
    """SYN-1: the one below is taken out before the one above is put below it."""
    other = Organisation("ZS2", "B", OrganisationType.SUB_ICB, ("ZS1", "ZS2"))
    want = [replace(LOCATION, path=("ZS2", "ZS1")), replace(other, path=("ZS2",))]
    assert kinds(planned(want, [LOCATION, other])) == ["move ZS2", "move ZS1"]


def test_closures_come_last_and_from_below() -> None:
    """SYN-2: nobody stands below a closed commissioner for the length of a run."""
    want = [
        replace(LOCATION, status=OrganisationStatus.CLOSED),
        replace(PRACTICE, status=OrganisationStatus.DORMANT),
        Organisation("ZS9", "NEW", OrganisationType.SUB_ICB, ("ZS9",)),
    ]
    assert kinds(planned(want, [LOCATION, PRACTICE])) == ["create ZS9", "close ZA0001", "close ZS1"]


def test_the_consoles_words_beside_the_code_are_kept_to_the_name() -> None:
    current = CurrentTree("root", {"ZS1": LOCATION}, descriptions={"ZS1": ""})
    (change,) = plan(Desired({"ZS1": LOCATION}, frozenset()), current).changes
    assert (change.operation, change.facts) == (Operation.UPDATE, {})


def test_in_full_as_a_table() -> None:
    """SYN-3: for who reads plans in a spreadsheet; a name is never a formula there."""
    odd = replace(PRACTICE, name="=1+1")
    headings, row = csv.reader(planned([odd], [PRACTICE]).as_csv().splitlines())
    told = dict(zip(headings, row, strict=True))
    assert told["name"] == "'=1+1"
    assert (told["kind"], told["facts"], told["facts_before"]) == ("update", "name==1+1", "name=A SURGERY")


def test_a_closed_one_with_another_name_gets_the_name_only() -> None:
    closed = replace(PRACTICE, status=OrganisationStatus.CLOSED, name="NEW NAME")
    made = planned([closed], [PRACTICE])
    assert [change.facts for change in made.of(Operation.UPDATE)] == [{"name": "NEW NAME"}]


def test_dormant_to_closed_is_an_update() -> None:
    dormant = replace(PRACTICE, status=OrganisationStatus.DORMANT)
    closed = replace(PRACTICE, status=OrganisationStatus.CLOSED)
    assert kinds(planned([closed], [dormant])) == ["update ZA0001"]


def test_one_no_longer_listed_counts_as_closed_where_its_list_was_given() -> None:
    assert kinds(planned([], [PRACTICE, LOCATION])) == ["close ZA0001"]
    assert kinds(planned([], [replace(PRACTICE, status=OrganisationStatus.CLOSED)])) == []


def test_what_a_stopped_run_left_is_finished() -> None:
    """SYN-3: it stands at the top of the realm with all below it."""
    stray = replace(LOCATION, id="1")
    made = planned([replace(LOCATION, path=("ZI1", "ZS1"))], [stray], frozenset({"ZS1"}))
    assert kinds(made) == ["finish ZS1"]


def test_a_leftover_that_no_file_lists_is_told() -> None:
    made = planned([PRACTICE], [LOCATION, PRACTICE], frozenset({"ZS1"}))
    assert made.unplaced == ("ZS1",)
    assert made.changes == ()


def test_every_kind_is_counted() -> None:
    assert planned([PRACTICE], []).counts == {kind: int(kind == "create") for kind in Operation}
