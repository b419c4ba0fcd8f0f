"""What the ODS service answers: asked again while it is busy or away, refused when it is something else.

The key goes to no other address than the service's.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from sync.errors import BrokenFiles, Problem

TRIES = 6
LONGEST_WAIT = 60.0
TIMEOUT = (5.0, 60.0)  # seconds to connect, and to the next byte
Resource = Mapping[str, Any]


@contextmanager
def of_its_shape(fault: Callable[[str], Exception], text: str) -> Iterator[None]:
    """Raises this where what is read has a text or nothing in the place of an object or a list."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError) as found:
        raise fault(text) from found


@dataclass(frozen=True, slots=True)
class Service:
    """Where it is, with the path up to `/fhir`, and the key that lets us in; `wait` waits so many seconds."""

    url: str
    key: str = field(repr=False)
    wait: Callable[[float], None] = time.sleep

    @property
    def name(self) -> str:
        """As problems name it."""
        return urlsplit(self.url).hostname or self.url


class Answers:
    """One service's, over one connection."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._session = requests.Session()
        self._session.headers.update({"apikey": service.key, "Accept": "application/fhir+json"})
        self.url = service.url.rstrip("/")

    def address(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self.url}/{path}?{urlencode(query)}"

    def get(self, url: str, kind: str) -> Any:
        """The resource of this kind that is there. Raises BrokenFiles."""
        found = self.get_or_none(url, kind)
        if found is None:
            raise self._no(kind, HTTPStatus.NOT_FOUND)
        return found

    def get_or_none(self, url: str, kind: str) -> Any:
        """None where the service knows no such thing. Raises BrokenFiles when it refuses or stays away."""
        answer = self._asked(url)
        if answer.status_code in (401, 403):
            raise self.refused("doesn't accept the key: check CQRS_ODS_KEY")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        try:
            found = answer.json()
        except ValueError:
            found = None
        is_wanted = isinstance(found, dict) and found.get("resourceType") == kind
        if answer.status_code != HTTPStatus.OK or not is_wanted:
            raise self._no(kind, answer.status_code)
        return found

    def refused(self, text: str) -> BrokenFiles:
        return BrokenFiles([Problem(self._service.name, 0, text)])

    def _no(self, kind: str, status: int) -> BrokenFiles:
        what = "list" if kind == "Bundle" else kind
        return self.refused(f"answered {status} with no {what}: check CQRS_ODS_URL")

    def _asked(self, url: str) -> requests.Response:
        answer = self._once(url)
        for attempt in range(1, TRIES):
            if answer is not None and not _is_passing(answer.status_code):
                break
            self._service.wait(_pause(attempt, answer))
            answer = self._once(url)
        if answer is None or _is_passing(answer.status_code):
            raise self.refused("doesn't answer, or is too busy: run again, it goes on from here")
        return answer

    def _once(self, url: str) -> requests.Response | None:
        try:
            return self._session.get(url, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException:
            return None


def _pause(attempt: int, answer: requests.Response | None) -> float:
    asked = answer.headers.get("Retry-After", "") if answer is not None else ""
    return min(float(asked) if asked.isdigit() else 2.0**attempt, LONGEST_WAIT)


def _is_passing(status: int) -> bool:
    return status in (408, 429) or status >= 500
