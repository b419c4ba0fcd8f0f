"""Who took over from a closed organisation: the service's code system says it, no list does (ORG-6)."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import pytest

from directory.tree_read import CurrentTree
from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType
from sync.answers import TRIES, Service
from sync.desired import desired, with_successors
from sync.errors import BrokenFiles
from sync.plan import Operation, Plan, plan
from sync.records import FileKind, Listing, Record
from sync.successors import successors
from tests.support.servers.ods_service import KEY, OdsService, ods_service, resource

OPEN, CLOSED = OrganisationStatus.OPEN, OrganisationStatus.CLOSED


@pytest.fixture
def ods() -> Iterator[OdsService]:
    with ods_service() as service:
        service.organisations = [resource(code, "RO177") for code in ("ZA0001", "ZA0002", "ZA0003")]
        service.successions = {"ZA0001": ["ZB0001"]}
        yield service


def asked(ods: OdsService, *codes: str) -> Mapping[str, str]:
    return successors(Service(ods.url, KEY, lambda _: None), codes)


def test_the_one_that_took_over(ods: OdsService) -> None:
    assert asked(ods, "ZA0001", "ZA0002") == {"ZA0001": "ZB0001"}
    assert len(ods.asked) == 2


def test_a_code_that_the_service_does_not_know_has_none(ods: OdsService) -> None:
    assert asked(ods, "ZZ9999", "ZA0001") == {"ZA0001": "ZB0001"}


@pytest.mark.parametrize(
    "named", [[], ["ZB0001", "ZB0002"], ["ZA0001"], ["no code"], ["UNLISTED"], [""]], ids=str
)
def test_none_is_taken_where_it_is_not_one_other_organisation(ods: OdsService, named: list[str]) -> None:
    """One that was divided has several: people say who goes where."""
    ods.successions = {"ZA0001": named}
    assert asked(ods, "ZA0001") == {}


@pytest.mark.parametrize(
    "value",
    [{"valueCode": "ZB0001"}, {"valueString": " zb0001"}, {"valueCoding": {"code": "ZB0001"}}],
    ids=lambda value: next(iter(value)),
)
def test_however_the_value_is_given(ods: OdsService, value: dict[str, object]) -> None:
    part = [{"name": "code", "valueCode": "successor"}, {"name": "value", **value}]
    ods.answer({"resourceType": "Parameters", "parameter": [{"name": "property", "part": part}]})
    assert asked(ods, "ZA0001") == {"ZA0001": "ZB0001"}


def test_a_service_that_is_away_or_answers_something_else_is_refused(ods: OdsService) -> None:
    """SYN-5: nothing has been written by then, and the run is made again."""
    for _ in range(TRIES):
        ods.fail(503)
    with pytest.raises(BrokenFiles, match="doesn't answer, or is too busy"):
        asked(ods, "ZA0001")
    ods.answer({"resourceType": "OperationOutcome"})
    with pytest.raises(BrokenFiles, match="answered 200 with no Parameters"):
        asked(ods, "ZA0001")


@pytest.mark.parametrize("parameters", [None, ["x"], [{"part": None}], [{"part": ["x"]}]], ids=str)
def test_an_answer_of_another_shape_is_refused(ods: OdsService, parameters: object) -> None:
    ods.answer({"resourceType": "Parameters", "parameter": parameters})
    with pytest.raises(BrokenFiles, match="says of ZA0001 what is none of FHIR R4"):
        asked(ods, "ZA0001")


class TestOfWhom:
    """Whose successor is asked for, and what the plan makes of it."""

    def test_the_one_that_closes_gets_it_with_its_closure(self) -> None:
        made, asked = planned([record("ZA0001", CLOSED), record("ZA0002", OPEN)], {"ZA0001": OPEN})
        assert asked == ["ZA0001"]
        assert [(each.operation, dict(each.facts)) for each in made.changes if each.code == "ZA0001"] == [
            (Operation.CLOSE, {"status": "closed", "successor": "ZB0001"}),
        ]

    def test_of_a_whole_list_those_closed_before_are_not_asked_for(self) -> None:
        """It names every organisation that ever was."""
        assert planned([record("ZA0001", CLOSED)], {"ZA0001": CLOSED})[1] == []

    def test_of_changes_those_closed_before_are(self) -> None:
        """A succession is told when it is made law, which may be after the doors closed."""
        made, asked = planned([record("ZA0001", CLOSED)], {"ZA0001": CLOSED}, complete=False)
        assert asked == ["ZA0001"]
        assert [dict(each.facts) for each in made.changes] == [{"successor": "ZB0001"}]

    def test_one_that_is_known_is_neither_asked_for_nor_taken_away(self) -> None:
        """As an administrator wrote it in Keycloak's console."""
        made, asked = planned([record("ZA0001", CLOSED)], {"ZA0001": OPEN}, successor="ZC0001")
        assert asked == []
        assert [dict(each.facts) for each in made.changes] == [{"status": "closed"}]


def record(code: str, status: OrganisationStatus) -> Record:
    return Record(code, "A SURGERY", OrganisationType.PROVIDER, "", "", "", "ZZ1 1ZZ", status, "a list", 1)


def planned(
    records: Sequence[Record],
    there: Mapping[str, OrganisationStatus],
    *,
    complete: bool = True,
    successor: str = "",
) -> tuple[Plan, list[str]]:
    """The plan, and of whom was asked, where ZB0001 took over from everybody."""
    current = {
        code: Organisation(
            code,
            "A SURGERY",
            OrganisationType.PROVIDER,
            (code,),
            "ZZ1 1ZZ",
            status=status,
            successor=successor,
        )
        for code, status in there.items()
    }
    asked: list[str] = []

    def took_over(codes: Collection[str]) -> Mapping[str, str]:
        asked.extend(codes)
        return dict.fromkeys(codes, "ZB0001")

    listing = Listing("a list", FileKind.EVERYTHING, tuple(records), complete)
    wanted = with_successors(desired([listing], current), current, took_over)
    return plan(wanted, CurrentTree("root", current)), asked
