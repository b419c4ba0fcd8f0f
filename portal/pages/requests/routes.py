"""One request: its details, the decision on it, its confirmation, and what became of it."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.decide import Decision, decide
from portal.acts.withdraw import withdraw
from portal.model.requests import AccessRequest
from portal.pages.fields import lines
from portal.pages.requests import kept
from portal.pages.requests.forms import ConfirmForm, DecisionForm
from portal.pages.requests.view import View, view
from portal.rules.errors import AlreadyDecided
from portal.web import second_factor
from portal.web.access import Permission, me, request_origin, requires, services, signed_in

pages = Blueprint("requests", __name__, url_prefix="/requests")
DONE = {
    Decision.APPROVE: "You approved the request of {name}.",
    Decision.REJECT: "You rejected the request of {name}.",
}


@pages.route("/<uuid:request_id>", methods=["GET", "POST"])
@signed_in
def review(request_id: UUID) -> str | Response:
    """The request, and the decision to those who may make it; a decision goes on to its confirmation."""
    seen = view(me(), request_id)
    form = DecisionForm()
    form.offer(approval=seen.barred is None)
    if not seen.may_decide:
        return _page(seen, None)
    if "change" not in request.form and form.validate_on_submit():
        return _ask_or_confirm(seen, str(form.decision.data), form.reason.data or "")
    return _page(seen, form)


@pages.get("/<uuid:request_id>/confirm")
@signed_in
def confirm(request_id: UUID) -> str | Response:
    """The answer again, for somebody who comes back with a fresh second factor."""
    answered = kept.kept(request_id)
    seen = view(me(), request_id)
    if answered is None or not seen.may_decide:
        return redirect(url_for("requests.review", request_id=request_id))
    return _confirmation(seen, answered["decision"], answered["reason"])


def _page(seen: View, form: DecisionForm | None) -> str:
    return render_template("requests/review.jinja", seen=seen, asked=seen.request, form=form)


def _ask_or_confirm(seen: View, decision: str, reason: str) -> str | Response:
    if second_factor.is_stale():
        return _ask(seen.request.id, decision, reason)
    return _confirmation(seen, decision, reason)


def _ask(request_id: UUID, decision: str, reason: str) -> Response:
    kept.keep(request_id, decision, reason)
    return second_factor.ask(url_for("requests.confirm", request_id=request_id))


def _confirmation(seen: View, decision: str, reason: str) -> str:
    form = ConfirmForm(formdata=None, decision=decision, reason=reason)
    return render_template(
        "requests/confirm.jinja", seen=seen, asked=seen.request, form=form, answer=Decision(decision)
    )


@pages.post("/<uuid:request_id>/decision")
@requires(Permission.DECIDE_REQUESTS)
def decision(request_id: UUID) -> Response:
    """Makes the confirmed decision; a double click finds it made and says the same."""
    answer, reason = _answer(), lines(request.form.get("reason"))
    if second_factor.is_stale():
        return _ask(request_id, answer.value, reason)
    kept.forget()
    try:
        decided = decide(services(), me().acting_as, request_id, answer, reason, request_origin())
    except AlreadyDecided:
        decided = view(me(), request_id).request
        if not _is_mine(decided, answer):
            raise
    flash(DONE[answer].format(name=decided.name), "success")
    return redirect(url_for("requests.review", request_id=request_id), code=303)


def _answer() -> Decision:
    if request.form.get("decision") not in set(Decision):
        abort(400)
    return Decision(request.form["decision"])


def _is_mine(decided: AccessRequest, answer: Decision) -> bool:
    return decided.decided_by == me().id and decided.state is answer.state


@pages.post("/<uuid:request_id>/withdraw")
@signed_in
def take_back(request_id: UUID) -> Response:
    """The person takes back their own request."""
    withdraw(services(), me().id, request_id, request_origin())
    flash("Your request was withdrawn.", "success")
    return redirect(url_for("profile.roles"), code=303)
