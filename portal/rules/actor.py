"""Who acts, and in which of their roles."""

from dataclasses import dataclass

from directory.vocabulary import Holding, Role, Standing
from portal.rules.mailboxes import is_same
from portal.rules.verdict import Refusal


@dataclass(frozen=True, slots=True)
class ActingAs:
    """Who asks for something, and in which role, as their session has it: nothing is decided on that."""

    person_id: str
    holding: Holding | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as Keycloak has just said, acting in one role: `holding` is the session's active role.

    The powers are those of that one role, as the standing has it with what restricts it, whatever else the
    person holds. `place_closed`: the organisation
    of that role has closed; it has no default, so that nobody makes an actor without having looked.
    """

    standing: Standing
    holding: Holding | None
    place_closed: bool

    def __post_init__(self) -> None:
        held = next((one for one in self.standing.holdings if one == self.holding), self.holding)
        object.__setattr__(self, "holding", held)

    @property
    def id(self) -> str:
        return self.standing.person.id

    @property
    def role(self) -> Role | None:
        return self.holding.role if self.holding else None

    def is_person(self, person_id: str | None, email: str) -> bool:
        """Whether that person is the actor: by account, or because both addresses are of one mailbox."""
        return person_id == self.id or is_same(email, self.standing.person.email)


def powerless(actor: Actor) -> Refusal | None:
    """Why the actor has no powers at all at this moment; None when they have those of their active role."""
    if not actor.standing.person.enabled:
        return Refusal.DISABLED
    if actor.holding is None:
        return Refusal.NO_ROLE
    if actor.holding not in actor.standing.holdings:
        return Refusal.NO_LONGER_HELD
    return Refusal.PLACE_CLOSED if actor.place_closed else None
