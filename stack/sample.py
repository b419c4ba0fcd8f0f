"""Loads the sample: made-up organisations of the sea areas, and people who hold every kind of role there.

Loaded twice, or stopped and loaded again, it gives the same people with the same passwords: those come from
the stack's own secret. What a developer has changed since, on organisations or people, is left as it is.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from directory.connection import AdminConnection, Connection
from directory.people_import import NewPerson, import_people
from directory.tree import Tree
from directory.vocabulary import ApprovalLevel, Holding, Organisation, OrganisationType, Role
from sync.plan import Operation, PlannedChange
from sync.run import carry_out, compare
from sync.run import load as read_files

FILES = Path(__file__).with_name("sample")
# Practices whose own approvers let people in. Dogger Bank has none yet, so its commissioner still decides.
MULTI_LEVEL = frozenset({"ZZ1002", "ZZ1012", "ZZ1014", "ZZ1022", "ZZ1032"})
EVERYWHERE = ""  # in place of an ODS code: the Service Desk's role is held nowhere in particular
EVERY_PRACTICE = "*"  # in place of an ODS code: that of somebody who works at very many
_MANY = 40
# fmt: off
_WORDS = (
    "Anchor", "Beacon", "Breaker", "Buoy", "Capstan", "Compass", "Coral", "Current", "Dolphin", "Ferry",
    "Gale", "Gannet", "Harbour", "Haven", "Jetty", "Keel", "Lantern", "Lighthouse", "Mast", "Mooring",
    "Otter", "Pebble", "Petrel", "Puffin", "Quay", "Rudder", "Sextant", "Shingle", "Spray", "Tide",
    "Warden", "Wave",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A made-up person: `roles` maps a role to the ODS code it is held at, `may` says what that means."""

    email: str
    first_name: str
    last_name: str
    roles: Mapping[Role, str]
    may: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class SampleLogin:
    """Somebody to sign in as, and in a sentence what they may do."""

    email: str
    password: str
    name: str
    may: str


def sample_people() -> list[SamplePerson]:
    """Everybody in the sample, each showing something else of who may do what."""
    listed = json.loads((FILES / "people.json").read_text())
    return [
        SamplePerson(**one | {"roles": {Role(role): code for role, code in one["roles"].items()}})
        for one in listed
    ]


def load(environment: Mapping[str, str]) -> list[SampleLogin]:
    """Brings the sample into the realm that the CQRS_ variables name. Raises DirectoryError."""
    tree = Tree(_sync_connection(environment))
    _load_organisations(tree)
    organisations = tree.read().organisations
    secret = environment["CQRS_SECRET_KEY"]
    people = [(person, password_for(person.email, secret)) for person in sample_people()]
    new = [_new_person(person, password, organisations) for person, password in people]
    import_people(_administrator(environment), environment["CQRS_REALM"], new)
    return [SampleLogin(person.email, password, person.name, person.may) for person, password in people]


def password_for(email: str, secret: str) -> str:
    """A password that can be typed: three words and four digits, which the realm's password rules accept."""
    digest = hmac.digest(secret.encode(), f"sample password of {email}".encode(), hashlib.sha256)
    words = [_WORDS[byte % len(_WORDS)] for byte in digest[:3]]
    number = int.from_bytes(digest[3:7], "big") % 10_000
    return f"{'-'.join(words)}-{number:04}"


def _load_organisations(tree: Tree) -> None:
    """Approval levels come with the making, so that a level changed since is never set back.

    Nothing is moved or closed: what somebody else brought into the realm is in none of the sample's files.
    """
    comparison = compare(read_files(sorted(FILES.glob("*.csv"))), tree)
    ours = comparison.plan.of(Operation.CREATE, Operation.FINISH, Operation.UPDATE)
    changes = tuple(_with_level(change) for change in ours)
    carry_out(replace(comparison, plan=replace(comparison.plan, changes=changes)), tree, lambda _: None)


def _with_level(change: PlannedChange) -> PlannedChange:
    if change.operation is not Operation.CREATE or change.code not in MULTI_LEVEL:
        return change
    return replace(change, organisation=replace(change.organisation, approval_level=ApprovalLevel.MULTI))


def _new_person(person: SamplePerson, password: str, organisations: Mapping[str, Organisation]) -> NewPerson:
    holdings = [each for role, code in person.roles.items() for each in _holdings(role, code, organisations)]
    return NewPerson(person.email, person.first_name, person.last_name, password, tuple(holdings))


def _holdings(role: Role, code: str, organisations: Mapping[str, Organisation]) -> Sequence[Holding]:
    if code == EVERYWHERE:
        return [Holding(role, ())]
    if code != EVERY_PRACTICE:
        return [Holding(role, organisations[code].path)]
    practices = (each for each in organisations.values() if each.type is OrganisationType.PROVIDER)
    ours = sorted((each for each in practices if each.code.startswith("ZZ")), key=lambda each: each.code)
    return [Holding(role, each.path) for each in islice(ours, _MANY)]


def _sync_connection(environment: Mapping[str, str]) -> Connection:
    return Connection(
        _url(environment), environment["CQRS_REALM"], "cqrs-sync", environment["CQRS_SYNC_SECRET"]
    )


def _administrator(environment: Mapping[str, str]) -> AdminConnection:
    name, password = environment["CQRS_KEYCLOAK_ADMIN"], environment["CQRS_KEYCLOAK_ADMIN_PASSWORD"]
    return AdminConnection(_url(environment), name, password)


def _url(environment: Mapping[str, str]) -> str:
    return environment.get("CQRS_KEYCLOAK_INTERNAL_URL") or environment["CQRS_KEYCLOAK_URL"]
