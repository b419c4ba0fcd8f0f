"""The words of the users list: its rows, their statuses, and what of it to show."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.store.queries.page import Page


class UserStatus(StrEnum):
    """How somebody stands in the users list."""

    ACTIVE = "active"
    PENDING = "pending"
    INVITED = "invited"
    LOCKED = "locked"
    DISABLED = "disabled"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return "Pending Access Request" if self is UserStatus.PENDING else self.value.capitalize()


class Sort(StrEnum):
    """What the list is sorted by; equal ones by name."""

    ORGANISATION = "organisation"
    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    EMAIL = "email"
    STATUS = "status"

    @property
    def column(self) -> str:
        """The name of the row's field that is compared."""
        return "organisation_name" if self is Sort.ORGANISATION else self.value.replace("-", "_")


@dataclass(frozen=True, slots=True)
class UserRow:
    """One person at one organisation, or one request for access or invitation to it.

    `person_id` is None for somebody without an account, `request_id` for anything but a pending request.
    """

    organisation_code: str
    organisation_name: str
    first_name: str
    last_name: str
    email: str
    status: UserStatus
    person_id: str | None
    request_id: UUID | None


@dataclass(frozen=True, slots=True)
class UsersPage(Page[UserRow]):
    """`people` is how many there are in the whole list: somebody at two organisations is two rows of it."""

    people: int = 0


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What of the list to show, and how. `text` is searched in names, e-mail addresses and organisations."""

    text: str = ""
    status: UserStatus | None = None
    sort: Sort = Sort.ORGANISATION
    descending: bool = False
