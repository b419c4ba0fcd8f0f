"""My profile: details, roles held and asked for, notification settings, own activity."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.acts import own_names
from portal.effects.names import Names
from portal.model.requests import AccessRequest
from portal.pages.fields import NameField
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.roles.routes import Choice, choices
from portal.store.queries import audit, grants, organisations
from portal.store.queries import requests as request_queries
from portal.web.access import me, request_origin, services, signed_in
from portal.web.reading import reading

pages = Blueprint("profile", __name__, url_prefix="/profile")
RECENT = 10
NAMES_SAVED = "Your name was changed."
NAMES_SOON = "Your name will be changed soon: the sign-in service is slow at the moment."


class NamesForm(FlaskForm):
    """What the person is called."""

    first_name = NameField("First name")
    last_name = NameField("Last name")


@dataclass(frozen=True)
class Asked:
    """A request of one's own, with whom it was last passed to, in words (empty when not known)."""

    request: AccessRequest
    holder: str


@pages.get("")
@signed_in
def show() -> str:
    """The tiles of My profile."""
    return render_template("profile/profile.jinja")


@pages.get("/details")
@signed_in
def details() -> str:
    """Name, user name and e-mail; the ways to change them and the password."""
    return render_template("profile/details.jinja")


@pages.route("/details/edit", methods=["GET", "POST"])
@signed_in
def edit_details() -> str | Response:
    """Asks for the names, and saves them."""
    person = me().standing.person
    form = NamesForm(first_name=person.first_name, last_name=person.last_name)
    if form.validate_on_submit():
        wanted = Names(form.first_name.data or "", form.last_name.data or "")
        saved = own_names.change(services(), me().acting_as, wanted, request_origin())
        flash(NAMES_SAVED if saved else NAMES_SOON, "success")
        return redirect(url_for("profile.details"), code=303)
    return render_template("profile/edit_details.jinja", form=form)


@pages.get("/roles")
@signed_in
def roles() -> str:
    """Roles held, roles asked for, and what became of earlier requests."""
    person = me()
    with reading() as db:
        held: list[Choice] = choices(db, person.holdings)
        asked = request_queries.of_person(db, person.id, person.standing.person.email)
        waiting = [Asked(one, _holder(db, one)) for one in asked if one.is_open or one.is_being_applied]
        given = grants.given(db, person.id)
    earlier = [one for one in asked if not one.is_open and not one.is_being_applied][:RECENT]
    return render_template(
        "profile/roles.jinja",
        held=held,
        waiting=waiting,
        earlier=earlier,
        active=person.active,
        given=given,
    )


def _holder(db: Session, asked: AccessRequest) -> str:
    if asked.held_by_role is None:
        return ""
    if not asked.held_by_organisation:
        return asked.held_by_role.label
    place = organisations.get(db, asked.held_by_organisation)
    return f"{asked.held_by_role.label}, {place.name if place else asked.held_by_organisation}"


@pages.get("/activity")
@signed_in
def activity() -> str:
    """What the audit has about the person."""
    person = me().standing.person
    with reading() as db:
        page = existing(audit.of_person(db, person.id, person.email, asked_page(), asked_size()))
    return render_template("profile/activity.jinja", page=page)
