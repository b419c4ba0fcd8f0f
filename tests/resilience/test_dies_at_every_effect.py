"""The worker dies right after each thing it does outside the database, for every kind of effect.

In memory, so that every moment can be tried: what the database had not committed is gone, what Keycloak or
the mail server did is done. test_worker_dies.py kills a real process, on real servers, at the chief moments.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.effects.runner import run_one
from portal.model import AuditEntry
from portal.model.effects import Effect, EffectKind
from portal.model.notices import Notice
from portal.services import WorkerServices
from portal.store.audit_check import verify
from portal.store.queries.mail import stuck_effects, waiting_count
from tests.support.builders.world import World, build
from tests.support.proofs.left_to_the_worker import ACTS, Act, not_waiting


class Death(BaseException):
    """What no `except Exception` holds up: the process is gone."""


class Doomed:
    """Passes calls on and counts those that change something outside; dies after the one of that number."""

    def __init__(self, deaths: "Deaths", to: object) -> None:
        self._deaths, self._to = deaths, to

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._to, name)

        def counted(*args: Any, **named: Any) -> Any:
            answer = call(*args, **named)
            self._deaths.happened(name)
            return answer

        return counted


@dataclass
class Deaths:
    """What was done outside, in order, and after which of it the worker dies; never, when that is None."""

    at: int | None
    done: list[str]

    def happened(self, call: str) -> None:
        self.done.append(call)
        if self.at is not None and len(self.done) == self.at + 1:
            raise Death


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_each_thing_is_done_once(database: str, act: Act) -> None:
    """APR-4: whatever the worker dies after, it ends as if it had lived, every copy of a mail counted."""
    undisturbed, calls = lived_through(database, act, None)
    for moment, call in enumerate(calls):
        ended, _ = lived_through(database, act, moment)
        assert ended.without_copies() == undisturbed, f"died after {call}, the call of number {moment}"
        assert ended.copies == ([2] if call == "send" else []), f"died after {call}, number {moment}"


def test_every_kind_of_effect_was_among_them(database: str) -> None:
    """A new effect needs an act here that leads to it."""
    seen: set[EffectKind] = set()
    for act in ACTS:
        world = build(database)
        act(world, not_waiting(world))
        world.work()
        with world.sessions() as session:
            seen |= set(session.scalars(select(Effect.kind)))
    assert seen == set(EffectKind)


@dataclass(frozen=True)
class Ending:
    """All that is left when everything is done, by names that are the same in every run.

    `copies` are the numbers of copies of messages that arrived more than once.
    """

    people: tuple[Any, ...]
    levels: tuple[Any, ...]
    welcomes: tuple[str, ...]
    mails: Counter[tuple[str, str]]
    notices: Counter[tuple[str, ...]]
    audit: Counter[tuple[str, ...]]
    copies: list[int]

    def without_copies(self) -> "Ending":
        return replace(self, copies=[])


def lived_through(database: str, act: Act, death_at: int | None) -> tuple[Ending, list[str]]:
    """The act in a fresh country, with a worker that dies once and another that goes on; what was called."""
    world = build(database)
    act(world, not_waiting(world))
    before = len(world.post.sent)
    deaths = Deaths(death_at, [])
    writer, post = Doomed(deaths, world.services.writer), Doomed(deaths, world.services.post)
    doomed = replace(world.services, writer=writer, post=post)
    died = outlived(doomed)
    assert died is (death_at is not None)
    for _ in range(3):
        world.work()
        world.clock.move(timedelta(seconds=6))
    return ending(world, before), deaths.done


def outlived(services: WorkerServices) -> bool:
    """Works until there is nothing to do, or until the worker dies; whether it died."""
    try:
        while run_one(services)[0]:
            pass
    except Death:
        return True
    return False


def ending(world: World, before: int) -> Ending:
    people = {person.id: person.email for person in world.directory.people()}
    with world.sessions() as session:
        assert waiting_count(session) == 0
        assert stuck_effects(session) == []
        assert verify(session).fault is None
        notices = Counter(
            (people[one.person_id], one.kind, one.name) for one in session.scalars(select(Notice))
        )
        entries = session.scalars(select(AuditEntry))
        audit = Counter((one.kind, people.get(one.subject, one.subject), one.reason) for one in entries)
    messages = {mail["Message-ID"]: (mail["To"], mail["Subject"]) for mail in world.post.sent}
    arrived = Counter(mail["Message-ID"] for mail in world.post.sent[before:])
    return Ending(
        people=tuple(sorted(standings(world))),
        levels=tuple((one.code, one.approval_level) for one in world.directory.organisations()),
        welcomes=tuple(people[one] for one in world.directory.welcomes),
        mails=Counter(messages.values()),
        notices=notices,
        audit=audit,
        copies=[count for count in arrived.values() if count > 1],
    )


def standings(world: World) -> Iterator[tuple[Any, ...]]:
    for person in world.directory.people():
        now = world.directory.standing(person.id)
        held = sorted((one.role, one.path) for one in now.holdings)
        factors = [factor.kind for factor in world.directory.second_factors(person.id)]
        yield person.email, person.enabled, person.wants_email, now.locked, tuple(held), tuple(factors)
