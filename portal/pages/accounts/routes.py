"""Disabling, enabling and revoking an account: why, what will follow, and done."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import AnyOf, StopValidation

from portal.acts import disable as disabling
from portal.acts import enable as enabling
from portal.acts import revoke as revoking
from portal.acts.account_change import AccountChange
from portal.pages.accounts.said import CHANGED, SO_ALREADY, disabled, enabled, revoked
from portal.pages.fields import ReasonField, needed, option
from portal.pages.return_address import own_page_or
from portal.rules.disabling import Reason, Why
from portal.rules.errors import AlreadySo, OutOfDate
from portal.web.access import Permission, me, request_origin, requires, services
from portal.web.second_factor import fresh

pages = Blueprint("accounts", __name__, url_prefix="/users/<uuid:person_id>")
UNANSWERED = "Select why you disable this account"


class ReasonForm(FlaskForm):
    """Why an account is disabled."""

    why = RadioField(
        "Why are you disabling this account?",
        choices=[option(why.value, why.label) for why in Why],
        validators=[needed(UNANSWERED), AnyOf([why.value for why in Why], UNANSWERED)],
        validate_choice=False,
    )
    text = ReasonField("Reason, if Other")

    def validate_text(self, text: ReasonField) -> None:
        """Raises StopValidation when Other says nothing more."""
        if self.why.data == Why.OTHER and not text.data:
            raise StopValidation("Enter a reason")

    @property
    def reason(self) -> Reason:
        return Reason(Why(self.why.data), self.text.data or "")


@pages.route("/disable", methods=["GET", "POST"])
@requires(Permission.CHANGE_ACCOUNTS)
@fresh
def disable(person_id: UUID) -> str:
    """Asks for the reason, and then names what disabling will do."""
    change = disabling.preview(services(), me().acting_as, str(person_id))
    form = ReasonForm()
    if "change" not in request.form and form.validate_on_submit():
        return render_template("accounts/disable.jinja", change=change, given=form, back=_back(person_id))
    return render_template("accounts/reason.jinja", change=change, form=form, back=_back(person_id))


@pages.post("/disable/confirmed")
@requires(Permission.CHANGE_ACCOUNTS)
@partial(fresh, back="accounts.disable")
def disable_confirmed(person_id: UUID) -> Response:
    """Has the account disabled; a double click finds it so."""
    form, ask_again = ReasonForm(), url_for(".disable", person_id=person_id, next=request.args.get("next"))
    if not form.validate():
        return redirect(ask_again, code=303)

    def act(shown: str) -> AccountChange:
        acting, origin = me().acting_as, request_origin()
        return disabling.disable(services(), acting, str(person_id), form.reason, shown, origin)

    return _done(person_id, act, disabled, ask_again)


@pages.route("/enable", methods=["GET", "POST"])
@requires(Permission.CHANGE_ACCOUNTS)
@fresh
def enable(person_id: UUID) -> str | Response:
    """Names what comes back, and enables the account."""
    if request.method == "POST":
        return _done(person_id, _by(enabling.enable, person_id), enabled, request.full_path)
    change = enabling.preview(services(), me().acting_as, str(person_id))
    return render_template("accounts/enable.jinja", change=change, back=_back(person_id))


@pages.route("/revoke", methods=["GET", "POST"])
@requires(Permission.CHANGE_ACCOUNTS)
@fresh
def revoke(person_id: UUID) -> str | Response:
    """Names the roles that go, and takes them."""
    if request.method == "POST":
        done = _done(person_id, _by(revoking.revoke, person_id), revoked, request.full_path)
        own = url_for("users.person", person_id=person_id)
        return redirect(url_for("users.listing"), code=303) if done.location == own else done
    change = revoking.preview(services(), me().acting_as, str(person_id))
    return render_template("accounts/revoke.jinja", change=change, back=_back(person_id))


def _by(act: Callable[..., AccountChange], person_id: UUID) -> Callable[[str], AccountChange]:
    return lambda shown: act(services(), me().acting_as, str(person_id), shown, request_origin())


def _done(
    person_id: UUID, act: Callable[[str], AccountChange], said: Callable[[AccountChange], str], again: str
) -> Response:
    """Does it, as it was shown, and says so where the person came from."""
    try:
        change = act(request.form.get("shown", ""))
    except OutOfDate:
        flash(CHANGED, "information")
        return redirect(again.rstrip("?"), code=303)
    except AlreadySo:
        flash(SO_ALREADY, "information")
    else:
        flash(said(change), "success")
    return redirect(_back(person_id), code=303)


def _back(person_id: UUID) -> str:
    """The page that the person came from."""
    return own_page_or(request.args.get("next"), url_for("users.person", person_id=person_id))
