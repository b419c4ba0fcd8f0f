"""Instead of an empty list: why the active role stands over nobody."""

from dataclasses import replace

from flask import render_template

from portal.rules.conditions import Place
from portal.rules.rights import Action, refused_by_table
from portal.rules.verdict import Refusal
from portal.web.access import SignedIn, me


def why_empty(heading: str) -> str | None:
    """The page that says why, when the table gives the role nothing even where it is held; else None.

    So it is with a Provider Approver of a single-level provider, made in Keycloak's console or left over from
    a change of level there; and with whoever is restricted to clusters that list nothing.
    """
    refusal = _refusal(me())
    return render_template("layout/why_empty.jinja", heading=heading, refusal=refusal) if refusal else None


def _refusal(person: SignedIn) -> Refusal | None:
    place, held = person.organisation, person.active
    if held is not None and held.only:
        held = replace(held, only=None)  # it reaches others, though not its own organisation
    return refused_by_table(Action.SEE_PEOPLE, held, Place(place)) if place else None
