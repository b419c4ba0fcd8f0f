"""Home: tiles for what the active role can do."""

from flask import Blueprint, current_app, render_template
from werkzeug.wrappers import Response

from portal.pages.navigation import SECTIONS, sections
from portal.store.queries import notices
from portal.store.queries import requests as request_queries
from portal.web.access import Permission, me, my_role, requires
from portal.web.reading import reading

pages = Blueprint("home", __name__)


@pages.get("/home")
@requires(Permission.HAVE_A_ROLE)
def show() -> str | Response:
    """The tiles, with how much waits behind them."""
    person, holding = me(), my_role()
    with reading() as db:
        counts = {"notifications.listing": notices.unread_count(db, person.id)}
        if person.may(Permission.DECIDE_REQUESTS):
            counts["requests.queue"] = request_queries.open_count(db, holding, person.id)
    shown = [section for section in sections(current_app, person) if section is not SECTIONS[0]]
    return render_template("home/home.jinja", sections=shown, counts=counts)
