"""Removing one role at one organisation from a person: which role, what will follow, and done."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import AnyOf

from directory.vocabulary import Role
from portal.acts.remove_role import Removal, preview, removable, remove
from portal.pages.fields import needed, option
from portal.pages.return_address import own_page_or
from portal.rules.errors import NotHeld, OutOfDate
from portal.store.queries import organisations
from portal.web.access import Permission, me, request_origin, requires, services
from portal.web.reading import reading
from portal.web.second_factor import fresh

pages = Blueprint("remove_role", __name__, url_prefix="/users/<uuid:person_id>/roles/<code>/remove")
UNANSWERED = "Select the role to remove"
GONE = "The role was already removed, or is being removed. Nothing more was done."
CHANGED = "Who decides from then on has changed. Check this again."


class RoleForm(FlaskForm):
    """Which of the roles that the person holds at the organisation."""

    role = RadioField(
        "Which role do you want to remove?",
        validators=[needed(UNANSWERED), AnyOf([role.value for role in Role], UNANSWERED)],
        validate_choice=False,
    )


@pages.route("", methods=["GET", "POST"])
@requires(Permission.REMOVE_ROLES)
def choose(person_id: UUID, code: str) -> str | Response:
    """The person's roles there to choose from; with a single one there is nothing to choose."""
    found = removable(services(), me().acting_as, str(person_id), _known(code))
    form = RoleForm()
    form.role.choices = [option(role.value, role.label) for role in found.roles]
    if len(found.roles) == 1:
        return _to_confirm(person_id, code, found.roles[0].value)
    if form.validate_on_submit():
        return _to_confirm(person_id, code, form.role.data)
    return render_template("remove_role/choose.jinja", found=found, form=form, back=_back())


def _to_confirm(person_id: UUID, code: str, role: str) -> Response:
    after = request.args.get("next")
    address = url_for("remove_role.confirm", person_id=person_id, code=code, role=role, next=after)
    return redirect(address, code=303)


@pages.route("/<role>", methods=["GET", "POST"])
@requires(Permission.REMOVE_ROLES)
@fresh
def confirm(person_id: UUID, code: str, role: str) -> str | Response:
    """Names what removing the role will do, and does it."""
    if role not in set(Role):
        abort(404)
    if request.method == "POST":
        return _remove(str(person_id), _known(code), Role(role))
    removal = preview(services(), me().acting_as, str(person_id), _known(code), Role(role))
    return render_template("remove_role/confirm.jinja", removal=removal, back=_back())


def _remove(person_id: str, code: str, role: Role) -> Response:
    """Makes the confirmed removal; a double click finds it made."""
    warning = request.form.get("decides", "")
    try:
        removal = remove(services(), me().acting_as, person_id, code, role, warning, request_origin())
    except OutOfDate:
        flash(CHANGED, "information")
        return redirect(request.full_path.rstrip("?"), code=303)
    except NotHeld:
        flash(GONE, "information")
        return redirect(_back(), code=303)
    flash(_said(removal), "success")
    return redirect(_back(), code=303)


def _said(removal: Removal) -> str:
    who, what = removal.person.display_name, f"{removal.role.label} at {removal.organisation.name}"
    if removal.applied:
        return f"{who} is no longer {what}."
    return f"{who} will soon no longer be {what}. The change is being applied: you need do nothing more."


def _known(code: str) -> str:
    """The ODS code as it is written, of an organisation that there is."""
    with reading() as db:
        found = organisations.get(db, code)
    if found is None:
        abort(404)
    return found.code


def _back() -> str:
    """The list that the person came from."""
    return own_page_or(request.args.get("next"), url_for("users.listing"))
