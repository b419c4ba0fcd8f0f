"""Asking for a new link to set a password. The same answer for every e-mail address."""

from flask import Blueprint, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from portal.acts.new_link import send_again
from portal.pages.fields import EmailField
from portal.web.access import public, request_origin, services
from portal.web.new_sessions import keeps_session

pages = Blueprint("new_link", __name__, url_prefix="/register/new-link")


class NewLinkForm(FlaskForm):
    """Where to send it."""

    email = EmailField("What email address did you register with?")


@pages.route("", methods=["GET", "POST"])
@public
@keeps_session
def ask() -> str | Response:
    """Asks for the address and sends the link, if there is somebody to send it to."""
    form = NewLinkForm()
    if form.validate_on_submit():
        send_again(services(), form.email.data or "", request_origin())
        return redirect(url_for("new_link.sent"), code=303)
    return render_template("register/new_link.jinja", form=form)


@pages.get("/sent")
@public
def sent() -> str:
    """Says what happens, and not whether the address is known."""
    return render_template("register/new_link_sent.jinja")
