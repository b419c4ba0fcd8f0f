"""An application that asks too much waits until the next minute; others go on."""

from datetime import timedelta

from sqlalchemy import delete

from portal.application import create_app
from portal.model.limits import ApplicationUse
from tests.support.api.application import Application, application, question, token
from tests.support.builders.world import SINGLE, World, build_places

GOOD = question("una@nhs.net", "provider-user", SINGLE)


def limited(database: str) -> tuple[World, Application]:
    world = build_places(database, CQRS_APPLICATION_LIMIT="5")
    with world.sessions.begin() as session:
        session.execute(delete(ApplicationUse))
    world.clock.stop()
    return world, application(world)


def test_it_waits_for_the_next_minute(database: str) -> None:
    world, asks = limited(database)
    assert [asks.post("/evaluation", GOOD).status_code for _ in range(6)] == [200] * 5 + [429]
    refused = asks.post("/evaluation", GOOD)
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert refused.mimetype == "application/problem+json"
    other = Application(asks.client, token(azp="other", client_id="other"))
    assert other.post("/evaluation", GOOD).status_code == 200
    world.clock.move(timedelta(minutes=1))
    assert asks.post("/evaluation", GOOD).status_code == 200


def test_each_evaluation_counts(database: str) -> None:
    """And so does a search."""
    _world, asks = limited(database)
    assert asks.post("/evaluations", GOOD | {"evaluations": [{}] * 6}).status_code == 429
    assert asks.post("/evaluations", GOOD | {"evaluations": [{}] * 4}).status_code == 200
    assert asks.post("/search/action", GOOD).status_code in (200, 503)
    assert asks.post("/evaluation", GOOD).status_code == 429


def test_all_processes_count_together(database: str) -> None:
    world, asks = limited(database)
    asks.post("/evaluations", GOOD | {"evaluations": [{}] * 4})
    second = create_app(world.services)
    assert second.extensions["cqrs_allowance"] is not world.app.extensions["cqrs_allowance"]
    second.extensions["cqrs_realm_keys"] = world.app.extensions["cqrs_realm_keys"]
    there = Application(second.test_client(), asks.token)
    assert [there.post("/evaluation", GOOD).status_code for _ in range(2)] == [200, 429]


def test_a_person_uses_up_nobody_elses(database: str) -> None:
    """Whoever holds a token of their own for an application can ask with it as often as they like."""
    _world, asks = limited(database)
    hers = Application(asks.client, token(person="una"))
    assert [hers.post("/evaluation", GOOD).status_code for _ in range(6)] == [200] * 5 + [429]
    assert asks.post("/evaluation", GOOD).status_code == 200
    assert Application(asks.client, token(person="pam")).post("/evaluation", GOOD).status_code == 200
