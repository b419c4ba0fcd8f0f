"""How a person signs in, and where they are signed in now: their second factors, and their sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from directory.concurrently import concurrently
from directory.vocabulary import KeycloakSession
from portal.acts.sign_out_elsewhere import sign_out_elsewhere
from portal.model.sessions import PortalSession
from portal.store.queries import sessions
from portal.web.access import me, request_origin, services, signed_in
from portal.web.reading import reading
from portal.web.sessions import KEYCLOAK_SID

pages = Blueprint("sessions", __name__, url_prefix="/profile/sign-in")
OTHERS = "others"
ENDED = "You are signed out there."
SOON = "You are signed out of this service there. The sign-in service follows soon: it is slow at the moment."
NONE_LEFT = "You had already been signed out there."


@dataclass(frozen=True)
class Place:
    """Somewhere that the person is signed in; `here` for this browser. `id` is of Keycloak's session."""

    id: str
    device: str
    address: str
    since: datetime
    seen_at: datetime
    here: bool


@pages.get("")
@signed_in
def show() -> str:
    """Second factors, and the places with this one first."""
    reader, person_id = services().reader, me().id
    factors, places = concurrently(
        partial(reader.second_factors, person_id), partial(reader.sessions, person_id)
    )
    return render_template("profile/sign_in.jinja", factors=factors, places=_places(places))


@pages.post("/end")
@signed_in
def end() -> Response:
    """Signs out of one of the other places, or of all; a double click finds it done."""
    wanted = request.form.get("place", OTHERS)
    others = {place.id for place in _places(services().reader.sessions(me().id)) if not place.here}
    ended = others if wanted == OTHERS else others & {wanted}
    if not ended:
        flash(NONE_LEFT, "information")
    elif sign_out_elsewhere(services(), me().acting_as, ended, request_origin()):
        flash(ENDED, "success")
    else:
        flash(SOON, "success")
    return redirect(url_for("sessions.show"), code=303)


def _places(at_keycloak: Sequence[KeycloakSession]) -> list[Place]:
    """Our sessions and Keycloak's of the same sign-ins together: this one, then the last used first."""
    with reading() as db:
        ours = {
            one.keycloak_sid or "": one for one in sessions.of_person(db, me().id, services().true_time())
        }
    theirs = {one.id: one for one in at_keycloak}
    found = [_place(sid, ours.get(sid), theirs.get(sid)) for sid in ours.keys() | theirs.keys()]
    return sorted(found, key=lambda place: (place.here, place.seen_at), reverse=True)


def _place(sid: str, ours: PortalSession | None, theirs: KeycloakSession | None) -> Place:
    """One of the two at least is there."""
    begun = [one for one in (ours and ours.created_at, theirs and theirs.since) if one]
    seen = [one for one in (ours and ours.last_seen_at, theirs and theirs.used_at) if one]
    device, address = (ours.device, ours.address) if ours else ("", "")
    address = address or (theirs.address if theirs else "")
    return Place(sid, device, address, min(begun), max(seen), sid == session.get(KEYCLOAK_SID))
