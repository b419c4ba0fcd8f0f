"""Requesting one more role: organisation, role and reason, check, send.

The organisation is part of the address, so two tabs are two requests.
"""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField

from directory.vocabulary import Organisation, Role
from portal.acts.ask import AskedRole, ask
from portal.pages import organisation_search
from portal.pages.fields import ReasonField, needed, one_line, option
from portal.pages.register.forms import OrganisationForm
from portal.rules import errors
from portal.rules.roles import offered
from portal.web.access import me, request_origin, services, signed_in

pages = Blueprint("request_access", __name__, url_prefix="/profile/request-access")
REFUSED = {
    errors.AlreadyHeld: "You already hold this role at this organisation.",
    errors.AlreadyAsked: "You have already asked for this role at this organisation. The request is waiting.",
    errors.OrganisationClosed: "This organisation no longer takes requests.",
    errors.RoleNotOffered: "This organisation no longer offers that role.",
    errors.NothingFound: "This organisation no longer takes requests.",
}


class AskForm(FlaskForm):
    """The role, of those the organisation offers, and why."""

    role = RadioField(
        "What role do you need?", validators=[needed("Select the role you need")], validate_choice=False
    )
    reason = ReasonField("Why do you need it?", missing="Enter a reason")


@pages.route("", methods=["GET", "POST"])
@signed_in
def organisation() -> str | Response:
    """A search, and what it found to choose from."""
    form = OrganisationForm()
    if form.validate_on_submit():
        chosen = organisation_search.get(form.code.data)
        if chosen:
            return redirect(url_for("request_access.role", code=chosen.code), code=303)
        form.code.errors = ["Select an open organisation from the list"]
    found = organisation_search.search(one_line(request.args.get("q")))
    form.code.choices = found.choices
    return render_template("profile/find.jinja", form=form, found=found, searched="q" in request.args)


@pages.get("/organisations")
@signed_in
def suggest() -> Response:
    """Organisations for the search box, as JSON."""
    return jsonify(organisation_search.suggestions(one_line(request.args.get("q"))))


@pages.route("/<code>", methods=["GET", "POST"])
@signed_in
def role(code: str) -> str:
    """The role and the reason; what is complete is shown for checking."""
    place = _place(code)
    form = _form(place)
    complete = "change" not in request.form and form.validate_on_submit()
    if complete and _is_offered(form, place):
        return render_template(
            "profile/check.jinja", form=form, organisation=place, role=Role(form.role.data)
        )
    return render_template("profile/ask.jinja", form=form, organisation=place)


@pages.post("/<code>/send")
@signed_in
def send(code: str) -> str | Response:
    """Makes the request; a double click finds it made."""
    place = _place(code)
    form = _form(place)
    if not form.validate_on_submit() or not _is_offered(form, place):
        return render_template("profile/ask.jinja", form=form, organisation=place)
    try:
        ask(
            services(),
            me().id,
            AskedRole(place.code, Role(form.role.data), form.reason.data or ""),
            request_origin(),
        )
    except tuple(REFUSED) as refused:
        flash(REFUSED[type(refused)], "information")
        return redirect(url_for("profile.roles"), code=303)
    flash(f"Your request for {Role(form.role.data).label} at {place.name} was submitted.", "success")
    return redirect(url_for("profile.roles"), code=303)


def _place(code: str) -> Organisation:
    place = organisation_search.get(code)
    if place is None:
        abort(404)
    return place


def _form(place: Organisation) -> AskForm:
    form = AskForm()
    form.role.choices = [option(one.value, one.label) for one in offered(place)]
    return form


def _is_offered(form: AskForm, place: Organisation) -> bool:
    return form.role.data in {role.value for role in offered(place)}
