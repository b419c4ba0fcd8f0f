"""One request: its details, the decision on it, its confirmation, and what became of it."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.decide import Decision, decide
from portal.acts.withdraw import withdraw
from portal.model.requests import AccessRequest
from portal.pages.fields import lines
from portal.pages.requests.forms import ConfirmForm, DecisionForm
from portal.pages.requests.view import View, view
from portal.rules.errors import AlreadyDecided
from portal.web.access import Permission, me, request_origin, requires, services, signed_in

pages = Blueprint("requests", __name__, url_prefix="/requests")
DONE = {
    Decision.APPROVE: "You approved the request of {name}.",
    Decision.REJECT: "You rejected the request of {name}.",
}


@pages.route("/<uuid:request_id>", methods=["GET", "POST"])
@signed_in
def review(request_id: UUID) -> str:
    """The request, and the decision to those who may make it; a decision goes on to its confirmation."""
    seen = view(me(), request_id)
    form = DecisionForm()
    form.offer(approval=seen.barred is None)
    if not seen.may_decide:
        return _page(seen, None)
    if "change" not in request.form and form.validate_on_submit():
        return _confirmation(seen, form)
    return _page(seen, form)


def _page(seen: View, form: DecisionForm | None) -> str:
    return render_template("requests/review.jinja", seen=seen, asked=seen.request, form=form)


def _confirmation(seen: View, form: DecisionForm) -> str:
    confirm = ConfirmForm(formdata=None, decision=form.decision.data, reason=form.reason.data)
    return render_template(
        "requests/confirm.jinja", seen=seen, asked=seen.request, form=confirm, answer=form.answer
    )


@pages.post("/<uuid:request_id>/decision")
@requires(Permission.DECIDE_REQUESTS)
def decision(request_id: UUID) -> Response:
    """Makes the confirmed decision; a double click finds it made and says the same."""
    answer, reason = _answer(), lines(request.form.get("reason"))
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
