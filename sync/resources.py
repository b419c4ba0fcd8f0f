"""From the FHIR resources of the ODS service to checked records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from re import fullmatch

from directory.vocabulary import UNLISTED, OrganisationStatus, OrganisationType
from sync.answers import Resource, of_its_shape
from sync.records import CODE, LONGEST, Record, dated

# The ODS roles that make an organisation one of ours, the one that tells most first.
_TYPES = {
    "RO209": OrganisationType.REGION,  # NHS England region
    "RO261": OrganisationType.ICB,  # strategic partnership, the primary role of an ICB
    "RO318": OrganisationType.ICB,
    "RO98": OrganisationType.SUB_ICB,  # what were clinical commissioning groups are sub-ICB locations
    "RO319": OrganisationType.SUB_ICB,
    "RO96": OrganisationType.BRANCH,
    "RO177": OrganisationType.PROVIDER,  # prescribing cost centre
    "RO76": OrganisationType.PROVIDER,  # GP practice
}
ROLE_CODES = tuple(_TYPES)
# Which relationship leads to the organisation above, the one that tells most first.
_UP = {
    OrganisationType.REGION: (),
    OrganisationType.ICB: ("RE2", "RE5"),  # is a sub-division of, is located in the geography of
    OrganisationType.SUB_ICB: ("RE2", "RE5"),
    OrganisationType.PROVIDER: ("RE4",),  # is commissioned by
    OrganisationType.BRANCH: ("RE6", "RE4"),  # is operated by
}
_EXTENSION = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-"
_MISSHAPEN = "isn't of the shape that FHIR R4 gives such a resource"


@dataclass(frozen=True, slots=True)
class Affiliation:
    """That `code` stands in the relationship `kind` to `above`."""

    code: str
    kind: str
    above: str


@of_its_shape(ValueError, _MISSHAPEN)
def affiliation(resource: Resource) -> Affiliation | None:
    """None for one that has ended, or that lacks an end. Raises ValueError with what is wrong with it."""
    code, above = (_identified(resource, end) for end in ("organization", "participatingOrganization"))
    kinds = [coding.get("code", "") for each in resource.get("code", ()) for coding in each.get("coding", ())]
    if not resource.get("active", True) or not (code and above and kinds):
        return None
    return Affiliation(code, kinds[0], above)


@of_its_shape(ValueError, _MISSHAPEN)
def organisation(resource: Resource, over: Sequence[Affiliation], source: str, number: int) -> Record:
    """The record of the `number`th resource. Raises ValueError with what is wrong with it."""
    code, name = str(resource.get("id") or "").strip().upper(), str(resource.get("name") or "").strip()
    if not fullmatch(CODE, code) or code == UNLISTED:
        raise ValueError(f"{code!r} isn't an ODS code")
    if not 0 < len(name) <= LONGEST:
        raise ValueError(f"the name of {code} is missing, or longer than {LONGEST} characters")
    kind = _type(resource, code)
    address = (resource.get("address") or [{}])[0]
    postcode, town = str(address.get("postalCode") or ""), str(address.get("city") or "").upper()
    if max(len(postcode), len(town)) > LONGEST:
        raise ValueError(f"the postcode or town of {code} is longer than {LONGEST} characters")
    return Record(
        code=code,
        name=name,
        type=kind,
        region="",
        icb="",
        parent=_parent(kind, over),
        postcode=postcode,
        status=_status(resource, code),
        file=source,
        line=number,
        town=town,
    )


def _type(resource: Resource, code: str) -> OrganisationType:
    roles = {_coded(_part(role, "roleCode")) for role in _extensions(resource, "OrganisationRole")}
    for role, kind in _TYPES.items():
        if role in roles:
            return kind
    raise ValueError(f"{code} has none of the roles {', '.join(ROLE_CODES)}")


def _parent(kind: OrganisationType, over: Sequence[Affiliation]) -> str:
    found = (each.above for relation in _UP[kind] for each in over if each.kind == relation)
    return next(found, "")


def _status(resource: Resource, code: str) -> OrganisationStatus:
    """Open and closed by the flag, unless the days on which it works know better."""
    status = OrganisationStatus.OPEN if resource.get("active") else OrganisationStatus.CLOSED
    opened, closed = _days(resource, code)
    return dated(status, opened, closed, f"{datetime.now(UTC):%Y%m%d}")


def _days(resource: Resource, code: str) -> tuple[str, str]:
    """The first and last day on which it works, as YYYYMMDD; empty where none is told."""
    for each in _extensions(resource, "TypedPeriod"):
        if _coded(_part(each, "dateType")) == "Operational":
            period = _part(each, "period").get("valuePeriod", {})
            return _day(period.get("start"), code), _day(period.get("end"), code)
    return "", ""


def _day(text: str | None, code: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%Y%m%d}" if text else ""
    except ValueError as fault:
        raise ValueError(f"{text!r} of {code} isn't a date as YYYY-MM-DD") from fault


def _extensions(resource: Resource, name: str) -> Iterator[Resource]:
    return (each for each in resource.get("extension", ()) if each.get("url") == _EXTENSION + name)


def _part(extension: Resource, name: str) -> Resource:
    parts = (each for each in extension.get("extension", ()) if each.get("url") == name)
    return next(parts, {})


def _coded(part: Resource) -> str:
    """The code of a value that is a coding, or a concept of codings."""
    codings = part.get("valueCodeableConcept", {}).get("coding") or [part.get("valueCoding") or {}]
    return str(codings[0].get("code", ""))


def _identified(resource: Resource, end: str) -> str:
    reference = resource.get(end) or {}
    value = (reference.get("identifier") or {}).get("value")
    return str(value or str(reference.get("reference", "")).rpartition("/")[2])
