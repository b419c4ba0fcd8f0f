"""The first steps as the containers take them, with a running stack's servers and a database of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from stack.postgres import Postgres
from tests.browser.running import Run
from tests.stack.conftest import ROOT
from tests.stack.running_stack import database, query

pytestmark = pytest.mark.keycloak
EMPTY = "CREATE DATABASE anew OWNER portal_owner"
GONE = "DROP DATABASE IF EXISTS anew"


@pytest.fixture
def server(run: Run) -> Iterator[Postgres]:
    """That of the stack, with an empty database beside the stack's own."""
    server = database(run)
    query(server, EMPTY)
    yield server
    query(server, GONE)


def test_a_database_that_is_made_anew_is_filled_anew(run: Run, server: Postgres, tmp_path: Path) -> None:
    """Its volume can be removed without the folder's. Otherwise who was removed since doesn't come back."""
    told, sample = _environment(run), {one["email"] for one in run.facts["people"]}
    _take_first_steps(tmp_path, told)
    assert _people(told) >= sample
    remembered = tmp_path / "sample-people.json"
    remembered.write_text("[]")
    _take_first_steps(tmp_path, told)
    assert remembered.read_text() == "[]"
    query(server, GONE)
    query(server, EMPTY)
    _take_first_steps(tmp_path, told)
    assert _people(told) >= sample


def _environment(run: Run) -> dict[str, str]:
    """The stack's own, but for the database."""
    told: dict[str, str] = {**run.facts["environment"]}
    for name in ("CQRS_DATABASE_URL", "CQRS_OWNER_DATABASE_URL"):
        told |= {name: make_url(told[name]).set(database="anew").render_as_string(hide_password=False)}
    return told


def _take_first_steps(folder: Path, told: dict[str, str]) -> None:
    command = [sys.executable, "-m", "stack.compose.setup", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _people(told: dict[str, str]) -> set[str]:
    """The addresses in the portal's copy."""
    plain = make_url(told["CQRS_DATABASE_URL"]).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        return {row[0] for row in connection.execute("SELECT email FROM mirrored_person")}
