"""Moving the date of a test environment."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from portal.acts.system_date import FARTHEST, move
from portal.store.moved_clock import days_ahead
from portal.web.access import me, request_origin, services, signed_in
from portal.web.reading import reading

pages = Blueprint("system_date", __name__, url_prefix="/profile/system-date")
WRONG = f"Enter a number of days from 0 to {FARTHEST}"


class DateForm(FlaskForm):
    """How far ahead."""

    days = IntegerField(
        "How many days ahead should this service's date be?",
        validators=[InputRequired(WRONG), NumberRange(0, FARTHEST, WRONG)],
    )


@pages.route("", methods=["GET", "POST"])
@signed_in
def change() -> str | Response:
    """Shows how far the date is moved, and moves it; where the settings don't allow it there is no page."""
    if not services().settings.system_date_change:
        abort(404)
    with reading() as db:
        form = DateForm(days=days_ahead(db))
    if form.validate_on_submit():
        move(services(), me().acting_as, form.days.data or 0, request_origin())
        flash("The date was moved." if form.days.data else "The date is today's again.", "success")
        return redirect(url_for("system_date.change"), code=303)
    return render_template("profile/system_date.jinja", form=form)
