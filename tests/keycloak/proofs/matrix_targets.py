"""Accounts of every kind to try something on, and who tries it: the pairs that an outcome can hang on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from directory.vocabulary import Organisation, Person, Role
from portal.mirroring.reconcile import reconcile
from tests.keycloak.proofs.matrix_country import Actor, enrol, relation
from tests.keycloak.proofs.matrix_portal import APPROVER, COMMISSIONER, DESK, Country

APPROVERS = (COMMISSIONER, APPROVER, DESK)
"""Whose roles could do something to an account."""
HELD: tuple[tuple[tuple[str, Role], ...], ...] = (
    (("A10001", Role.PROVIDER_USER),),
    (("A10001", APPROVER),),
    (("A10002", Role.PROVIDER_FINANCE),),
    (("A10003", Role.PROVIDER_USER),),
    (("A10001001", Role.PROVIDER_USER),),
    (("B10001", Role.PROVIDER_USER),),
    (("01A", COMMISSIONER),),
    (("01A", Role.COMMISSIONER_USER),),
    (("QAA", Role.USER_ADMINISTRATOR),),
    (("A10001", Role.PROVIDER_USER), ("A10002", Role.PROVIDER_USER)),
    (("A10001", Role.PROVIDER_USER), ("A10003", Role.PROVIDER_FINANCE)),
    (("A10001", Role.PROVIDER_USER), ("C10001", Role.PROVIDER_USER)),
    (("A10001", Role.PROVIDER_USER), ("A10001", APPROVER)),
    (("A10001", Role.PROVIDER_USER), ("", DESK)),
)
"""What they hold: roles of every kind at every kind of place, alone and with others."""


@dataclass(frozen=True)
class Target:
    """Somebody with these roles."""

    person: Person
    held: tuple[tuple[Role, Organisation | None], ...]

    @property
    def role(self) -> Role:
        """The first."""
        return self.held[0][0]

    @property
    def place(self) -> Organisation:
        """Where the first is held."""
        place = self.held[0][1]
        assert place
        return place

    @property
    def page(self) -> str:
        return f"/users/{self.person.id}"


Should = Callable[[Actor, Target], bool]
Apart = Callable[[Actor, Target], tuple[str, ...]]
"""What tells two pairs apart, besides the actor's state and role and what should become of it."""


def enrol_targets(country: Country) -> list[Target]:
    """One for each line of HELD, in the mirror too."""
    found = []
    for number, held in enumerate(HELD):
        person = enrol(country.scene, f"target{number}", *held)
        places = tuple((role, country.places[code] if code else None) for code, role in held)
        found.append(Target(person, places))
    reconcile(country.portal.services)
    country.held = country.all_held()
    return found


def each_outcome(actor: Actor, target: Target) -> tuple[str, ...]:  # noqa: ARG001
    return ()


def one_of_a_kind(actor: Actor, target: Target) -> tuple[str, ...]:
    """By how the places lie."""
    return (relation(actor.holding, target.place),)


def every_target(actor: Actor, target: Target) -> tuple[str, ...]:
    """For a role that could do something; the others one of a kind."""
    return (*one_of_a_kind(actor, target), *([target.person.id] if is_strong(actor) else []))


def everybody(actor: Actor, target: Target) -> tuple[str, ...]:
    """Likewise."""
    return (*every_target(actor, target), *([actor.label] if is_strong(actor) else []))


def is_strong(actor: Actor) -> bool:
    return actor.state == "active" and actor.holding is not None and actor.holding.role in APPROVERS


def pairs(
    actors: Sequence[Actor], targets: Sequence[Target], should: Should, apart: Apart
) -> Iterator[tuple[Actor, Target]]:
    """One pair of each kind: the actor's state and role, what should become of it, and what tells apart."""
    seen = set()
    for actor in actors:
        for target in targets:
            role = actor.holding and actor.holding.role
            kind = (actor.state, role, should(actor, target), *apart(actor, target))
            if kind not in seen:
                seen.add(kind)
                yield actor, target
