"""The same journey at a practice of the country's largest sub-ICB location, with all of its practices.

The other locations' are left out: how the whole country comes in, is searched and is followed is tested and
measured without a browser.
"""

import csv
import io
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from os import environ
from pathlib import Path

import pytest
import requests

from directory.vocabulary import Role
from stack.sample import FILES as SAMPLE
from tests.browser.accounts import make_person
from tests.browser.conftest import Visit
from tests.browser.journeys import newcomer, whole_journey
from tests.browser.mailbox import Mailbox
from tests.browser.stack_facts import StackFacts
from tests.support.builders.national import National, national
from tests.support.builders.ods import write
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def country(stack: StackFacts, tmp_path_factory: pytest.TempPathFactory) -> National:
    """Its lists in the running stack, brought there as an administrator would.

    With the sample's own lists: what is in none of the files is taken for closed, and other journeys need it.
    """
    folder = tmp_path_factory.mktemp("country")
    lists = of_the_largest(national(folder), folder)
    files = (*lists.files, *sorted(SAMPLE.glob("*.csv")))
    command = [sys.executable, "-m", "commands", "sync", "apply", *map(str, files)]
    variables = environ | stack.environment
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return lists


def of_the_largest(lists: National, folder: Path) -> National:
    """All that is above practices, and the practices of the largest location, closed ones too."""
    *above, practices = lists.files
    within = [row for row in _rows(practices) if row[14] == lists.largest]
    assert len(within) >= lists.below_largest
    return replace(lists, files=(*above, write(folder / "largest.zip", within)))


def practice_of(lists: National) -> tuple[str, str]:
    """Code and name of an open practice of the largest location whose name nobody else has."""
    rows = [row for file in lists.files for row in _rows(file) if row[12] == "A"]
    names = Counter(row[1] for row in rows)
    for row in rows:
        if row[14] == lists.largest and row[25] == "4" and names[row[1]] == 1:
            return row[0], row[1]
    raise AssertionError(f"no such practice under {lists.largest}")


def _rows(file: Path) -> list[list[str]]:
    with zipfile.ZipFile(file) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    return list(csv.reader(io.StringIO(text)))


def is_found(stack: StackFacts, code: str) -> bool:
    """Whether the portal's search knows the organisation: it follows Keycloak by itself."""
    address = f"{stack.portal}/register/organisations"
    return code in requests.get(address, params={"q": code}, timeout=30).text


def test_at_a_practice_of_the_largest_location(
    visit: Visit, stack: StackFacts, mailbox: Mailbox, country: National
) -> None:
    """REG-1: the whole way at a practice of the largest location, found as one types."""
    code, name = practice_of(country)
    wait_until(lambda: is_found(stack, code), 180, f"{code} found")
    approver = make_person(stack, "Wendy", "West", (Role.COMMISSIONER_APPROVER, country.largest))
    whole_journey(visit, stack, mailbox, newcomer(name, code), approver)
