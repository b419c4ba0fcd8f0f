"""Disabling one's own account: what that means, confirmed, and signed out."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from portal.acts.disable import disable_own, preview_own
from portal.pages.accounts.said import CHANGED
from portal.rules.errors import AlreadySo, OutOfDate
from portal.rules.use import is_of_service_desk
from portal.web.access import me, request_origin, services, signed_in

pages = Blueprint("disable_account", __name__, url_prefix="/profile/disable")


@pages.get("")
@signed_in
def show() -> str:
    """What it means, before anything is asked."""
    return render_template("profile/disable.jinja", of_service_desk=is_of_service_desk(me().standing))


@pages.route("/confirm", methods=["GET", "POST"])
@signed_in
def confirm() -> str | Response:
    """Names every organisation that the person leaves, and disables the account."""
    if request.method == "POST":
        return _disable()
    change = preview_own(services(), me().acting_as)
    return render_template("profile/disable_confirm.jinja", change=change)


def _disable() -> Response:
    """Does it; the session ends here at once, and everywhere else with the account."""
    because = "disabled-own-desk" if is_of_service_desk(me().standing) else "disabled-own"
    stay = None
    try:
        shown = request.form.get("shown", "")
        change = disable_own(services(), me().acting_as, shown, request_origin())
        stay = None if change.sessions_ended else "stay"
    except OutOfDate:
        flash(CHANGED, "information")
        return redirect(url_for("disable_account.confirm"), code=303)
    except AlreadySo:
        pass  # a double click: it is being done
    session.start_anew()  # type: ignore[attr-defined]
    return redirect(url_for("signin.signed_out", because=because, sessions=stay), code=303)
