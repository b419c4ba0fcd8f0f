"""Searches of a FHIR service, read to their last page, each page kept until all has come.

So a reading that was stopped goes on from where it was. The key goes to no other address than the service's.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from sync.errors import BrokenFiles, Problem

TRIES = 6
LONGEST_WAIT = 60.0
FRESH = 24 * 60 * 60.0  # seconds for which a page is worth keeping
TIMEOUT = (5.0, 60.0)  # seconds to connect, and to the next byte
Resource = Mapping[str, Any]


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


class Pages:
    """Reads searches to their last page; a page that `folder` has is not asked for again."""

    def __init__(self, service: Service, folder: Path) -> None:
        self._service = service
        self._session = requests.Session()
        self._session.headers.update({"apikey": service.key, "Accept": "application/fhir+json"})
        self._count = 0
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def resources(self, kind: str, query: Mapping[str, str]) -> Iterator[Resource]:
        url: str | None = f"{self._service.url.rstrip('/')}/{kind}?{urlencode(query)}"
        while url:
            bundle = self._page(url)
            resources = (entry.get("resource", {}) for entry in bundle.get("entry", ()))
            yield from (each for each in resources if each.get("resourceType") == kind)
            url = self._next(bundle)

    def _page(self, url: str) -> Any:
        """Kept with its address: a page of another search, such as an older one's, is none of ours."""
        self._count += 1
        place = self.folder / f"{self._count:06}.json"
        if place.exists() and time.time() - place.stat().st_mtime < FRESH:
            kept = json.loads(place.read_text(encoding="utf-8"))
            if kept["url"] == url:
                return kept["bundle"]
        bundle = self._asked(url)
        draft = place.with_suffix(".part")
        draft.write_text(json.dumps({"url": url, "bundle": bundle}), encoding="utf-8")
        draft.replace(place)
        return bundle

    def _next(self, bundle: Any) -> str | None:
        links = {link.get("relation"): link.get("url") for link in bundle.get("link", ())}
        url = links.get("next")
        if url and urlsplit(url)[:2] != urlsplit(self._service.url)[:2]:
            raise self._refused("sends us to another address for the next page: the key stays here")
        return url

    def _asked(self, url: str) -> Any:
        answer = self._once(url)
        for attempt in range(1, TRIES):
            if answer is not None and not _is_passing(answer.status_code):
                break
            self._service.wait(self._pause(attempt, answer))
            answer = self._once(url)
        if answer is None or _is_passing(answer.status_code):
            raise self._refused("doesn't answer, or is too busy: run again, it goes on from here")
        return self._bundle(answer)

    def _once(self, url: str) -> requests.Response | None:
        try:
            return self._session.get(url, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException:
            return None

    def _pause(self, attempt: int, answer: requests.Response | None) -> float:
        asked = answer.headers.get("Retry-After", "") if answer is not None else ""
        return min(float(asked) if asked.isdigit() else 2.0**attempt, LONGEST_WAIT)

    def _bundle(self, answer: requests.Response) -> Any:
        if answer.status_code in (401, 403):
            raise self._refused("doesn't accept the key: check CQRS_ODS_KEY")
        try:
            bundle = answer.json()
        except ValueError:
            bundle = None
        is_bundle = isinstance(bundle, dict) and bundle.get("resourceType") == "Bundle"
        if answer.status_code != HTTPStatus.OK or not is_bundle:
            raise self._refused(f"answered {answer.status_code} with no list: check CQRS_ODS_URL")
        return bundle

    def _refused(self, text: str) -> BrokenFiles:
        return BrokenFiles([Problem(self._service.name, 0, text)])


def _is_passing(status: int) -> bool:
    return status in (408, 429) or status >= 500
