"""What holds for any files and any tree: reading, planning and planning again."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from directory.vocabulary import Organisation, OrganisationType
from sync.desired import Desired, desired
from sync.errors import BrokenFiles
from sync.files import Source
from sync.plan import APPLIED, plan
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
    assert plan(wanted, wanted.organisations, frozenset()).changes == ()


@given(countries(), countries())
def test_a_plan_carried_out_leaves_only_what_this_version_does_not_do(
    before: Desired, after: Desired
) -> None:
    current = dict(before.organisations)
    for change in plan(after, current, frozenset()).changes:
        if change.is_applied:
            current[change.code] = _applied(change.organisation, current.get(change.code))
    left = plan(after, current, frozenset())
    assert all(change.operation not in APPLIED for change in left.changes)


def _applied(want: Organisation, have: Organisation | None) -> Organisation:
    return want if have is None else replace(have, name=want.name, postcode=want.postcode, type=want.type)


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
