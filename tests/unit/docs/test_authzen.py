"""docs/authzen.md leaves no MUST of the standard out, and the tests that it names are there."""

import re
from collections import Counter
from pathlib import Path

import pytest

from portal.rules.grounds import Ground

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "authzen.md").read_text()
ROWS = re.findall(r"^\| ([A-Z][\w ]+) \| (\d) \| [\w ]+ \| .+ \| `(test_\w+)` \|$", TEXT, re.MULTILINE)
ON_THE_SERVICE = (ROOT / "tests" / "keycloak" / "portal" / "test_authzen.py").read_text()
WITHOUT_ONE = (ROOT / "tests" / "portal" / "api" / "test_metadata.py").read_text()
# How many times each section of the standard says MUST, those apart that are about registering names.
MUST = {
    "API Version": 1,
    "Decision": 1,
    "Default values": 1,
    "Pagination": 2,
    "Paginated Requests": 3,
    "Paginated Responses": 2,
    "The Search API Response": 1,
    "The Subject Search API Request": 2,
    "The Resource Search API Request": 2,
    "Signature Parameter": 3,
    "Obtaining Policy Decision Point Metadata": 1,
    "Policy Decision Point Metadata Request": 1,
    "Policy Decision Point Metadata Response": 4,
    "Policy Decision Point Metadata Validation": 3,
    "Transport": 1,
    "HTTPS JSON Binding": 3,
    "JSON Serialization": 4,
    "Request Identification": 2,
    "Communication Integrity and Confidentiality": 1,
    "Sender Authentication Failure": 1,
}


def test_every_must_has_its_row() -> None:
    """Numbered from 1 in each section."""
    assert Counter(section for section, _, _ in ROWS) == MUST
    numbers = [(section, int(number)) for section, number, _ in ROWS]
    assert numbers == [(section, n + 1) for section, many in MUST.items() for n in range(many)]


@pytest.mark.parametrize("name", sorted({name for _, _, name in ROWS}))
def test_the_test_is_there(name: str) -> None:
    assert f"def {name}(" in ON_THE_SERVICE + WITHOUT_ONE


def test_every_reason_is_explained() -> None:
    assert [reason for reason in Ground if f"`{reason}`" not in TEXT] == []
