"""Searches of a FHIR service, read to their last page, each page kept until all has come.

So a reading that was stopped goes on from where it was. The key goes to no other address than the service's.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from sync.answers import Answers, Resource, Service, of_its_shape
from sync.kept import KeptPages


class Pages:
    """Reads searches to their last page; a page that is `kept` is not asked for again."""

    def __init__(self, service: Service, kept: KeptPages) -> None:
        self._answers = Answers(service)
        self._count = 0
        self._kept = kept

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
        kept = self._kept.page(self._count, url)
        if kept is not None:
            return kept
        bundle = self._answers.get(url, "Bundle")
        self._kept.keep(self._count, url, bundle)
        return bundle

    def _next(self, bundle: Any) -> str | None:
        links = {link.get("relation"): link.get("url") for link in bundle.get("link", ())}
        url = links.get("next")
        if url and urlsplit(url)[:2] != urlsplit(self._answers.url)[:2]:
            raise self._answers.refused("sends us to another address for the next page: the key stays here")
        return url
