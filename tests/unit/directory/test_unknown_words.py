"""Words in Keycloak that are none of ours give nobody powers."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from directory.translate import holding, organisation, person
from directory.vocabulary import ApprovalLevel, OrganisationStatus, Role

WORDS = st.text(min_size=1).filter(lambda word: word.strip())
OURS = {status.value for status in OrganisationStatus}
LEVELS = {level.value for level in ApprovalLevel}


def _group(**facts: str) -> dict[str, Any]:
    attributes = {name: [value] for name, value in facts.items()}
    return {"id": "1", "name": "P1", "path": "/organisations/P1", "attributes": attributes}


@given(WORDS.filter(lambda word: word.strip().lower() not in OURS))
@example("abolished")
@example("opened")
@example("open closed")
def test_an_unknown_status_is_not_open(status: str) -> None:
    """Nor when it is a word that a later release writes, or a slip in the console."""
    found = organisation(_group(status=status))
    assert found
    assert not found.is_open


@given(WORDS.filter(lambda word: word.strip().lower() not in LEVELS))
def test_an_unknown_approval_level_leaves_it_to_the_commissioner(level: str) -> None:
    found = organisation(_group(approval_level=level))
    assert found
    assert found.approval_level is ApprovalLevel.SINGLE


@given(st.text().filter(lambda name: name not in {role.value for role in Role}))
@example("Provider-Approver")
@example("provider-approver ")
@example("realm-admin")
def test_an_unknown_role_is_none(name: str) -> None:
    """A group by another name gives nothing to its members."""
    assert holding(f"/organisations/P1/{name}") is None or name.rpartition("/")[2] in {*Role}


def test_an_account_that_nobody_says_is_enabled_is_not() -> None:
    user = {"id": "1", "username": "ann@nhs.net"}
    assert not person(user).enabled
    assert not person(user | {"enabled": None}).enabled
