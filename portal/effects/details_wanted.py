"""What User details says is to change at one organisation."""

from dataclasses import dataclass
from typing import Any

from directory.vocabulary import Role
from portal.rules.roles import APPROVER_ROLES


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to change at the organisation of this ODS code.

    None leaves payment types, or clusters, as they are; clusters are ids, and `lift` takes the restriction
    away. `before` and `after` are what the audit says of all that the person has there.
    """

    organisation: str
    before: dict[str, Any]
    after: dict[str, Any]
    give: tuple[Role, ...] = ()
    take: tuple[Role, ...] = ()
    payment_types: tuple[str, ...] | None = None
    clusters: tuple[str, ...] | None = None
    lift: bool = False

    @property
    def changes_deciders(self) -> bool:
        """Whether other people may decide there, or below, from now on."""
        return self.clusters is not None or self.lift or bool(APPROVER_ROLES & {*self.give, *self.take})
