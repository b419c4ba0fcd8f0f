"""The one place where Keycloak's representations become our dataclasses, and its group paths our places.

A group under `/organisations` is an organisation, named by its ODS code, unless its name is a role: then it
holds the people who have that role at the organisation above it. What an administrator may have put
elsewhere, such as a role's group below another role's, means nothing and gives nobody anything.
"""

import re
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from directory import payment_types
from directory.vocabulary import (
    ApprovalLevel,
    Cluster,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Role,
)

ROOT = "organisations"
CLUSTERS = "clusters"
ACCESS = "access"
"""The attribute of a person that a mapper puts into tokens; people neither see nor change it."""
SERVICE_ACCOUNT = "service-account-"
ROLES = frozenset(role.value for role in Role)
# Keycloak can be set to write a slash within a group's name as "~/". Otherwise such a group's path reads as
# that of another: it is told by its name, and is no organisation.
_SLASH = re.compile(r"(?<!~)/")
_Choice = TypeVar("_Choice", bound=Enum)


def organisation_path(group_path: str) -> tuple[str, ...]:
    """The ODS codes from the top of the tree down, or the empty tuple when no organisation is there."""
    return _below_root(_names(group_path))


def holding(group_path: str) -> Holding | None:
    """The role that the members of this group hold, and where; None when it is no role's group."""
    names = _names(group_path)
    if names[-1] not in ROLES or names[0] != ROOT:
        return None
    role, path = Role(names[-1]), _below_root(names[:-1])
    at_root = len(names) == 2
    # Only the Service Desk's role is held everywhere: a provider's role there would stand over all England.
    if at_root != (role is Role.SERVICE_DESK) or not (at_root or path):
        return None
    return Holding(role, path)


def organisation(group: dict[str, Any]) -> Organisation | None:
    """The organisation of a group's full representation; None when the group is none.

    Facts that are missing or not of our words, as after a slip in the console, read as their defaults; but a
    status that is none of our words reads as closed: what nobody understands gives nobody powers.
    """
    path = organisation_path(str(group.get("path", "")))
    if not path or path[-1] != group["name"]:
        return None
    facts = {key: values[0] for key, values in (group.get("attributes") or {}).items() if values}
    return Organisation(
        code=path[-1],
        name=facts.get("name", path[-1]),
        type=_choice(OrganisationType, facts.get("type"), OrganisationType.PROVIDER),
        path=path,
        postcode=facts.get("postcode", ""),
        status=_status(facts.get("status", "")),
        approval_level=_choice(ApprovalLevel, facts.get("approval_level"), ApprovalLevel.SINGLE),
        id=str(group["id"]),
        town=facts.get("town", ""),
        successor=facts.get("successor", "").strip().upper(),
    )


def cluster_place(group_path: str) -> tuple[str, str] | None:
    """The commissioner's ODS code and the short name of the cluster that this group is; None for any other.

    The short name is empty for the group of a commissioner, whose own members are restricted there.
    """
    match _names(group_path):
        case (top, commissioner) if top == CLUSTERS:
            return commissioner, ""
        case (top, commissioner, short_name) if top == CLUSTERS:
            return commissioner, short_name
    return None


def cluster(group: dict[str, Any]) -> Cluster | None:
    """The cluster of a group's full representation; None when the group is none."""
    commissioner, short_name = cluster_place(str(group.get("path", ""))) or ("", "")
    if not short_name or short_name != group["name"]:
        return None
    attributes = group.get("attributes") or {}
    return Cluster(
        commissioner=commissioner,
        short_name=short_name,
        name=(attributes.get("name") or [short_name])[0],
        description=(attributes.get("description") or [""])[0],
        organisations=frozenset(
            code.strip() for code in attributes.get("organisations") or () if code.strip()
        ),
        id=str(group["id"]),
    )


def person(user: dict[str, Any]) -> Person:
    """The person of a user's full representation."""
    attributes = user.get("attributes") or {}
    wants = attributes.get("email_notifications") or ["true"]
    created = user.get("createdTimestamp")
    return Person(
        id=str(user["id"]),
        email=str(user.get("email") or user["username"]).lower(),
        first_name=user.get("firstName") or "",
        last_name=user.get("lastName") or "",
        enabled=bool(user.get("enabled")),
        wants_email=wants[0] != "false",
        created_at=moment(created) if created else None,
        access=(attributes.get(ACCESS) or [""])[0],
        payment_types=tuple(sorted(attributes.get(payment_types.ATTRIBUTE) or ())),
    )


def is_service_account(user: dict[str, Any]) -> bool:
    """Whether it is a program's: Keycloak names them so, and a person's user name is an e-mail address."""
    name = str(user["username"])
    return name.startswith(SERVICE_ACCOUNT) and "@" not in name


def moment(milliseconds: int) -> datetime:
    """Keycloak's time, milliseconds since 1970, as a time in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def milliseconds(at: datetime) -> int:
    """The reverse, rounded down."""
    return int(at.timestamp() * 1000)


def _names(group_path: str) -> tuple[str, ...]:
    return tuple(name.replace("~/", "/") for name in _SLASH.split(group_path.removeprefix("/")))


def _below_root(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or names[0] != ROOT or ROLES.intersection(names):
        return ()
    return names[1:]


def _status(value: str) -> OrganisationStatus:
    unknown = OrganisationStatus.CLOSED if value.strip() else OrganisationStatus.OPEN
    return _choice(OrganisationStatus, value, unknown)


def _choice(kind: type[_Choice], value: str | None, default: _Choice) -> _Choice:
    try:
        return kind((value or "").strip().lower())
    except ValueError:
        return default
