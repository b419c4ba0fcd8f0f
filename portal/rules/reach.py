"""Which commissioning organisations stand over an organisation."""

import re

from directory.vocabulary import COMMISSIONING_TYPES, Organisation, OrganisationStatus, OrganisationType

# A region commissions nothing, and only its code tells it apart in the path of an organisation far below it:
# the ODS gives regions "Y" and two digits, and gives no such code to an ICB.
REGION_CODE = re.compile(r"Y\d\d")


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


def levels_below(kind: OrganisationType) -> int:
    """How far below its nearest commissioner; a branch hangs below a provider, which commissions nothing."""
    if kind in COMMISSIONING_TYPES:
        return 0
    return 2 if kind is OrganisationType.BRANCH else 1


def is_region(path: tuple[str, ...]) -> bool:
    """Whether this is the path of a region, which commissions nothing."""
    return len(path) == 1 and REGION_CODE.fullmatch(path[0]) is not None
