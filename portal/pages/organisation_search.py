"""Searching for the organisation to ask for, the same for registering and for requesting another role."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from directory.vocabulary import Organisation, OrganisationType
from portal.pages.fields import option
from portal.rules.roles import offered
from portal.rules.scope import nearest_commissioner
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
    above: Mapping[str, str] = field(default_factory=dict)
    """The names of the commissioners, by the ODS code of whom they commission."""

    @property
    def choices(self) -> list[Any]:
        """For radio buttons: the ODS code, and the name with it."""
        return [option(one.code, f"{one.name} ({one.code})") for one in self.items]

    @property
    def hints(self) -> dict[str, str]:
        """What tells organisations of one name apart, by ODS code."""
        return {one.code: self.described(one) for one in self.items}

    def described(self, one: Organisation) -> str:
        """What tells it from others of its name."""
        return described(one, self.above.get(one.code, ""))


def described(organisation: Organisation, commissioner: str = "") -> str:
    """Such as "Service provider, Kendal, LA9 4XX, NHS Lancashire and South Cumbria ICB"."""
    return ", ".join(part for part in (KINDS[organisation.type], where(organisation, commissioner)) if part)


def where(organisation: Organisation, commissioner: str = "") -> str:
    """The same without what kind it is; empty where nothing is known."""
    place = (organisation.town, organisation.postcode, commissioner)
    return ", ".join(part for part in place if part)


def search(text: str, limit: int = SHOWN) -> Found:
    """Open organisations that offer a role and answer the search, the best first."""
    text = text[:SEARCH_LIMIT]
    if not text:
        return Found("", (), more=False)
    with reading() as db:
        rows = organisations.search(db, text, limit=limit + 1)
        found = [row.as_organisation() for row in rows]
        able = [one for one in found if offered(one)][:limit]
        above = commissioner_names(db, able)
    return Found(text, tuple(able), more=len(found) > limit, above=above)


def commissioner_names(session: Session, every: Iterable[Organisation]) -> dict[str, str]:
    """The name of what commissions each, by its own ODS code; those at the top of the tree are left out."""
    over = {one.code: nearest_commissioner(one) for one in every}
    known = organisations.by_codes(session, sorted({*over.values()} - {""}))
    return {code: known[above].name for code, above in over.items() if above in known}


def whereabouts(
    session: Session, every: Collection[Organisation], known_above: str = ""
) -> Mapping[str, str]:
    """By ODS code, where each is and who commissions it, which goes unsaid of those under `known_above`."""
    above = commissioner_names(session, [one for one in every if one.parent != known_above])
    return {one.code: where(one, above.get(one.code, "")) for one in every}


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
            {"code": one.code, "name": one.name, "about": found.described(one)} for one in found.items
        ],
        "more": found.more,
    }
