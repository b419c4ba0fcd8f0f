"""Makes many people at once, with their roles: sample people at first start, and crowds for the bench.

Real people set their own password, and get their roles one decision at a time. This needs the administrator
of the realm `master`, because only they may set another person's password.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from directory.admin_session import AdminSession
from directory.connection import AdminConnection
from directory.role_groups import RoleGroups
from directory.translate import ROOT
from directory.vocabulary import Holding

USERS_PER_CALL = 25
IN_FLIGHT = 4


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to make. Without a password they have to follow a welcome's link before they can sign in."""

    email: str
    first_name: str
    last_name: str
    password: str | None = field(default=None, repr=False)
    holdings: tuple[Holding, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """How many people were created, and how many left as they are because their e-mail has an account."""

    created: int = 0
    skipped: int = 0


def import_people(
    admin: AdminConnection,
    realm: str,
    people: list[NewPerson],
    progress: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Makes those who have no account yet, with their roles; `progress` gets the number dealt with each time.

    Raises OrganisationNotFound, before any person is made, when a role is to be held where none is.
    """
    session = AdminSession(admin, realm)
    RoleGroups(session).ensure({holding for person in people for holding in person.holdings})
    created = skipped = 0
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        for answer in pool.map(lambda batch: _import(session, batch), _batches(people)):
            created, skipped = created + answer["added"], skipped + answer["skipped"]
            progress(created + skipped)
    return Imported(created, skipped)


def group_path(holding: Holding) -> str:
    """The path of the group whose members hold this."""
    return "/" + "/".join((ROOT, *holding.path, holding.role.value))


def _import(session: AdminSession, people: list[NewPerson]) -> dict[str, Any]:
    body = {"ifResourceExists": "SKIP", "users": [_user(person) for person in people]}
    answer: dict[str, Any] = session.post("partialImport", body=body)
    return answer


def _user(person: NewPerson) -> dict[str, Any]:
    address = person.email.strip().lower()
    password = [{"type": "password", "value": person.password, "temporary": False}] if person.password else []
    return {
        "username": address,
        "email": address,
        "emailVerified": person.password is not None,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "enabled": True,
        "credentials": password,
        "groups": [group_path(holding) for holding in person.holdings],
    }


def _batches(people: list[NewPerson]) -> Iterator[list[NewPerson]]:
    for first in range(0, len(people), USERS_PER_CALL):
        yield people[first : first + USERS_PER_CALL]
