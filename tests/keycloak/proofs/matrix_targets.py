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
"""What else tells two pairs apart, where the actor's role could do something."""


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


def one_of_a_kind(actor: Actor, target: Target) -> tuple[str, ...]:  # noqa: ARG001
    return ()


def every_target(actor: Actor, target: Target) -> tuple[str, ...]:  # noqa: ARG001
    return (target.person.id,)


def everybody(actor: Actor, target: Target) -> tuple[str, ...]:
    return actor.label, target.person.id


def pairs(
    actors: Sequence[Actor], targets: Sequence[Target], should: Should, apart: Apart
) -> Iterator[tuple[Actor, Target]]:
    """One pair of each kind: the actor's state and role, how the places lie, and what should become of it."""
    seen = set()
    for actor in actors:
        for target in targets:
            role = actor.holding and actor.holding.role
            kind = (actor.state, role, relation(actor.holding, target.place), should(actor, target))
            strong = actor.state == "active" and role in APPROVERS
            kind = (*kind, *apart(actor, target)) if strong else kind
            if kind not in seen:
                seen.add(kind)
                yield actor, target
