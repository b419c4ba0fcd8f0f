"""What holds for any files and any tree: reading, planning and planning again."""

from hypothesis import given
from hypothesis import strategies as st

from directory.tree_read import CurrentTree
from directory.vocabulary import OrganisationType
from sync.desired import Desired, desired
from sync.errors import BrokenFiles
from sync.files import Source
from sync.plan import plan
from sync.records import parse
from tests.support.builders import ods

names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).map(
    lambda name: name.strip() or "X"
)
locations = [f"ZS{number}" for number in range(4)]


@st.composite
def countries(draw: st.DrawFn) -> Desired:
    """Any open practices under any of four locations, under none, or under an unknown one."""
    count = draw(st.integers(1, 12))
    rows = [
        ods.practice(f"ZA{number:04}", draw(st.sampled_from([*locations, "", "7A9"])), draw(names))
        for number in range(count)
    ]
    subs = [ods.sub_icb(code, "ZI1") for code in locations]
    return desired([parse(Source("s", ods.text(subs))), parse(Source("p", ods.text(rows)))], {})


@given(countries())
def test_every_open_practice_is_in_the_tree(wanted: Desired) -> None:
    for code, organisation in wanted.organisations.items():
        assert organisation.path[-1] == code
        assert all(above in wanted.organisations for above in organisation.path)


@given(countries())
def test_a_tree_that_is_as_wanted_needs_nothing(wanted: Desired) -> None:
    assert plan(wanted, CurrentTree("root", dict(wanted.organisations))).changes == ()


@given(st.binary(max_size=400))
def test_no_bytes_get_past_as_anything_but_records_or_a_refusal(content: bytes) -> None:
    try:
        listing = parse(Source("any", content.decode("utf-8", errors="replace")))
    except BrokenFiles as refused:
        assert refused.problems  # noqa: PT017 - either way is right
    else:
        assert all(isinstance(record.type, OrganisationType) for record in listing.records)


@given(names, names)
def test_names_come_through_unchanged(first: str, second: str) -> None:
    source = Source("p", ods.text([ods.practice("ZA0001", name=first), ods.practice("ZA0002", name=second)]))
    assert [record.name for record in parse(source).records] == [first, second]
