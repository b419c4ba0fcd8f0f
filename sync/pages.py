"""Searches of a FHIR service, read to their last page, each page kept until all has come.

So a reading that was stopped goes on from where it was. The key goes to no other address than the service's.
"""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sync.answers import Answers, Resource, Service, of_its_shape

FRESH = 24 * 60 * 60.0  # seconds for which a page is worth keeping


class Pages:
    """Reads searches to their last page; a page that `folder` has is not asked for again."""

    def __init__(self, service: Service, folder: Path) -> None:
        self._answers = Answers(service)
        self._count = 0
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def resources(self, kind: str, query: Mapping[str, str]) -> Iterator[Resource]:
        url: str | None = self._answers.address(kind, query)
        come: set[str] = set()
        while url:
            if url in come:
                raise self._answers.refused(
                    "sends us in a circle: a page names one as the next that has come"
                )
            come.add(url)
            bundle = self._page(url)
            with of_its_shape(self._answers.refused, "answers with a list that is none of FHIR R4"):
                resources = [entry["resource"] for entry in bundle.get("entry", ()) if "resource" in entry]
                found, url = [each for each in resources if each["resourceType"] == kind], self._next(bundle)
            yield from found

    def _page(self, url: str) -> Any:
        """Kept with its address: a page of another search, such as an older one's, is none of ours."""
        self._count += 1
        place = self.folder / f"{self._count:06}.json"
        if place.exists() and time.time() - place.stat().st_mtime < FRESH:
            kept = json.loads(place.read_text(encoding="utf-8"))
            if kept["url"] == url:
                return kept["bundle"]
        bundle = self._answers.get(url, "Bundle")
        draft = place.with_suffix(".part")
        draft.write_text(json.dumps({"url": url, "bundle": bundle}), encoding="utf-8")
        draft.replace(place)
        return bundle

    def _next(self, bundle: Any) -> str | None:
        links = {link.get("relation"): link.get("url") for link in bundle.get("link", ())}
        url = links.get("next")
        if url and urlsplit(url)[:2] != urlsplit(self._answers.url)[:2]:
            raise self._answers.refused("sends us to another address for the next page: the key stays here")
        return url
