"""A small server that speaks as the ODS service publishes itself: FHIR bundles, a key, pages, and faults."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

KEY, PREFIX = "a key", "/organisation-data-terminology-api/fhir"
_EXTENSION = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-"
_CODES = "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/"


def resource(
    code: str,
    *roles: str,
    name: str = "",
    active: bool = True,
    updated: str = "2025-01-01",
    start: str = "",
    end: str = "",
) -> dict[str, Any]:
    """An organisation with these ODS roles, as the service gives it."""
    period = {key: day for key, day in (("start", start), ("end", end)) if day}
    return {
        "resourceType": "Organization",
        "id": code,
        "meta": {"lastUpdated": f"{updated}T00:00:00+00:00"},
        "extension": [*(_role(role) for role in roles), _period(period)],
        "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": code}],
        "active": active,
        "name": name or f"{code} SURGERY",
        "address": [{"line": ["1 HIGH STREET"], "city": "LEEDS", "postalCode": "ZZ1 1ZZ"}],
    }


def _role(code: str) -> dict[str, Any]:
    coding = {"system": f"{_CODES}ODSOrganisationRole", "code": code}
    parts = [
        {"url": "instanceID", "valueInteger": 1},
        {"url": "roleCode", "valueCodeableConcept": {"coding": [coding]}},
        {"url": "active", "valueBoolean": True},
    ]
    return {"url": f"{_EXTENSION}OrganisationRole", "extension": parts}


def _period(period: dict[str, str]) -> dict[str, Any]:
    parts = [
        {"url": "dateType", "valueCoding": {"code": "Operational"}},
        {"url": "period", "valuePeriod": period},
    ]
    return {"url": f"{_EXTENSION}TypedPeriod", "extension": parts}


def over(code: str, kind: str, above: str, active: bool = True) -> dict[str, Any]:
    """That `code` stands in a relationship such as RE4, is commissioned by, to `above`."""
    return {
        "resourceType": "OrganizationAffiliation",
        "id": f"{code}-{above}",
        "active": active,
        "organization": {"identifier": {"value": code}},
        "participatingOrganization": {"identifier": {"value": above}},
        "code": [{"coding": [{"system": f"{_CODES}ODSRelationship", "code": kind}]}],
    }


@dataclass
class OdsService:
    """What it holds, what it was asked, and what the next answers are in place of its own."""

    organisations: Sequence[dict[str, Any]] = ()
    affiliations: Sequence[dict[str, Any]] = ()
    successions: dict[str, Sequence[str]] = field(default_factory=dict)
    page: int = 3
    url: str = ""
    next_url: str = ""
    asked: list[str] = field(default_factory=list)
    faults: deque[tuple[int, dict[str, str], bytes]] = field(default_factory=deque)

    def fail(self, status: int, body: bytes = b"", after: int = 0, **headers: str) -> None:
        """The next call but `after` gets this; a status of 0 cuts the connection."""
        self.faults.extend([(200, {}, b"")] * after)
        self.faults.append((status, headers, body))

    def answer(self, told: dict[str, Any]) -> None:
        """The next call gets this."""
        self.fail(200, json.dumps(told).encode())

    def told(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        """None where there is nothing of that code."""
        return self.looked_up(query) if path == "/CodeSystem/$lookup" else self.bundle(path, query)

    def looked_up(self, query: dict[str, str]) -> dict[str, Any] | None:
        """The code's entry in the code system of organisations, with the properties that are asked for."""
        code = query["code"]
        assert query["system"] == "https://fhir.nhs.uk/Id/ods-organization-code"
        if code not in {each["id"] for each in self.organisations}:
            return None
        shown = self.successions.get(code, ()) if query["property"] == "successor" else ()
        parts = [{"name": "code", "valueCode": code}, *(_property("successor", each) for each in shown)]
        return {"resourceType": "Parameters", "parameter": [*parts, _property("status", "inactive")]}

    def bundle(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        found = list(self._found(path, query))
        first = int(query.get("_page", "0"))
        shown = found[first : first + self.page]
        links = [{"relation": "self", "url": f"{self.url}{path}"}]
        if first + self.page < len(found):
            following = urlencode(query | {"_page": str(first + self.page)})
            links.append({"relation": "next", "url": self.next_url or f"{self.url}{path}?{following}"})
        entries = [{"resource": each} for each in shown]
        return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}

    def _found(self, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        if path == "/OrganizationAffiliation":
            codes = query["primary-organization"].split(",")
            yield from (
                each for each in self.affiliations if each["organization"]["identifier"]["value"] in codes
            )
        else:
            since = query.get("_lastUpdated", "").removeprefix("ge")
            yield from (each for each in self.organisations if each["meta"]["lastUpdated"] >= since)


def _property(name: str, code: str) -> dict[str, Any]:
    parts = [{"name": "code", "valueCode": name}, {"name": "value", "valueCode": code}]
    return {"name": "property", "part": parts}


@contextmanager
def ods_service() -> Iterator[OdsService]:
    """Runs until the end, on a port of its own."""
    service = OdsService()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    service.url = f"http://127.0.0.1:{server.server_port}{PREFIX}"
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def _handler(service: OdsService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append(self.path)
            status, headers, body = service.faults.popleft() if service.faults else (200, {}, b"")
            if status == 0:
                self.connection.close()
            elif self.headers.get("apikey") != KEY:
                self._answer(401, {}, b"{}")
            elif (status, body) != (200, b""):
                self._answer(status, headers, body)
            else:
                split = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(split.query).items()}
                told = service.told(split.path.removeprefix(PREFIX), query)
                kind = {"Content-Type": "application/fhir+json"}
                self._answer(200 if told else 404, kind, json.dumps(told).encode())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: what was asked is in `asked`."""

    return Handler
