"""Somebody who reads the log follows no mailed link of another's, whatever became of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from portal.application import create_app
from portal.logs import json_lines
from portal.store.engine import make_engine, make_sessions
from portal.web import telling
from tests.support.builders.world import World, build_places

SECRET = "l2wN0rJv3mF8sYkQb7eTzHxUa5oDcKgP9iRqVtBnMhE"
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def world(database: str) -> World:
    return build_places(database, CQRS_REGISTER_LIMIT="1")


@pytest.fixture
def log() -> Iterator[list[dict[str, Any]]]:
    with capture_logs() as written:
        yield written


def link() -> str:
    return f"/invitation/{uuid4()}/{SECRET}"


def is_told_without(log: list[dict[str, Any]], status: int | None = None) -> None:
    """Of the link there is a line, and not its secret."""
    told = [line for line in log if "/invitation/" in str(line) and line.get("status") == status]
    assert told
    assert SECRET not in str(log)


def test_of_one_that_is_refused(world: World, log: list[dict[str, Any]]) -> None:
    """Without a form's token, and after too many that were wrong."""
    client = world.browser().client
    assert client.post(link()).status_code == 400
    is_told_without(log, 400)
    statuses = [client.get(link()).status_code for _ in range(2)]
    assert statuses == [404, 429]
    is_told_without(log, 429)


def test_while_the_database_is_away(world: World, log: list[dict[str, Any]]) -> None:
    assert over(world, NOWHERE).test_client().get(link()).status_code == 503
    is_told_without(log)


def test_of_one_at_which_we_failed(
    world: World, database: str, log: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """By a fault that nobody thought of, such as tables that aren't there; nor what was in our variables."""
    bare = make_url(database).set(database="postgres").render_as_string(hide_password=False)
    assert over(world, bare).test_client().get(link()).status_code == 500
    is_told_without(log)
    (record,) = (one for one in caplog.records if one.exc_info)
    line = json_lines().format(record)
    assert "does not exist" in line
    assert SECRET not in line


def test_whichever_route_has_one(world: World) -> None:
    """A route that is added needs its secret taken out too."""
    rules = [rule for rule in world.app.url_map.iter_rules() if "token" in rule.arguments]
    assert rules
    for rule in rules:
        with world.app.test_request_context(rule.rule.replace("<token>", SECRET)):
            assert SECRET not in telling.path()


def over(world: World, url: str) -> Flask:
    """The portal on another database."""
    sessions = make_sessions(make_engine(url), world.services.settings.audit_key)
    return create_app(replace(world.services, sessions=sessions))
