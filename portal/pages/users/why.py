"""Why can this person see an organisation, and why can't they: the chain of each of their roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request
from sqlalchemy.orm import Session

from directory.vocabulary import Person
from portal.casework.account_now import account_of
from portal.casework.current_state import actor_now
from portal.casework.why_now import why_now
from portal.pages.fields import one_line
from portal.pages.organisation_search import SEARCH_LIMIT, SHOWN, whereabouts
from portal.pages.users.routes import pages
from portal.rules.accounts import may_see, sees_role
from portal.rules.actor import Actor
from portal.rules.errors import NotAllowed, NothingFound
from portal.rules.verdict import Refusal, Verdict
from portal.rules.why import Chain, Why
from portal.store.queries import clusters, organisations
from portal.store.queries.reached import watched
from portal.web.access import Permission, me, my_role, requires, services
from portal.web.reading import reading


@dataclass(frozen=True)
class Answer:
    """What the viewer may know of it: chains that break at places that they don't see are a number."""

    why: Why
    chains: Sequence[Chain]

    @property
    def hidden(self) -> int:
        return len(self.why.chains) - len(self.chains)


@pages.get("/<uuid:person_id>/why")
@requires(Permission.SEE_USERS)
def why(person_id: UUID) -> str:
    """The organisation is searched for, and chosen; those alone whose people the viewer may see."""
    text, code = one_line(request.args.get("q"))[:SEARCH_LIMIT], one_line(request.args.get("organisation"))
    actor = actor_now(services(), me().acting_as)
    account = account_of(services(), services().reader.standing(str(person_id)))
    verdict = may_see(actor, account)
    if not verdict.allowed:
        raise NotAllowed(verdict)
    answer = _answer(actor, account.standing.person, code) if code else None
    with reading() as db:
        matching = watched(db, my_role(), text, SHOWN + 1)
        found, more = matching[:SHOWN], len(matching) > SHOWN
        names, at = _names(db, answer), whereabouts(db, found)
    person = account.standing.person
    return render_template(
        "users/why.jinja",
        person=person,
        answer=answer,
        found=found,
        more=more,
        at=at,
        text=text,
        names=names,
    )


def _answer(actor: Actor, person: Person, typed: str) -> Answer:
    """By Keycloak's present state. Raises NotAllowed, NothingFound."""
    with reading() as db:
        known = organisations.get(db, typed)
    if known is None:
        raise NothingFound(typed)
    found = why_now(services(), person.id, known.code)
    if not sees_role(actor, found.organisation):
        raise NotAllowed(Verdict(Refusal.NOT_YOUR_ORGANISATION))
    shown = [one for one in found.chains if one.broken is None or (one.place and sees_role(actor, one.place))]
    return Answer(found, shown)


def _names(db: Session, answer: Answer | None) -> dict[str, str]:
    """What the clusters are called, by id."""
    commissioners = {one.holding.organisation for one in answer.chains if one.clusters} if answer else set()
    return {row.cluster.id: row.cluster.name for code in commissioners for row in clusters.listing(db, code)}
