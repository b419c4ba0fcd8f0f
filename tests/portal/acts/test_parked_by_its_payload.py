"""A parked effect of any kind can be tried again from the pages, also one whose payload can't be read."""

import subprocess
import sys

from sqlalchemy import select

from directory.vocabulary import Role
from portal.acts.register import Registration, register
from portal.acts.resend import try_again
from portal.model import AuditKind, Effect
from portal.model.effects import EffectKind
from tests.portal.acts.removals import entries
from tests.support.builders.world import HERE, World

KINDS_OF_THE_PAGES = """
import portal.application
from portal.effects.effect import PAYLOADS
print(*PAYLOADS)
"""
NEW = "new@p001.example"


def test_the_pages_know_every_kind() -> None:
    """APR-4: in a process that has loaded what the pages load, and nothing of the worker."""
    words = [sys.executable, "-c", KINDS_OF_THE_PAGES]
    known = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert set(known) == set(EffectKind)


def test_one_that_cannot_be_read_is_tried_again_and_on_record(world: World) -> None:
    """APR-4, AUD-1: of another version's shape, it is on record by its key, and is parked anew."""
    register(world.services, Registration(NEW, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)
    with world.sessions.begin() as session:
        waiting = session.scalars(select(Effect)).one()
        waiting.payload = {"of another": "version"}
    world.work()
    try_again(world.services, world.actor("desk", Role.SERVICE_DESK), waiting.id, HERE)
    [entry] = entries(world, AuditKind.CHANGE_TRIED_AGAIN)
    assert (entry.subject, entry.organisation_code) == (NEW, "")
    with world.sessions() as session:
        again = session.get_one(Effect, waiting.id)
    assert again.parked_at
    assert again.last_error.startswith("ValidationError")
