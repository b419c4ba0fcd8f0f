"""What can go wrong with Keycloak, in our words, and the one place that says what its answers mean.

DirectoryError
├── DirectoryUnavailable      down, slow or failing: perhaps it did what was asked; ask again
│   ├── DirectoryAway         no answer, or "later": wait and ask again
│   ├── DirectoryAccessDenied it does not let our account in, or not do this: for an operator to mend
│   └── MailNotSent           the mail server did not take what it had to mail, and it doesn't say why
└── DirectoryRefused          it understood and said no; asking again gives the same answer
    ├── AlreadyThere          a sibling of this name, or an account of this e-mail, exists
    └── NotThere              nothing is at that place
        ├── OrganisationNotFound
        ├── PersonNotFound
        └── ClusterNotFound

In messages, `task` is what was being done, as it reads after "while": "reading the top groups".
"""

import json
from http import HTTPStatus
from typing import Any

_NOT_MAILED = "Failed to send"
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_AWAY = _PASSING | {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}


class DirectoryError(Exception):
    """Anything that the gateway to Keycloak raises."""


class DirectoryUnavailable(DirectoryError):
    """Keycloak did not answer, answered with a fault of its own, or does not let our account in."""


class DirectoryAccessDenied(DirectoryUnavailable):
    """Keycloak does not accept our account's secret, or its rights.

    A fault of the set-up, not of what was asked: once an operator has mended it the same call works, so what
    is waiting must not be given up.
    """


class DirectoryAway(DirectoryUnavailable):
    """Keycloak did not answer, or asked to be left alone for a while: the same call will work later.

    `retry_after` is for how many seconds it asked, nought when it didn't say.
    """

    retry_after = 0.0


class MailNotSent(DirectoryUnavailable):
    """Keycloak could not hand a message of its own to the mail server, and says not why."""


class DirectoryRefused(DirectoryError):
    """Keycloak understood the call and refused it."""


class AlreadyThere(DirectoryRefused):
    """What was to be made exists, perhaps made by somebody else a moment ago."""


class NotThere(DirectoryRefused):
    """There is nothing of this kind with this id."""


class OrganisationNotFound(NotThere):
    """No organisation has this ODS code or group id."""


class PersonNotFound(NotThere):
    """No account has this id."""


class ClusterNotFound(NotThere):
    """No service provider cluster has this id."""


def no_answer(url: str, task: str, fault: Exception) -> DirectoryAway:
    """Nothing came back, or not all of it. The fault's own text isn't shown: it may hold what was asked."""
    kind = type(fault.__cause__ or fault).__name__
    return DirectoryAway(f"Keycloak does not answer at {url} while {task} ({kind})")


def not_keycloaks(task: str) -> DirectoryUnavailable:
    """Something else answered, such as a proxy with a page of its own."""
    return DirectoryUnavailable(f"the answer while {task} is not Keycloak's")


def answered(
    status: int,
    content: bytes,
    task: str,
    missing: type[NotThere] = NotThere,
    needs: str = "a role that it lacks",
) -> Any:
    """The JSON of an answer, None when it is empty; raises what its HTTP status means.

    `missing` is the error for 404; `needs` is what an account that may not do this is told to have.
    """
    body = _json(content)
    if status >= HTTPStatus.BAD_REQUEST:
        message = f"Keycloak answered {status} while {task}: {_reason(body)}"
        if status == HTTPStatus.FORBIDDEN:
            message += f". The account needs {needs}: `cqrs realm plan` compares the service accounts' roles"
        raise _meaning(status, missing, body)(message)
    if body is None and content:
        raise not_keycloaks(task)
    return body


def is_passing(status: int) -> bool:
    """Whether this HTTP status tells of a fault that passes: the same call may work in a moment."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING


def _meaning(status: int, missing: type[NotThere], body: Any) -> type[DirectoryError]:
    if status == HTTPStatus.INTERNAL_SERVER_ERROR and _reason(body).startswith(_NOT_MAILED):
        return MailNotSent
    if status in _AWAY:
        return DirectoryAway
    if is_passing(status):
        return DirectoryUnavailable
    kinds: dict[int, type[DirectoryError]] = {
        HTTPStatus.UNAUTHORIZED: DirectoryUnavailable,  # the token has run out: the next call signs in
        HTTPStatus.FORBIDDEN: DirectoryAccessDenied,
        HTTPStatus.NOT_FOUND: missing,
        HTTPStatus.CONFLICT: AlreadyThere,
    }
    return kinds.get(status, DirectoryRefused)


def _reason(body: Any) -> str:
    """Keycloak's own words, without what the caller sent: that may be personal and ends in logs."""
    words = body if isinstance(body, dict) else {}
    given = [str(words[key]) for key in ("errorMessage", "error", "error_description") if words.get(key)]
    return ": ".join(given)[:200] or "no reason given"


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
