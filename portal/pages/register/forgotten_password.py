"""Asking for a link to set another password. The same answer for every e-mail address."""

from flask import Blueprint, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from portal.acts.new_link import send_again
from portal.pages.fields import EmailField
from portal.web.access import public, request_origin, services
from portal.web.new_sessions import keeps_session

pages = Blueprint("forgotten_password", __name__, url_prefix="/forgotten-password")


class ForgottenPasswordForm(FlaskForm):
    """Where to send it."""

    email = EmailField("What is your email address?")


@pages.route("", methods=["GET", "POST"])
@public
@keeps_session
def ask() -> str | Response:
    """Asks for the address; the worker has Keycloak mail the link, if there is somebody to send it to."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        send_again(services(), form.email.data or "", request_origin(), forgotten=True)
        return redirect(url_for("forgotten_password.sent"), code=303)
    return render_template("register/forgotten_password.jinja", form=form)


@pages.get("/sent")
@public
def sent() -> str:
    """Says what happens, and not whether the address is known."""
    return render_template("register/forgotten_password_sent.jinja")
