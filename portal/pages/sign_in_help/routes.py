"""Helping somebody to sign in again: unlocking, and removing a lost second factor, each confirmed first."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.second_factors import SignIn, sign_in_of
from portal.acts.second_factors import preview as preview_removal
from portal.acts.second_factors import remove as have_removed
from portal.acts.unlock import Unlock
from portal.acts.unlock import preview as preview_unlock
from portal.acts.unlock import unlock as have_unlocked
from portal.pages.return_address import own_page_or
from portal.rules.errors import NoSecondFactor, NotLocked, OutOfDate
from portal.web.access import Permission, me, request_origin, requires, services
from portal.web.second_factor import fresh

pages = Blueprint("sign_in_help", __name__, url_prefix="/users/<uuid:person_id>")
NOT_LOCKED = "The account was already unlocked, or is being unlocked. Nothing more was done."
NO_FACTOR = "The second factor was already removed, or is being removed. Nothing more was done."
CHANGED = "What there is to remove has changed. Check this again."


@pages.get("/sign-in")
@requires(Permission.HELP_SIGN_IN)
def show(person_id: UUID) -> str:
    """What may keep the person from signing in, as Keycloak has it now."""
    found = sign_in_of(services(), me().acting_as, str(person_id))
    return render_template("sign_in_help/show.jinja", found=found, back=_back())


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


@pages.route("/second-factors/remove", methods=["GET", "POST"])
@requires(Permission.HELP_SIGN_IN)
@fresh
def factors(person_id: UUID) -> str | Response:
    """Says what removing the second factors means, and does it."""
    if request.method == "POST":
        return _remove(str(person_id))
    found = preview_removal(services(), me().acting_as, str(person_id))
    return render_template("sign_in_help/factors.jinja", found=found, back=_back())


def _remove(person_id: str) -> Response:
    """Removes those that were shown; a double click finds them removed."""
    shown = request.form.getlist("factor")
    try:
        found = have_removed(services(), me().acting_as, person_id, shown, request_origin())
    except OutOfDate:
        flash(CHANGED, "information")
        return redirect(request.full_path.rstrip("?"), code=303)
    except NoSecondFactor:
        flash(NO_FACTOR, "information")
    else:
        flash(_removed(found), "success")
    return redirect(_back(), code=303)


def _removed(found: SignIn) -> str:
    who = found.person.display_name
    if found.applied:
        return f"{who} can sign in with their password alone."
    return f"{who} can soon sign in with their password alone. The change is being applied."


def _said(asked: Unlock) -> str:
    who = asked.person.display_name
    if asked.applied:
        return f"{who} is no longer locked and can sign in."
    return f"{who} can soon sign in. The change is being applied: you need do nothing more."


def _back() -> str:
    """The list that the person came from."""
    return own_page_or(request.args.get("next"), url_for("users.listing"))
