"""The ODS service that answers in FHIR R4 (Organisation Data Terminology): from its pages to records.

The way it publishes organisations: an `Organization` each, its roles and the days it works in extensions;
and who stands over whom in `OrganizationAffiliation`, where `organization` is commissioned or run by
`participatingOrganization`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from sync.answers import Resource, Service
from sync.errors import BrokenFiles, Problem
from sync.kept import KeptPages, for_one_run
from sync.pages import Pages
from sync.records import FileKind, Listing
from sync.resources import ROLE_CODES, Affiliation, affiliation, organisation

PAGE = 1000
CODES_A_CALL = 50  # whose affiliations are asked for together: an address of some hundred characters


def fetch(service: Service, kept: Path | None, since: date | None = None) -> Listing:
    """Every organisation, or those changed on or after the day `since`.

    `kept` is a folder for what has come so far, or None for one that is gone when this ends; what is in it
    goes when all has come. Raises BrokenFiles when the service refuses, stays away or answers what is no such
    list, and NothingKept: nothing is written then.
    """
    with for_one_run(kept) as folder:
        pages = KeptPages(folder / (f"since-{since}" if since else "all"))
        listing = _read(service, Pages(service, pages), since)
        pages.forget()
        return listing


def _read(service: Service, pages: Pages, since: date | None) -> Listing:
    query = {"roleCode": ",".join(ROLE_CODES), "_count": str(PAGE)}
    if since:
        query["_lastUpdated"] = f"ge{since}"
    found = list(pages.resources("Organization", query))
    try:
        over = _affiliations(pages, [str(each.get("id", "")) for each in found])
    except ValueError as fault:
        raise BrokenFiles([Problem(service.name, 0, f"a relationship {fault}")]) from fault
    return _listing(service.name, found, over, complete=since is None)


def _affiliations(pages: Pages, codes: Sequence[str]) -> list[Affiliation]:
    """Of all of them: one that moved may have changed nothing else."""
    found: list[Affiliation] = []
    for first in range(0, len(codes), CODES_A_CALL):
        asked = ",".join(codes[first : first + CODES_A_CALL])
        query = {"primary-organization": asked, "active": "true", "_count": str(PAGE)}
        resources = pages.resources("OrganizationAffiliation", query)
        found.extend(each for resource in resources if (each := affiliation(resource)))
    return found


def _listing(name: str, found: Iterable[Resource], over: Sequence[Affiliation], *, complete: bool) -> Listing:
    above: dict[str, list[Affiliation]] = {}
    for each in over:
        above.setdefault(each.code, []).append(each)
    records, problems = [], []
    for number, resource in enumerate(found, 1):
        try:
            records.append(organisation(resource, above.get(str(resource.get("id")), ()), name, number))
        except ValueError as fault:
            problems.append(Problem(name, number, str(fault)))
    if problems or not (records or not complete):
        raise BrokenFiles(problems or [Problem(name, 0, "lists no organisation at all")])
    return Listing(name, FileKind.EVERYTHING, tuple(records), complete)
