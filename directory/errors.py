"""What can go wrong with Keycloak, in our words.

DirectoryError
├── DirectoryUnavailable      down, slow or failing: perhaps it did what was asked; ask again
└── DirectoryRefused          it understood and said no; asking again gives the same answer
    ├── AlreadyThere          a sibling of this name, or an account of this e-mail, exists
    ├── OrganisationNotFound
    └── PersonNotFound
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from keycloak.exceptions import KeycloakError

# Rights or secrets that Keycloak does not accept are a fault of the set-up, not of what was asked: once an
# operator has mended it the same call works, so what is waiting must not be given up.
_ASK_AGAIN = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}


class DirectoryError(Exception):
    """Anything that the gateway to Keycloak raises."""


class DirectoryUnavailable(DirectoryError):
    """Keycloak did not answer, answered with a fault of its own, or does not let our service account in."""


class DirectoryRefused(DirectoryError):
    """Keycloak understood the call and refused it."""


class AlreadyThere(DirectoryRefused):
    """What was to be made exists, perhaps made by somebody else a moment ago."""


class OrganisationNotFound(DirectoryRefused):
    """No organisation has this ODS code or group id."""


class PersonNotFound(DirectoryRefused):
    """No account has this id."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns what python-keycloak raises, before there is an answer to judge, into DirectoryError."""
    try:
        yield
    except KeycloakError as error:
        # Either there is no answer, or there is no token: Keycloak is failing, or does not let us in.
        raise DirectoryUnavailable(f"Keycloak can't be used: {error}") from error


def raise_for(status: int, said: Any, missing: type[DirectoryRefused]) -> None:
    """Raises what an answer's HTTP status means; `missing` is the error for 404, `said` Keycloak's body."""
    if status < HTTPStatus.BAD_REQUEST:
        return
    message = f"{status} {_message(said)}"
    if _is_fault(status):
        raise DirectoryUnavailable(message)
    if status == HTTPStatus.NOT_FOUND:
        raise missing(message)
    if status == HTTPStatus.CONFLICT:
        raise AlreadyThere(message)
    raise DirectoryRefused(message)


def _is_fault(status: int) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _ASK_AGAIN


def _message(said: Any) -> str:
    """Keycloak's own reason, without what the caller sent: that may be personal and ends in logs."""
    if isinstance(said, dict):
        return str(said.get("errorMessage") or said.get("error_description") or said.get("error") or "")[:200]
    return ""
