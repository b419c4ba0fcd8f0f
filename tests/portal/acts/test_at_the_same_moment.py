"""The worker and an act come to the same thing at the same moment, whichever is the quicker."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from typing import Any

from directory.contract import Reader, Writer
from directory.vocabulary import ApprovalLevel, Holding, Organisation, Role, Standing
from portal.acts.level import preview, switch
from portal.casework.audit_events import THE_PORTAL
from portal.effects import approval_level
from portal.mirroring.refresh import refresh_organisation, refresh_person
from portal.model import MirroredOrganisation
from portal.model.effects import Effect
from portal.services import wait_for_worker
from portal.store import mirror
from portal.store.queries import people
from tests.support.builders.worker_at_once import run_due
from tests.support.builders.world import HERE, World

LONGEST_WAIT = 60
"""Seconds for a thread to get somewhere, on a busy machine too."""
LATE = 0.3
"""Seconds that the slower of the two takes; the other needs some hundredths."""


@dataclass
class AnsweringLate:
    """A reader whose answers, of the moment when they were asked for, take a while to arrive."""

    reader: Reader
    asked: Event

    def organisation_by_id(self, group_id: str) -> Organisation:
        return self._late(self.reader.organisation_by_id(group_id))

    def standing(self, person_id: str) -> Standing:
        return self._late(self.reader.standing(person_id))

    def _late(self, answer: Any) -> Any:
        self.asked.set()
        time.sleep(LATE)
        return answer


@dataclass
class AtAMoment:
    """A writer that says when it was asked for a level, and answers when it is let."""

    writer: Writer
    asked: Event
    let: Event

    def set_approval_level(self, organisation: Organisation, level: ApprovalLevel) -> Organisation:
        self.asked.set()
        assert self.let.wait(LONGEST_WAIT)
        return self.writer.set_approval_level(organisation, level)


def wanted(world: World, level: ApprovalLevel) -> Effect:
    """An effect in the outbox that nobody has begun."""
    with world.services.sessions.begin() as session:
        return approval_level.queue(session, "P002", level, THE_PORTAL, world.clock())


def level_of(world: World) -> ApprovalLevel:
    with world.services.sessions() as session:
        return session.get_one(MirroredOrganisation, "P002").approval_level


def test_an_act_waits_for_the_worker(world: World) -> None:
    """ORG-3, APR-4: the page that follows shows what was done, also behind what was asked for before."""
    asked, let = Event(), Event()
    first, second = wanted(world, ApprovalLevel.SINGLE), wanted(world, ApprovalLevel.MULTI)
    slow = replace(world.services, writer=AtAMoment(world.services.writer, asked, let))
    with ThreadPoolExecutor(2) as threads:
        working = threads.submit(run_due, slow, first.key)
        assert asked.wait(LONGEST_WAIT)
        waiting = threads.submit(world.services.wait, [second.id])
        let.set()
        assert waiting.result(LONGEST_WAIT)
        assert working.result(LONGEST_WAIT)
    assert world.directory.organisation("P002").approval_level is ApprovalLevel.MULTI


def test_an_act_does_not_wait_for_ever(world: World) -> None:
    """APR-4: with no worker there it says that the change is being applied."""
    effect = wanted(world, ApprovalLevel.SINGLE)
    assert not wait_for_worker(world.services.sessions, 0.05, [effect.id])
    world.work()
    assert wait_for_worker(world.services.sessions, 0.05, [effect.id])


def test_what_waits_behind_another_is_not_done_yet(world: World) -> None:
    """APR-4: the act says so, and the worker does it later."""
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    world.clock.stop()
    first = wanted(world, ApprovalLevel.MULTI)
    with world.services.sessions.begin() as session:
        session.get_one(Effect, first.id).due_at += timedelta(seconds=5)
    named = [person.id for person in preview(world.services, carol, "P002").approvers]
    change = switch(world.services, carol, "P002", ApprovalLevel.SINGLE, named, HERE)
    assert not change.applied
    world.clock.move(timedelta(seconds=5))
    world.work()
    assert world.directory.organisation("P002").approval_level is ApprovalLevel.SINGLE


def test_an_organisation_does_not_go_back_to_what_it_was(world: World) -> None:
    """SYN-7: the follower asked Keycloak just before a change, and has the answer just after it."""
    asked = Event()
    late = replace(world.services, reader=AnsweringLate(world.services.reader, asked))
    with ThreadPoolExecutor(1) as follower:
        group = world.directory.organisation("P002").id
        following = follower.submit(refresh_organisation, late, group)
        assert asked.wait(LONGEST_WAIT)
        assert world.services.wait([wanted(world, ApprovalLevel.SINGLE).id])
        following.result(LONGEST_WAIT)
    assert level_of(world) is ApprovalLevel.SINGLE


def test_a_person_does_not_go_back_to_what_they_were(world: World) -> None:
    """SYN-7: likewise; a role taken away stays away."""
    asked, pam = Event(), world.people["pam"]
    late = replace(world.services, reader=AnsweringLate(world.services.reader, asked))
    with ThreadPoolExecutor(1) as follower:
        following = follower.submit(refresh_person, late, pam.id)
        assert asked.wait(LONGEST_WAIT)
        assert world.services.wait([wanted(world, ApprovalLevel.SINGLE).id])
        run_due(world.services, pam.email)
        following.result(LONGEST_WAIT)
    with world.services.sessions() as session:
        held = people.standing(session, pam.id).holdings
    assert {holding.role for holding in held} == {Role.PROVIDER_USER}


def test_what_a_newcomer_was_just_given_stays(world: World) -> None:
    """SYN-7: the mirror doesn't know the person yet, so there is no row that one could wait for."""
    nora = world.directory.enrol("nora@p001.example", "Nora", "New")
    asked, held = Event(), Holding(Role.PROVIDER_USER, world.directory.organisation("P001").path)
    late = replace(world.services, reader=AnsweringLate(world.services.reader, asked))
    with ThreadPoolExecutor(1) as follower:
        following = follower.submit(refresh_person, late, nora.id)
        assert asked.wait(LONGEST_WAIT)
        with world.services.sessions.begin() as session:
            assert mirror.note_holding(session, nora, held)
        following.result(LONGEST_WAIT)
    with world.services.sessions() as session:
        assert people.standing(session, nora.id).holdings == {held}
