"""Invitations that wait: the list, sending one again, cancelling one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.sent_invitations import cancel, preview, resend
from portal.pages.fields import one_line
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.return_address import own_page_or
from portal.rules.errors import InvitationEnded
from portal.store.queries import invitations
from portal.web import second_factor
from portal.web.access import Permission, me, my_role, request_origin, requires, services
from portal.web.reading import reading

pages = Blueprint("pending_invitations", __name__, url_prefix="/users/invite/pending")
ENDED = "That invitation is not waiting any more: it was accepted, cancelled or has lapsed."


@pages.get("")
@requires(Permission.INVITE)
def listing() -> str:
    """Those that wait at the organisations and for the roles that the active role may invite to."""
    text = one_line(request.args.get("q"))
    with reading() as db:
        page = existing(invitations.pending(db, my_role(), asked_page(), asked_size(), text))
    return render_template("invitations/pending.jinja", page=page, text=text)


@pages.post("/<uuid:invitation_id>/resend")
@requires(Permission.INVITE)
def send_again(invitation_id: UUID) -> Response:
    """A new link to the same address; the one before stops working.

    Whoever sends it answers for what it gives from then on, as for an invitation of their own.
    """
    if second_factor.is_stale():
        return second_factor.ask(_back().rstrip("?"))
    try:
        seen = request.form.get("round", "")
        one = resend(services(), me().acting_as, invitation_id, request_origin(), seen)
    except InvitationEnded:
        flash(ENDED, "information")
    else:
        flash(f"The invitation was sent again to {one.email}. The earlier link no longer works.", "success")
    return redirect(_back(), code=303)


@pages.route("/<uuid:invitation_id>/cancel", methods=["GET", "POST"])
@requires(Permission.INVITE)
def confirm(invitation_id: UUID) -> str | Response:
    """Names whose invitation it is, and takes it back."""
    try:
        if request.method == "GET":
            one = preview(services(), me().acting_as, invitation_id)
            return render_template("invitations/cancel.jinja", one=one, back=_back())
        one = cancel(services(), me().acting_as, invitation_id, request_origin())
    except InvitationEnded:
        flash(ENDED, "information")
    else:
        flash(f"The invitation to {one.name} was cancelled.", "success")
    return redirect(_back(), code=303)


def _back() -> str:
    """The part of the list that they came from."""
    return own_page_or(request.args.get("next"), url_for("pending_invitations.listing"))
