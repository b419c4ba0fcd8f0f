"""Where the people of a closed provider go: the successor, who would get which role there, confirmed."""

from collections.abc import Iterable

from flask import abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from directory.vocabulary import Role
from portal.acts.move_people import Chosen, Going, Moved, move, proposal
from portal.pages.fields import one_line
from portal.pages.organisation_search import whereabouts
from portal.rules.errors import AlreadyAsked, AlreadyHeld, NotAllowed, PortalFault
from portal.store.queries import organisations
from portal.web import second_factor
from portal.web.access import Permission, me, request_origin, requires, services
from portal.web.reading import reading

MOST = 200
UNKNOWN = "Enter the ODS code of an open organisation, like A82001"
NOBODY = "Tick at least one person"
TOO_MANY = f"Tick {MOST} people or fewer"
KEPT = "kept_moves"
"""In the session: who was ticked, on the way to a fresh second factor or to a message."""
REASONS: dict[type[PortalFault], str] = {
    AlreadyHeld: "Has this role there already.",
    AlreadyAsked: "Has asked for this role there already: answer that request.",
}


@requires(Permission.MOVE_PEOPLE)
def people(code: str) -> str | Response:
    """Chooses the successor, names who would get which role there, and gives it to the ticked."""
    known, other = _closed(code), one_line(request.args.get("other"))
    to = _successor(other or one_line(request.args.get("to")))
    if request.method == "POST":
        if to is None:
            abort(400)
        return _move(known, to)
    if to and second_factor.is_stale():
        return second_factor.ask(url_for("providers.people", code=known, to=to))
    shown = proposal(services(), me().acting_as, known, to or "")
    why = {one.key: reason(one.fault) for one in shown.people}
    with reading() as db:
        at = whereabouts(db, [*shown.suggested, *filter(None, [shown.successor])])
    return render_template(
        "providers/moving.jinja",
        shown=shown,
        why=why,
        at=at,
        typed=other,
        ticked=_kept(known, to, shown.people),
        mistaken_field=_first_box(shown.people) if to else "other",
    )


def _move(code: str, to: str) -> str | Response:
    chosen, here = (
        list(_ticked(request.form.getlist("chosen"))),
        url_for("providers.people", code=code, to=to),
    )
    if not chosen:
        flash(NOBODY, "problem")
        return redirect(here, code=303)
    _keep(code, to, chosen)
    if len(chosen) > MOST:
        flash(TOO_MANY, "problem")
        return redirect(here, code=303)
    if second_factor.is_stale():
        return second_factor.ask(here)
    moved = move(services(), me().acting_as, code, to, chosen, request_origin())
    session.pop(KEPT, None)
    with reading() as db:
        place = organisations.get(db, to)
    return render_template("providers/moved.jinja", results=_results(moved), place=place, code=code)


def _results(moved: Iterable[Moved]) -> list[tuple[Moved, str]]:
    return [(one, reason(one.fault) if one.fault else "Given. We will tell them.") for one in moved]


def reason(fault: PortalFault | None) -> str:
    """Why somebody can't be given a role; empty when they can."""
    if fault is None:
        return ""
    if isinstance(fault, NotAllowed):
        return str(fault.verdict.refusal)
    return REASONS.get(type(fault), "This can't be done at the moment. Try again.")


def _keep(code: str, to: str, chosen: Iterable[Chosen]) -> None:
    session[KEPT] = [code, to, [f"{role.value} {person_id}" for person_id, role in chosen]]


def _kept(code: str, to: str | None, people: Iterable[Going]) -> frozenset[str]:
    """Who is ticked: as was kept for these places, at first everybody."""
    kept = session.get(KEPT)
    return frozenset(kept[2]) if kept and kept[:2] == [code, to] else frozenset(one.key for one in people)


def _first_box(people: Iterable[Going]) -> str:
    """The first box there is; the heading of none."""
    return next((f"chosen-{n}" for n, one in enumerate(people, 1) if not one.fault), "maincontent")


def _ticked(keys: Iterable[str]) -> Iterable[Chosen]:
    """The ones of the form; what is none is left out."""
    for key in keys:
        role, _, person_id = key.partition(" ")
        if role in set(Role) and person_id:
            yield person_id, Role(role)


def _closed(code: str) -> str:
    """The ODS code as it is written; whether it has closed, and is theirs, the act judges."""
    with reading() as db:
        found = organisations.get(db, code)
    if found is None:
        abort(404)
    return found.code


def _successor(typed: str) -> str | None:
    """The ODS code of an organisation that there is; None, with a word, for what is none."""
    if not typed:
        return None
    with reading() as db:
        found = organisations.get(db, typed.replace(" ", ""))
    if found is None:
        flash(UNKNOWN, "problem")
    return found.code if found else None
