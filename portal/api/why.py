"""SCP-3: why somebody can see an organisation's affairs, or why not: each role, and where its chain breaks.

Read from Keycloak at this moment, as the portal's own page is; who gave a role, and when, from the audit.
What somebody holds at a place that the application was not given, and that doesn't stand over the one asked
about, it is not told of: a question about one place would lay open all the others.
"""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from directory.errors import PersonNotFound
from portal.api.allowance import spend
from portal.api.asking import application, caller
from portal.api.bodies import action, body, entity
from portal.api.deciding import ROLES, is_about
from portal.api.given import Scope
from portal.api.problems import Problem
from portal.api.routes import PREFIX, api
from portal.casework.why_now import why_now
from portal.rules.errors import NothingFound
from portal.rules.why import Chain, Through, Why, stands_over
from portal.web.access import services

UNKNOWN = "There is no such person or organisation, or this application was not given it."


@api.post(f"{PREFIX}/why")
@application(Scope.WHY)
def why() -> Response:
    """The chains of one person at one organisation, of one role where `action` names it."""
    spend(caller().counted_as, 1)
    whole = body()
    who, where = entity(whole, "subject"), entity(whole, "resource")
    role = ROLES.get(action(whole)) if "action" in whole else None
    if not is_about(who, where) or ("action" in whole and role is None):
        raise Problem(404, UNKNOWN)
    try:
        found = why_now(services(), _person(who.id), _code(where.id), role)
    except (ValueError, PersonNotFound, NothingFound):
        raise Problem(404, UNKNOWN) from None
    chains = [_chain(one) for one in found.chains if _given(found, one)]
    return jsonify({"decision": any(one["holds"] for one in chains), "chains": chains})


def _person(text: str) -> str:
    """The id of whom an id or an e-mail address names. Raises ValueError, PersonNotFound."""
    if "@" in text:
        named = services().reader.person_by_email(text)
        found = named.id if named else None
    else:
        found = str(UUID(text))
    if found is None or not caller().may_ask_about(found):
        raise PersonNotFound(text)
    return found


def _code(text: str) -> str:
    """What may be an ODS code: nothing else belongs in an address. Raises ValueError."""
    if not (text.isascii() and text.isalnum()):
        raise ValueError(text)
    return text


def _given(found: Why, chain: Chain) -> bool:
    """Whether the application may be told of that role at the organisation asked about, and where it is held.

    Of the places over one it was given it learns as it learns who sees that.
    """
    given, held = caller().given, chain.holding
    if not given.covers(held.role, found.organisation):
        return False
    return stands_over(held, found.organisation) or given.reaches(held.path)


def _chain(chain: Chain) -> dict[str, Any]:
    broken, given = chain.broken, chain.given
    facts = {
        "role": chain.holding.role.value,
        "held_at": chain.holding.organisation or "*",
        "holds": broken is None,
        "broken": broken and {"reason": broken.name.lower().replace("_", "-"), "message": broken.value},
        "clusters": [_cluster(one) for one in chain.clusters] if chain.restricted else None,
        "given": given and {"by": given.by, "at": given.at.isoformat(), "how": given.how},
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _cluster(through: Through) -> dict[str, str]:
    """By which organisation it lets the role see the one asked about; none when it doesn't."""
    return {"short_name": through.short_name, **({"by": through.listed} if through.listed else {})}
