"""Somebody whose account is looked at and changed, and whoever does it."""

from itertools import count
from uuid import uuid4

from directory.vocabulary import Person, Role
from tests.support.builders.world import World
from tests.support.pages.browser import Browser

COMMISSIONER, APPROVER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.PROVIDER_USER
NUMBERS = count()


def somebody(world: World, *held: tuple[str, Role], last: str = "Leaver") -> Person:
    return world.person(f"una{next(NUMBERS)}@leaver.example", *held, first="Una", last=last)


def acting(world: World, code: str, role: Role) -> Browser:
    person = world.person(f"{uuid4()}@icb.nhs.uk", (code, role), first="Kim")
    return world.browser(person, world.holding(code, role))
