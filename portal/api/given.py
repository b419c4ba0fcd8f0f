"""What an application was given: which questions, about which roles, at which organisations.

All of it stands in the scope of its token, as client scopes that an administrator gives it in Keycloak. It is
told of nothing that it was not given, and a token with none of these opens nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from directory.vocabulary import Organisation, Role

ROLE, PLACE = "cqrs.role.", "cqrs.place."
EVERYWHERE = "everywhere"
_ROLES = {role.value: role for role in Role}


class Scope(StrEnum):
    """The kinds of questions. The value is the client scope's name."""

    EVALUATE = "cqrs.evaluate"
    SEARCH = "cqrs.search"
    CHANGES = "cqrs.changes"
    WHY = "cqrs.why"


@dataclass(frozen=True, slots=True)
class Given:
    """The roles it may be told of, at organisations at or below `places` (ODS codes), or `everywhere`."""

    scopes: frozenset[Scope]
    roles: frozenset[Role]
    places: frozenset[str]
    everywhere: bool

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """As the names of scopes say; a name that isn't ours gives nothing."""
        names = frozenset(names)
        after = {
            prefix: {one.removeprefix(prefix) for one in names if one.startswith(prefix)}
            for prefix in (ROLE, PLACE)
        }
        return cls(
            scopes=frozenset(scope for scope in Scope if scope.value in names),
            roles=frozenset(_ROLES[name] for name in after[ROLE] if name in _ROLES),
            places=frozenset(after[PLACE] - {EVERYWHERE, ""}),
            everywhere=EVERYWHERE in after[PLACE],
        )

    def covers(self, role: Role, organisation: Organisation) -> bool:
        """Whether it may be told of this role at this organisation."""
        return role in self.roles and self.reaches(organisation.path)

    def reaches(self, path: Iterable[str]) -> bool:
        """Whether what has this path is at or below a place that was given."""
        return self.everywhere or not self.places.isdisjoint(path)
