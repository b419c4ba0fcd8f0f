"""Scope: which organisations a commissioner's role reaches, in the tree and in the person's clusters.

The one place that says so; `store.queries.reach` says the same in SQL. What somebody is restricted to stands
in their holdings (`Holding.only`), and what the tree is, in the organisations: so an organisation that moves
or closes leaves every scope by itself, and is back in those that list it when it returns.
"""

from collections.abc import Iterable

from directory.vocabulary import Holding, Organisation
from portal.rules.reach import commissioners_over


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
