"""Loads the sample: made-up organisations of the sea areas, and people who hold every kind of role there.

Loaded twice, or stopped and loaded again, it gives the same people with the same passwords: those come from
the stack's own secret. What a developer has changed since, on organisations or people, is left as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from directory.connection import AdminConnection, Connection
from directory.people_import import NewPerson, import_people
from directory.tree import Tree
from directory.vocabulary import ApprovalLevel, Holding, Organisation, OrganisationType, Role
from stack.sample_passwords import password_for
from stack.sample_people import EVERY_PRACTICE, EVERYWHERE, MULTI_LEVEL, PEOPLE, Sample
from sync.plan import Operation, PlannedChange
from sync.run import carry_out, compare
from sync.run import load as read_files

FILES = Path(__file__).with_name("sample")
MANY = 40  # the practices of the person who works at very many


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody to sign in as, and in a sentence what they may do."""

    email: str
    password: str
    name: str
    may: str


def load(environment: Mapping[str, str]) -> list[SamplePerson]:
    """Brings the sample into the realm that the CQRS_ variables name. Raises DirectoryError."""
    tree = Tree(_connection(environment))
    _bring_in(tree)
    organisations = tree.read().organisations
    secret = environment["CQRS_SECRET_KEY"]
    people = [(sample, password_for(sample.email, secret)) for sample in PEOPLE]
    newcomers = [_newcomer(sample, password, organisations) for sample, password in people]
    import_people(_administrator(environment), environment["CQRS_REALM"], newcomers)
    return [
        SamplePerson(sample.email, password, f"{sample.first_name} {sample.last_name}", sample.may)
        for sample, password in people
    ]


def _bring_in(tree: Tree) -> None:
    """Approval levels come with the making, so that a level changed since is never set back."""
    comparison = compare(read_files(sorted(FILES.glob("*.csv"))), tree)
    changes = tuple(_with_level(change) for change in comparison.plan.changes)
    carry_out(replace(comparison, plan=replace(comparison.plan, changes=changes)), tree, lambda _: None)


def _with_level(change: PlannedChange) -> PlannedChange:
    if change.operation is not Operation.CREATE or change.code not in MULTI_LEVEL:
        return change
    return replace(change, organisation=replace(change.organisation, approval_level=ApprovalLevel.MULTI))


def _newcomer(sample: Sample, password: str, organisations: Mapping[str, Organisation]) -> NewPerson:
    holdings = [holding for role, code in sample.roles for holding in _holdings(role, code, organisations)]
    return NewPerson(sample.email, sample.first_name, sample.last_name, password, tuple(holdings))


def _holdings(role: Role, code: str, organisations: Mapping[str, Organisation]) -> Sequence[Holding]:
    if code == EVERYWHERE:
        return [Holding(role, ())]
    if code != EVERY_PRACTICE:
        return [Holding(role, organisations[code].path)]
    practices = (each for each in organisations.values() if each.type is OrganisationType.PROVIDER)
    ours = sorted((each for each in practices if each.code.startswith("ZZ")), key=lambda each: each.code)
    return [Holding(role, each.path) for each in islice(ours, MANY)]


def _connection(environment: Mapping[str, str]) -> Connection:
    return Connection(
        _url(environment), environment["CQRS_REALM"], "cqrs-sync", environment["CQRS_SYNC_SECRET"]
    )


def _administrator(environment: Mapping[str, str]) -> AdminConnection:
    name, password = environment["CQRS_KEYCLOAK_ADMIN"], environment["CQRS_KEYCLOAK_ADMIN_PASSWORD"]
    return AdminConnection(_url(environment), name, password)


def _url(environment: Mapping[str, str]) -> str:
    return environment.get("CQRS_KEYCLOAK_INTERNAL_URL") or environment["CQRS_KEYCLOAK_URL"]
