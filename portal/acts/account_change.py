"""What the acts on a whole account share: what they will do, as it is confirmed, and what that rests on."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from directory.vocabulary import Organisation, OrganisationStatus, Person, Role
from portal.acts.succession import Leaving, Successor, successor_of
from portal.model.effects import Effect
from portal.rules.accounts import Account
from portal.rules.errors import OutOfDate
from portal.rules.roles import APPROVER_ROLES
from portal.rules.use import is_of_service_desk
from portal.services import Services
from portal.store.locks import Lock, hold


@dataclass(frozen=True, slots=True)
class PlacedRole:
    """A role and the organisation that it is held at."""

    organisation: Organisation
    role: Role

    @property
    def key(self) -> tuple[str, Role]:
        """As effects and the audit name it: the ODS code and the role."""
        return self.organisation.code, self.role

    @property
    def words(self) -> str:
        return f"{self.role.value} {self.organisation.code}"


@dataclass(frozen=True, slots=True)
class Handover:
    """The person is the last active approver of this role there; `decides` says who does from then on."""

    place: PlacedRole
    decides: Successor


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an act will do to an account: `roles` are those that it concerns, `dropped` those that end by it.

    `applied`: whether Keycloak has it already; `sessions_ended` whether it has ended the sessions too.
    """

    account: Account
    roles: tuple[PlacedRole, ...]
    dropped: tuple[PlacedRole, ...] = ()
    handovers: tuple[Handover, ...] = ()
    applied: bool = False
    sessions_ended: bool = False

    @property
    def person(self) -> Person:
        return self.account.standing.person

    @property
    def is_of_service_desk(self) -> bool:
        """Whether the person is of the Service Desk."""
        return is_of_service_desk(self.account.standing)

    @property
    def decides(self) -> str:
        """The warning, as the audit keeps it; empty when there is nothing to warn of."""
        return " ".join(f"{one.place.organisation.code}:{one.decides.key}" for one in self.handovers)

    @property
    def shown(self) -> str:
        """What the confirmation has to say again: it changes with anything that the page named."""
        named = (*self.roles, *self.dropped)
        return "; ".join([*(one.words for one in named), self.decides])

    def check_shown(self, confirmed: str) -> None:
        """Raises OutOfDate when that isn't what is so now."""
        if self.shown != confirmed:
            raise OutOfDate(self.person.id)

    def awaited(self, services: Services, effect: Effect, ending: Effect) -> "AccountChange":
        """Waits a little for the change, and then for the end of the sessions."""
        applied = services.wait([effect.id])
        return replace(self, applied=applied, sessions_ended=applied and services.wait([ending.id]))


def placed(account: Account, *, closed: bool) -> tuple[PlacedRole, ...]:
    """The roles at organisations that have closed, or at the others, in the order of their names.

    What is held everywhere, and what stood at an organisation that is gone, is left out.
    """
    found = (
        PlacedRole(account.organisations[held.organisation], held.role)
        for held in account.standing.holdings
        if held.organisation in account.organisations
    )
    wanted = [one for one in found if (one.organisation.status is OrganisationStatus.CLOSED) is closed]
    return tuple(sorted(wanted, key=lambda one: (one.organisation.name, *one.key)))


def every_role(account: Account) -> tuple[PlacedRole, ...]:
    """All of them, those at closed organisations at last."""
    return (*placed(account, closed=False), *placed(account, closed=True))


def hold_queues(session: Session, roles: Collection[PlacedRole]) -> None:
    """So that two approvers of one organisation don't leave at one moment, each counted on by the other.

    In order, as everybody takes them.
    """
    for code in sorted({one.organisation.code for one in roles if one.role in APPROVER_ROLES}):
        hold(session, Lock.REMOVALS, code)


def handovers(services: Services, session: Session, change: AccountChange) -> Iterator[Handover]:
    """Where the person is the last active approver, when they leave all their organisations at once."""
    approving = [one for one in change.roles if one.role in APPROVER_ROLES]
    if not approving:
        return
    leaving = Leaving.now(session, {one.organisation.code for one in approving})
    gone = {(change.person.id, held) for held in change.account.standing.holdings}
    for one in approving:
        decides = successor_of(services, one.organisation, one.role, gone, leaving)
        if decides is not None:
            yield Handover(one, decides)
