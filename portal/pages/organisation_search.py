"""Searching for the organisation to ask for, the same for registering and for requesting another role."""

from dataclasses import dataclass
from typing import Any

from directory.vocabulary import Organisation, OrganisationType
from portal.rules.roles import offered
from portal.store.queries import organisations
from portal.web.reading import reading

SHOWN = 20
SUGGESTED = 8
SEARCH_LIMIT = 200
KINDS = {
    OrganisationType.REGION: "Region",
    OrganisationType.ICB: "Integrated care board",
    OrganisationType.SUB_ICB: "Sub-ICB location",
    OrganisationType.PROVIDER: "Service provider",
    OrganisationType.BRANCH: "Branch",
}


@dataclass(frozen=True)
class Found:
    """Organisations that answer a search; `more` when there were others too many to show."""

    text: str
    items: tuple[Organisation, ...]
    more: bool

    @property
    def choices(self) -> list[tuple[str, str]]:
        """For radio buttons: the ODS code, and the name with it."""
        return [(one.code, f"{one.name} ({one.code})") for one in self.items]

    @property
    def hints(self) -> dict[str, str]:
        """What tells organisations of one name apart, by ODS code."""
        return {one.code: described(one) for one in self.items}


def described(organisation: Organisation) -> str:
    """Kind and postcode, such as "Service provider, LA9 4XX"."""
    return ", ".join(part for part in (KINDS[organisation.type], organisation.postcode) if part)


def search(text: str, limit: int = SHOWN) -> Found:
    """Open organisations that offer a role and answer the search, the best first."""
    text = text[:SEARCH_LIMIT]
    if not text:
        return Found("", (), more=False)
    with reading() as db:
        rows = organisations.search(db, text, limit=limit + 1)
        found = [row.as_organisation() for row in rows]
    able = [one for one in found if offered(one)]
    return Found(text, tuple(able[:limit]), more=len(found) > limit)


def get(code: str) -> Organisation | None:
    """The organisation of that ODS code when it can be asked for."""
    with reading() as db:
        row = organisations.get(db, code.strip().upper()) if code else None
        one = row.as_organisation() if row else None
    return one if one and offered(one) else None


def suggestions(text: str) -> dict[str, Any]:
    """What the search box suggests while somebody types."""
    found = search(text, SUGGESTED)
    return {
        "organisations": [
            {"code": one.code, "name": one.name, "about": described(one)} for one in found.items
        ],
        "more": found.more,
    }
