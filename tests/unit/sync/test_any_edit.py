"""What holds for any tree and any edit of the lists: carried out, stopped anywhere, and carried out again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.errors import DirectoryUnavailable
from directory.vocabulary import ApprovalLevel, Organisation, OrganisationStatus, OrganisationType
from sync.errors import BrokenFiles
from sync.plan import Operation
from sync.records import FileKind, Listing, Record
from sync.run import carry_out, compare
from tests.support.fakes.tree import FakeTree

TYPES = list(OrganisationType)
CODES = {
    OrganisationType.REGION: ["R1", "R2"],
    OrganisationType.ICB: ["I1", "I2", "I3"],
    OrganisationType.SUB_ICB: ["S1", "S2", "S3"],
    OrganisationType.PROVIDER: [f"P{number}" for number in range(6)],
    OrganisationType.BRANCH: ["B1", "B2", "B3"],
}
UNKNOWN = ["", "X1", "X2"]
KINDS = [FileKind.AUTHORITIES, FileKind.SUB_ICBS, FileKind.PRACTICES, FileKind.BRANCHES]
Lists = tuple[Listing, ...]


@st.composite
def records(draw: st.DrawFn, kind: OrganisationType) -> tuple[Record, ...]:
    """Any of the type, each below any of a higher one, or below one that is in no list, or below none."""
    higher = [code for above in TYPES[: TYPES.index(kind)] for code in CODES[above]]
    made = [
        Record(
            code=code,
            name=draw(st.sampled_from(["A", "B"])),
            type=kind,
            region="",
            icb="",
            parent=draw(st.sampled_from([*UNKNOWN, *higher, *higher])),
            postcode=draw(st.sampled_from(["", "ZZ1 1ZZ"])),
            status=draw(st.sampled_from([*OrganisationStatus, *[OrganisationStatus.OPEN] * 4])),
            file=f"{kind}.csv",
            line=line,
            town=draw(st.sampled_from(["", "LEEDS"])),
        )
        for line, code in enumerate(CODES[kind], 1)
        if draw(st.integers(0, 4))
    ]
    return tuple(made)


@st.composite
def lists(draw: st.DrawFn) -> Lists:
    """Some of the four lists, most often all, as one month has them."""
    given = [kind for kind in KINDS if draw(st.integers(0, 5))]
    return tuple(Listing(kind.value, kind, draw(records_of(kind))) for kind in given)


@st.composite
def records_of(draw: st.DrawFn, kind: FileKind) -> tuple[Record, ...]:
    return tuple(record for each in TYPES if each in kind.types for record in draw(records(each)))


class Story(NamedTuple):
    """A tree that one month's lists made, and the next month's lists."""

    tree: FakeTree
    following: Lists


@st.composite
def stories(draw: st.DrawFn) -> Story:
    tree = FakeTree()
    for month in draw(st.lists(lists(), min_size=1, max_size=2)):
        bring_in(tree, month)
    for group in tree.groups.values():
        group.members = draw(st.sets(st.sampled_from(["ann", "bob"])))
        level = draw(st.sampled_from(ApprovalLevel))
        group.organisation = replace(group.organisation, approval_level=level)
    return Story(tree, draw(lists()))


def bring_in(tree: FakeTree, listings: Sequence[Listing]) -> None:
    """Lists that are refused change nothing, as anywhere."""
    try:
        carry_out(compare(listings, tree), tree, lambda _: None)
    except BrokenFiles as refused:
        assert "loop" in str(refused)  # noqa: PT017 - one through what an earlier month left


def placed(tree: FakeTree) -> dict[str, Organisation]:
    """Everything but the ids, which differ for what is new."""
    return {code: replace(each, id="") for code, each in tree.read().organisations.items()}


def copy_of(tree: FakeTree) -> FakeTree:
    copied = FakeTree()
    copied.groups = {id: replace(group) for id, group in tree.groups.items()}
    return copied


def check_whole(tree: FakeTree, before: FakeTree) -> None:
    """Each group is reached from the top, once; who was there is there: same id, people and level."""
    there = tree.read().organisations
    assert len(there) == len(tree.groups)
    for id, group in before.groups.items():
        now = tree.groups[id]
        assert now.members == group.members
        assert now.organisation.approval_level is group.organisation.approval_level
        assert there[group.organisation.code].id == id


@given(stories())
def test_a_second_run_finds_nothing_to_do(story: Story) -> None:
    """SYN-3."""
    bring_in(story.tree, story.following)
    made = story.tree.made
    bring_in(story.tree, story.following)
    assert story.tree.made == made


@given(stories())
def test_every_listed_one_is_as_its_list_says(story: Story) -> None:
    """SYN-1, ORG-1: where it is open, there it is, under the parent that it names."""
    bring_in(story.tree, story.following)
    there = placed(story.tree)
    if compare_is_refused(story):
        return
    for record in (record for listing in story.following for record in listing.records):
        if record.is_open:
            found = there[record.code]
            assert (found.name, found.postcode, found.town) == (record.name, record.postcode, record.town)
            assert found.is_open
            parent = "" if record.type is OrganisationType.REGION else record.parent
            assert found.parent == (parent if parent in there else None)


def compare_is_refused(story: Story) -> bool:
    try:
        compare(story.following, story.tree)
    except BrokenFiles:
        return True
    return False


@given(stories())
def test_nobody_is_deleted_and_people_and_levels_stay(story: Story) -> None:
    """SYN-2."""
    before = copy_of(story.tree)
    bring_in(story.tree, story.following)
    check_whole(story.tree, before)


@settings(deadline=None)
@given(stories())
def test_stopped_after_any_change_it_holds_together_and_ends_the_same(story: Story) -> None:
    """SYN-3: what stands then is whole, and the run after it ends where an undisturbed one does."""
    if compare_is_refused(story):
        return
    undisturbed = copy_of(story.tree)
    bring_in(undisturbed, story.following)
    for changes in range(undisturbed.made):
        tree = copy_of(story.tree)
        tree.stop_after(changes)
        try:
            bring_in(tree, story.following)
        except DirectoryUnavailable:
            check_whole(tree, story.tree)
        tree.stop_after(None)
        bring_in(tree, story.following)
        assert placed(tree) == placed(undisturbed)


@given(stories())
def test_a_closing_one_keeps_none_that_was_to_leave(story: Story) -> None:
    """SYN-2: closures come when all moves are made."""
    if compare_is_refused(story):
        return
    kinds = [change.operation for change in compare(story.following, story.tree).plan.changes]
    assert Operation.CLOSE not in kinds[: len(kinds) - kinds.count(Operation.CLOSE)]
