"""My profile: details, roles held and asked for, notification settings, own activity."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.model.requests import AccessRequest
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.roles.routes import Choice, choices
from portal.store.queries import audit, organisations
from portal.store.queries import requests as request_queries
from portal.web import oidc
from portal.web.access import me, services, signed_in
from portal.web.reading import reading

pages = Blueprint("profile", __name__, url_prefix="/profile")
RECENT = 10


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
    """Name, user name and e-mail; changing the password is Keycloak's."""
    return render_template("profile/details.jinja")


@pages.post("/password")
@signed_in
def change_password() -> Response:
    """Sends the browser to Keycloak's page for a new password, and back."""
    callback = f"{services().settings.portal_url}{url_for('signin.callback')}"
    return redirect(oidc.begin(callback, url_for("profile.details"), oidc.NEW_PASSWORD), code=303)


@pages.get("/roles")
@signed_in
def roles() -> str:
    """Roles held, roles asked for, and what became of earlier requests."""
    person = me()
    with reading() as db:
        held: list[Choice] = choices(db, person.holdings)
        asked = request_queries.of_person(db, person.id, person.standing.person.email)
        waiting = [Asked(one, _holder(db, one)) for one in asked if one.is_open or one.is_being_applied]
    earlier = [one for one in asked if not one.is_open and not one.is_being_applied][:RECENT]
    return render_template(
        "profile/roles.jinja", held=held, waiting=waiting, earlier=earlier, active=person.active
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
