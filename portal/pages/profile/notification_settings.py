"""Whether a person wants our e-mails."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from portal.acts.preferences import set_wants_email
from portal.web.access import me, request_origin, services, signed_in

pages = Blueprint("settings", __name__, url_prefix="/profile/notification-settings")

SOON = "Your notification settings will be saved soon: the sign-in service is slow at the moment."


class SettingsForm(FlaskForm):
    """The one box."""

    wants_email = BooleanField("Please send me email notifications")


@pages.route("", methods=["GET", "POST"])
@signed_in
def notifications() -> str | Response:
    """Shows the setting and saves it."""
    form = SettingsForm(wants_email=me().standing.person.wants_email)
    if form.validate_on_submit():
        saved = set_wants_email(services(), me().id, form.wants_email.data, request_origin())
        flash("Your notification settings were saved." if saved else SOON, "success")
        return redirect(url_for("settings.notifications"), code=303)
    return render_template("profile/settings.jinja", form=form)
