"""Helping somebody to sign in again: what will follow, and done."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.unlock import Unlock
from portal.acts.unlock import preview as preview_unlock
from portal.acts.unlock import unlock as have_unlocked
from portal.pages.return_address import own_page_or
from portal.rules.errors import NotLocked
from portal.web.access import Permission, me, request_origin, requires, services

pages = Blueprint("sign_in_help", __name__, url_prefix="/users/<uuid:person_id>")
NOT_LOCKED = "The account was already unlocked, or is being unlocked. Nothing more was done."


@pages.route("/unlock", methods=["GET", "POST"])
@requires(Permission.HELP_SIGN_IN)
def unlock(person_id: UUID) -> str | Response:
    """Says what unlocking means, and does it."""
    if request.method == "POST":
        return _unlock(str(person_id))
    asked = preview_unlock(services(), me().acting_as, str(person_id))
    return render_template("sign_in_help/unlock.jinja", person=asked.person, back=_back())


def _unlock(person_id: str) -> Response:
    """Ends the lock; a double click finds it ended."""
    try:
        asked = have_unlocked(services(), me().acting_as, person_id, request_origin())
    except NotLocked:
        flash(NOT_LOCKED, "information")
    else:
        flash(_said(asked), "success")
    return redirect(_back(), code=303)


def _said(asked: Unlock) -> str:
    who = asked.person.display_name
    if asked.applied:
        return f"{who} is no longer locked and can sign in."
    return f"{who} can soon sign in. The change is being applied: you need do nothing more."


def _back() -> str:
    """The list that the person came from."""
    return own_page_or(request.args.get("next"), url_for("users.listing"))
