"""A small country for the tests of the rules, with who commissions whom written down by hand.

Codes and shapes are made up. `COMMISSIONERS` is the tests' own knowledge: nothing here asks the rules.
"""

from dataclasses import replace

from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Role,
    Standing,
)
from portal.rules.actor import Actor

TYPES = {
    "Y90": OrganisationType.REGION,
    "QAA": OrganisationType.ICB,
    "01A": OrganisationType.SUB_ICB,
    "02A": OrganisationType.SUB_ICB,
    "A10001": OrganisationType.PROVIDER,
    "A10002": OrganisationType.PROVIDER,
    "A10003": OrganisationType.PROVIDER,
    "A10004": OrganisationType.PROVIDER,
    "A10001001": OrganisationType.BRANCH,
    "QBB": OrganisationType.ICB,
    "01B": OrganisationType.SUB_ICB,
    "B10001": OrganisationType.PROVIDER,
    "03C": OrganisationType.SUB_ICB,
    "C10001": OrganisationType.PROVIDER,
    "W10001": OrganisationType.PROVIDER,
}
PATHS = {
    "Y90": ("Y90",),
    "QAA": ("Y90", "QAA"),
    "01A": ("Y90", "QAA", "01A"),
    "02A": ("Y90", "QAA", "02A"),
    "A10001": ("Y90", "QAA", "01A", "A10001"),
    "A10002": ("Y90", "QAA", "01A", "A10002"),
    "A10003": ("Y90", "QAA", "02A", "A10003"),
    "A10004": ("Y90", "QAA", "A10004"),
    "A10001001": ("Y90", "QAA", "01A", "A10001", "A10001001"),
    "QBB": ("Y90", "QBB"),
    "01B": ("Y90", "QBB", "01B"),
    "B10001": ("Y90", "QBB", "01B", "B10001"),
    "03C": ("03C",),
    "C10001": ("03C", "C10001"),
    "W10001": ("W10001",),
}
COMMISSIONERS = {
    "Y90": (),
    "QAA": ("QAA",),
    "01A": ("01A", "QAA"),
    "02A": ("02A", "QAA"),
    "A10001": ("01A", "QAA"),
    "A10002": ("01A", "QAA"),
    "A10003": ("02A", "QAA"),
    "A10004": ("QAA",),
    "A10001001": ("01A", "QAA"),
    "QBB": ("QBB",),
    "01B": ("01B", "QBB"),
    "B10001": ("01B", "QBB"),
    "03C": ("03C",),
    "C10001": ("03C",),
    "W10001": (),
}
PROVIDERS = tuple(
    code for code in TYPES if TYPES[code] in (OrganisationType.PROVIDER, OrganisationType.BRANCH)
)
COMMISSIONING = tuple(
    code for code in TYPES if TYPES[code] in (OrganisationType.ICB, OrganisationType.SUB_ICB)
)
EVERYWHERE = ""
STATES = (
    "active",
    "organisation closed",
    "disabled",
    "locked",
    "role taken away",
    "oneself",
    "oneself by e-mail",
    "oneself by another address of one mailbox",
)


def organisation(
    code: str,
    level: ApprovalLevel = ApprovalLevel.SINGLE,
    status: OrganisationStatus = OrganisationStatus.OPEN,
) -> Organisation:
    return Organisation(code, f"Organisation {code}", TYPES[code], PATHS[code], "", status, level)


def organisations(*statuses: OrganisationStatus) -> list[Organisation]:
    """Every organisation in each status, providers at both levels."""
    single = [organisation(code, status=status) for code in TYPES for status in statuses]
    multi = [replace(one, approval_level=ApprovalLevel.MULTI) for one in single if one.code in PROVIDERS]
    return single + multi


def holding(role: Role, code: str) -> Holding:
    return Holding(role, PATHS.get(code, ()))


def holdings() -> list[Holding | None]:
    """Every role at every organisation and everywhere, sensible or not, and no role."""
    return [None, *(holding(role, code) for role in Role for code in (*TYPES, EVERYWHERE))]


def person(name: str = "someone") -> Person:
    return Person(name, f"{name}@practice.example", name.title(), "Example")


def standing(held: frozenset[Holding], name: str = "actor", state: str = "active") -> Standing:
    who = replace(person(name), enabled=state != "disabled")
    return Standing(who, frozenset() if state == "role taken away" else held, state == "locked")


def actor(held: Holding | None, state: str = "active") -> Actor:
    """Somebody whose active role is `held`, in one of the states. What is held everywhere can't close."""
    closed = state == "organisation closed" and held is not None and held.path != ()
    return Actor(standing(frozenset({held} if held else ()), "actor", state), held, closed)
