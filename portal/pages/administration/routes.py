"""Administrative tasks: what an administrator of a commissioning organisation looks after."""

from flask import Blueprint, render_template

from portal.pages.organisation_search import KINDS
from portal.pages.why_empty import why_empty
from portal.store.queries import organisations, providers
from portal.store.queries.users_list.listing import listing
from portal.web.access import Permission, me, my_role, requires
from portal.web.reading import reading

pages = Blueprint("administration", __name__, url_prefix="/administration")
HEADING = "Manage organisations and users"


@pages.get("")
@requires(Permission.ADMINISTER)
def show() -> str:
    """The tiles of Manage organisations and users."""
    return why_empty(HEADING) or render_template("administration/tiles.jinja", heading=HEADING)


@pages.get("/organisation")
@requires(Permission.ADMINISTER)
def organisation() -> str:
    """The facts of the organisation that the role is held at, and how much is below it."""
    place = me().organisation
    if (nobody := why_empty(HEADING)) or place is None:
        return nobody or render_template("administration/tiles.jinja", heading=HEADING)
    with reading() as db:
        row = organisations.get(db, place.code)
        above = organisations.parent(db, row) if row else None
        below = providers.listing(db, my_role()).total
        entries = listing(db, my_role()).total
    return render_template(
        "administration/organisation.jinja", place=place, kind=KINDS[place.type], above=above,
        below=below, entries=entries,
    )  # fmt: skip
