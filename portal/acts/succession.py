"""Who decides at an organisation from then on, when an act takes its last active approver."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Organisation, Role
from portal.casework.current_state import organisation_now
from portal.casework.eligible_approvers import EligibleApprovers
from portal.effects import change_details, disable, remove_role, revoke, step_down
from portal.rules.routing import SERVICE_DESK, Rung
from portal.rules.succession import successor
from portal.services import Services


@dataclass(frozen=True, slots=True)
class Successor:
    """Who decides from then on: holders of the role at the organisation of this code and name.

    Both are empty for the Service Desk.
    """

    role: Role
    code: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """The same for the same people, whatever the organisation is called."""
        return f"{self.role.value}@{self.code}"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who is on their way out: asked for, and not yet so in Keycloak. Roles by person's id and ODS code."""

    roles: frozenset[tuple[str, str, Role]]
    disabled: frozenset[str]

    @classmethod
    def now(cls, session: Session, codes: Collection[str]) -> "Leaving":
        """At these organisations. Read before Keycloak: what is done in between is seen in one of the two."""
        here = (remove_role.under_way(session, code) | step_down.under_way(session, code) for code in codes)
        going = revoke.under_way(session) | change_details.taken_under_way(session)
        return cls(going.union(*here), disable.under_way(session))

    def loses(self, person_id: str, code: str, role: Role) -> bool:
        """Whether the person will soon not hold the role."""
        return (person_id, code, role) in self.roles

    def leaves(self, person_id: str, code: str, role: Role) -> bool:
        """Whether the person will soon not act in the role."""
        return person_id in self.disabled or self.loses(person_id, code, role)


def successor_of(
    services: Services,
    organisation: Organisation,
    role: Role,
    gone: Collection[tuple[str, Holding]],
    leaving: Leaving,
) -> Successor | None:
    """Who takes over once `gone` no longer hold what they do, by person's id; None when others remain."""
    approvers = EligibleApprovers(services)

    def active(rung: Rung) -> list[str]:
        code = rung.holding.organisation
        people = [one.person.id for one in approvers.reaching(rung, organisation)]
        return [who for who in people if not leaving.leaves(who, code, rung.role)]

    rung = successor(organisation, role, gone, active)
    if rung is None:
        return None
    if rung == SERVICE_DESK:
        return Successor(rung.role)
    place = organisation_now(services, rung.path[-1])
    return Successor(rung.role, place.code, place.name)
