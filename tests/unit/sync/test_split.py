"""How many new organisations are cut into requests."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from directory.tree_split import COMFORTABLE, LARGEST, Split, Subtree, split
from directory.vocabulary import Organisation, OrganisationType


def organisation(*path: str) -> Organisation:
    return Organisation(path[-1], path[-1], OrganisationType.PROVIDER, path)


def all_of(node: Subtree) -> list[Organisation]:
    return [node.organisation, *chain.from_iterable(all_of(below) for below in node.below)]


def codes(cut: Split) -> list[str]:
    singles = [each.code for level in cut.singles for each in level]
    return sorted([*singles, *(each.code for node in cut.subtrees for each in all_of(node))])


trees = st.recursive(
    st.builds(lambda: [()]),
    lambda below: st.lists(below, max_size=8).map(
        lambda parts: [(), *((number, *path) for number, part in enumerate(parts) for path in part)]
    ),
    max_leaves=300,
)


@given(trees, st.booleans())
def test_each_is_made_exactly_once(tree: list[tuple[int, ...]], whole: bool) -> None:
    given_ones = [
        organisation(*("-".join(map(str, ("Z", *path[:end]))) for end in range(len(path) + 1)))
        for path in tree
    ]
    cut = split(given_ones, import_subtrees=whole)
    assert codes(cut) == sorted(each.code for each in given_ones)


@given(trees)
def test_parents_come_first(tree: list[tuple[int, ...]]) -> None:
    given_ones = [
        organisation(*("-".join(map(str, ("Z", *path[:end]))) for end in range(len(path) + 1)))
        for path in tree
    ]
    cut = split(given_ones, import_subtrees=True)
    made = {each.code for level in cut.singles for each in level}
    for level in cut.singles:
        assert len({len(each.path) for each in level}) == 1
    for node in cut.subtrees:
        assert node.organisation.parent is None or node.organisation.parent in made


def test_a_location_goes_with_all_its_practices() -> None:
    practices = [organisation("ZS1", f"ZA{number}") for number in range(400)]
    (node,) = split([organisation("ZS1"), *practices], import_subtrees=True).subtrees
    assert node.size == 401 > COMFORTABLE


def test_an_icb_is_cut_at_its_locations() -> None:
    locations = [organisation("ZI", f"ZS{number}") for number in range(4)]
    practices = [organisation("ZI", f"ZS{number % 4}", f"ZA{number}") for number in range(200)]
    cut = split([organisation("ZI"), *locations, *practices], import_subtrees=True)
    assert [node.organisation.code for node in cut.subtrees] == ["ZS0", "ZS1", "ZS2", "ZS3"]
    assert [[each.code for each in level] for level in cut.singles] == [["ZI"]]


def test_an_enormous_one_is_never_one_request() -> None:
    practices = [organisation("ZS1", f"ZA{number}") for number in range(LARGEST)]
    assert split([organisation("ZS1"), *practices], import_subtrees=True).subtrees == ()


def test_without_an_administrator_all_are_singles() -> None:
    practices = [organisation("ZS1", f"ZA{number}") for number in range(50)]
    cut = split([organisation("ZS1"), *practices], import_subtrees=False)
    assert [len(level) for level in cut.singles] == [1, 50]
