"""Instead of an empty list: why the active role stands over nobody."""

from flask import render_template

from directory.vocabulary import Holding
from portal.rules.conditions import Place
from portal.rules.rights import Action, refused_by_table
from portal.rules.verdict import Refusal
from portal.store.queries import organisations
from portal.web.access import my_role, services


def why_empty(heading: str) -> str | None:
    """The page that says why, when the table gives the role nothing even where it is held; else None.

    So it is with a Provider Approver of a single-level provider, made in Keycloak's console or left over from
    a change of level there.
    """
    refusal = _refusal(my_role())
    return render_template("layout/why_empty.jinja", heading=heading, refusal=refusal) if refusal else None


def _refusal(holding: Holding) -> Refusal | None:
    with services().sessions() as db:
        place = organisations.get(db, holding.organisation) if holding.organisation else None
    return refused_by_table(Action.DISABLE, holding, Place(place.as_organisation())) if place else None
