"""Lists: who holds a role at an organisation, where somebody's role reaches, which roles somebody has there.

Each result would be answered yes if it were asked for: the same rule chooses it, one by one.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Response, jsonify

from directory.vocabulary import Role
from portal.api.asking import application, caller
from portal.api.bodies import action, body, entity, optional
from portal.api.deciding import ROLES, facts_in_step, is_about, mirror_in_step, told
from portal.api.given import Scope
from portal.api.paging import Page, page
from portal.api.routes import PREFIX, api
from portal.store.queries import access, reached
from portal.store.queries.access import Question

BATCH = 50
"""Read at least so many at once: of those that a role stands over, clusters may leave few."""
Item = TypeVar("Item")


@api.post(f"{PREFIX}/search/subject")
@application(Scope.SEARCH)
def subjects() -> Response:
    """Who may use the role at the organisation."""
    whole = body()
    optional(whole, "context")
    wanted, name, where = entity(whole, "subject", with_id=False), action(whole), entity(whole, "resource")
    part = page(whole, "subject", wanted.type, name, where.type, where.id)
    role = ROLES.get(name)
    found = _holders(role, where.id, part) if role and is_about(wanted, where) else []
    return _answer(part, found, lambda one: {"type": wanted.type, "id": one})


@api.post(f"{PREFIX}/search/resource")
@application(Scope.SEARCH)
def resources() -> Response:
    """The organisations at which the person may use the role."""
    whole = body()
    optional(whole, "context")
    who, name, wanted = entity(whole, "subject"), action(whole), entity(whole, "resource", with_id=False)
    part = page(whole, "resource", who.type, who.id, name, wanted.type)
    role = ROLES.get(name)
    found = _reached(role, who.id, part) if role and is_about(who, wanted) else []
    return _answer(part, found, lambda one: {"type": wanted.type, "id": one})


@api.post(f"{PREFIX}/search/action")
@application(Scope.SEARCH)
def actions() -> Response:
    """The roles that the person may use at the organisation."""
    whole = body()
    optional(whole, "context")
    who, where = entity(whole, "subject"), entity(whole, "resource")
    part = page(whole, "action", who.type, who.id, where.type, where.id)
    found = _roles(Question(who.id, None, where.id)) if is_about(who, where) else []
    return _answer(part, [one for one in found if one > part.after], lambda one: {"name": one})


def _answer(part: Page, keys: list[str], result: Callable[[str], dict[str, Any]]) -> Response:
    return jsonify(part.answer(keys, [result(key) for key in keys]))


def _holders(role: Role, code: str, part: Page) -> list[str]:
    """Their ids, in order, one more than the page holds if there are more."""
    with mirror_in_step() as session:

        def read(after: str, limit: int) -> list[tuple[str, bool]]:
            found = access.holders(session, role, code, after, limit)
            return [(one.person_id, told(one.account, role, one.organisation).opens) for one in found]

        return list(_enough(read, part))


def _reached(role: Role, person: str, part: Page) -> list[str]:
    """Their ODS codes, likewise."""
    with mirror_in_step() as session:
        account = access.role_of(session, person, role)
        if account is None:
            return []
        held = account.standing.holdings

        def read(after: str, limit: int) -> list[tuple[str, bool]]:
            found = reached.at_and_below(session, held, after, limit)
            return [(one.code, told(account, role, one).opens) for one in found]

        return list(_enough(read, part))


def _roles(question: Question) -> list[str]:
    """Their names, in order."""
    facts = facts_in_step(question)
    given = sorted(caller().given.roles)
    return [role.value for role in given if told(facts.account, role, facts.organisation).opens]


def _enough(read: Callable[[str, int], list[tuple[str, bool]]], part: Page) -> Iterator[str]:
    """The keys of those that count after the page's beginning, until there is one more than it holds."""
    after, needed, size = part.after, part.limit + 1, max(BATCH, part.limit + 1)
    while needed > 0 and (found := read(after, size)):
        for key, counts in found:
            if counts and needed:
                needed -= 1
                yield key
        after = found[-1][0]
        if len(found) < size:
            return
