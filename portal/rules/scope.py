"""Scope: which commissioners stand over an organisation, and which organisations a commissioner's role
reaches, in the tree and in the person's clusters.

The one place that says so; `store.queries.reach` says the same in SQL. What somebody is restricted to stands
in their holdings (`Holding.only`), and what the tree is, in the organisations: so an organisation that moves
or closes leaves every scope by itself, and is back in those that list it when it returns.
"""

import re
from collections.abc import Iterable

from directory.vocabulary import (
    COMMISSIONING_TYPES,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
)

# A region commissions nothing, and only its code tells it apart in the path of an organisation far below it:
# the ODS gives regions "Y" and two digits, and gives no such code to an ICB.
REGION_CODE = re.compile(r"Y\d\d")


def reaches(holding: Holding, organisation: Organisation) -> bool:
    """Whether a commissioner's role reaches the organisation: stands over it, and no cluster forbids it."""
    return holding.path in commissioners_over(organisation) and is_listed(holding, organisation.path)


def is_listed(holding: Holding, path: tuple[str, ...]) -> bool:
    """Whether the person's clusters let the role see what stands at `path`, below its organisation.

    The organisation that the role is held at is in none: a restricted role reaches listed ones, and those
    below them, alone. So nobody restricted can change the clusters that restrict them.
    """
    if holding.only is None:
        return True
    return any(code in holding.only for code in path[len(holding.path) :])


def scope(holding: Holding, tree: Iterable[Organisation]) -> frozenset[str]:
    """The ODS codes of all that the role reaches."""
    return frozenset(one.code for one in tree if reaches(holding, one))


def commissioners_over(organisation: Organisation) -> tuple[tuple[str, ...], ...]:
    """The paths of the commissioning organisations over it, the nearest first, itself when it is one.

    None for a closed organisation, which has left every scope.
    """
    if organisation.status is OrganisationStatus.CLOSED:
        return ()
    path = organisation.path
    nearest = len(path) - levels_below(organisation.type)
    paths = (path[:length] for length in range(nearest, 0, -1))
    return tuple(over for over in paths if not is_region(over))


def nearest_commissioner(organisation: Organisation) -> str:
    """The ODS code of what commissions it, closed or not; empty at the top of the tree and below a region.

    For a commissioner, that of the one above it.
    """
    over = organisation.path[: -max(levels_below(organisation.type), 1)]
    return over[-1] if over and not is_region(over) else ""


def levels_below(kind: OrganisationType) -> int:
    """How far below its nearest commissioner; a branch hangs below a provider, which commissions nothing."""
    if kind in COMMISSIONING_TYPES:
        return 0
    return 2 if kind is OrganisationType.BRANCH else 1


def is_region(path: tuple[str, ...]) -> bool:
    """Whether this is the path of a region, which commissions nothing."""
    return len(path) == 1 and REGION_CODE.fullmatch(path[0]) is not None
