"""The mailed link: a page with a button, so that a program that only opens links accepts nothing."""

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.acts.accept_invitation import accept, ask_again, look
from portal.rules.errors import InvitationEnded, NothingFound
from portal.web.access import public, request_origin, services
from portal.web.new_sessions import keeps_session

pages = Blueprint("invitation", __name__, url_prefix="/invitation")


@pages.get("/<uuid:invitation_id>/<token>")
@public
@keeps_session
def show(invitation_id: UUID, token: str) -> str | tuple[str, int]:
    """What the person is invited to, or what has become of it; all other links are answered alike."""
    try:
        one = look(services(), invitation_id, token, request_origin())
    except NothingFound:
        return render_template("invitations/no_link.jinja", invitation_id=invitation_id), 404
    at = services().clock()
    if one.is_pending and not one.has_lapsed(at):
        return render_template("invitations/accept.jinja", one=one)
    state = "lapsed" if one.has_lapsed(at) else one.state.value
    return render_template("invitations/over.jinja", one=one, state=state)


@pages.post("/<uuid:invitation_id>/<token>")
@public
def take(invitation_id: UUID, token: str) -> Response:
    """Accepts it; the same page then says what follows."""
    with suppress(InvitationEnded, NothingFound):  # the page says what is so instead
        accept(services(), invitation_id, token, request_origin())
    return redirect(url_for("invitation.show", invitation_id=invitation_id, token=token), code=303)


@pages.post("/<uuid:invitation_id>/another")
@public
def another(invitation_id: UUID) -> Response:
    """Has the worker write to the invited address; the same answer for every link."""
    ask_again(services(), invitation_id, request_origin())
    return redirect(url_for("invitation.asked"), code=303)


@pages.get("/another-link")
@public
def asked() -> str:
    """Says what happens, and to which address it doesn't."""
    return render_template("invitations/asked.jinja")
