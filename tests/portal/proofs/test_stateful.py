"""Any order of what people and administrators do, with the directory in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.builders.world import World, build
from tests.support.proofs.accounts_machine import run


def test_whatever_happens(database: str) -> None:
    """APR-1, APR-4, ROL-3, AUD-1: whatever people and administrators do, in any order."""

    @contextmanager
    def country() -> Iterator[World]:
        world = build(database)
        yield world
        world.services.sessions.kw["bind"].dispose()

    run(country, examples=30, steps=25)
