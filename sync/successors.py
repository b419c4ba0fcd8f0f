"""Who took over from organisations that have closed: of the service's, its code system alone names that.

It is asked code by code, so only of those that close. The service has successions where they were made law or
the organisations told of them: most practices that close have none, and one that was divided has several,
which is for people to say.
"""

from collections.abc import Collection, Iterator, Mapping
from re import fullmatch

from directory.vocabulary import UNLISTED
from sync.answers import Answers, Resource, Service, of_its_shape
from sync.records import CODE

CODES = "https://fhir.nhs.uk/Id/ods-organization-code"


def successors(service: Service, codes: Collection[str]) -> Mapping[str, str]:
    """The ODS code of the one that took over, by the code of the closed. Raises BrokenFiles."""
    answers, found = Answers(service), {}
    for code in sorted(codes):
        query = {"system": CODES, "code": code, "property": "successor"}
        told = answers.get_or_none(answers.address("CodeSystem/$lookup", query), "Parameters")
        with of_its_shape(answers.refused, f"says of {code} what is none of FHIR R4"):
            named = {each.strip().upper() for each in _named(told or {})} - {"", code}
        if len(named) == 1 and fullmatch(CODE, each := named.pop()) and each != UNLISTED:
            found[code] = each
    return found


def _named(parameters: Resource) -> Iterator[str]:
    for parameter in parameters.get("parameter", ()):
        parts = {part.get("name"): part for part in parameter.get("part", ())}
        if parameter.get("name") == "property" and parts.get("code", {}).get("valueCode") == "successor":
            yield _value(parts.get("value", {}))


def _value(part: Resource) -> str:
    """A code, a text or a coding: the published examples give other organisations in each of these ways."""
    coding = part.get("valueCoding", {})
    return str(part.get("valueCode") or part.get("valueString") or coding.get("code", ""))
