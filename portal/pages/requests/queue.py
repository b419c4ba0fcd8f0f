"""The requests that wait for the active role's decision, and approving several together."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.decide import Decision
from portal.acts.decide_many import Outcome, decide_many
from portal.casework.current_state import actor_now
from portal.model.requests import AccessRequest
from portal.pages.fields import one_line
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.requests import kept
from portal.pages.requests.routes import pages
from portal.pages.requests.view import warnings
from portal.pages.why_empty import why_empty
from portal.rules.actor import powerless
from portal.rules.errors import AlreadyDecided, NotAllowed, NotReached, RequestNotFound
from portal.rules.verdict import Verdict
from portal.store.queries import requests as request_queries
from portal.web import second_factor
from portal.web.access import Permission, me, my_role, request_origin, requires, services
from portal.web.reading import reading
from portal.web.templating import day_and_time

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Result:
    """What became of one of several requests, in a sentence; `request` is None when they may not see it."""

    request: AccessRequest | None
    done: bool
    sentence: str


@pages.get("")
@requires(Permission.DECIDE_REQUESTS)
def queue() -> str:
    """Open requests that the active role may decide, the oldest first."""
    if nothing := why_empty("Requests"):
        return nothing
    text = one_line(request.args.get("q"))
    with reading() as db:
        page = existing(request_queries.queue(db, my_role(), me().id, asked_page(), asked_size(), text))
    return render_template("requests/queue.jinja", page=page, text=text)


@pages.route("/approve", methods=["GET", "POST"])
@requires(Permission.DECIDE_REQUESTS)
def confirm_many() -> str | Response:
    """Names the ticked requests before they are approved together; those kept, for whoever comes back."""
    if refusal := powerless(actor_now(services(), me().acting_as)):
        raise NotAllowed(Verdict(refusal))
    ticked = _ticked() if request.method == "POST" else kept.kept_many()
    if ticked and second_factor.is_stale():
        return _ask(ticked)
    found = _asked(ticked)
    if not found:
        flash("Tick at least one request to approve", "problem")
        return redirect(url_for("requests.queue"), code=303)
    with reading() as db:
        checks = {asked.id: warnings(db, asked) for asked in found}
    return render_template("requests/confirm_many.jinja", requests=found, checks=checks)


@pages.post("/approved")
@requires(Permission.DECIDE_REQUESTS)
def approve_many() -> str | Response:
    """Approves each by itself and says what became of each."""
    ticked = _ticked()
    if second_factor.is_stale():
        return _ask(ticked)
    kept.forget()
    outcomes = decide_many(services(), me().acting_as, ticked, Decision.APPROVE, "", request_origin())
    results = [_result(outcome) for outcome in outcomes if not isinstance(outcome.fault, RequestNotFound)]
    return render_template(
        "requests/results.jinja", results=results, approved=sum(one.done for one in results)
    )


def _ask(ticked: list[UUID]) -> Response:
    kept.keep_many(ticked)
    return second_factor.ask(url_for("requests.confirm_many"))


def _ticked() -> list[UUID]:
    """The ids in the form; what is none is left out."""
    found: list[UUID] = []
    for text in request.form.getlist("chosen")[:MOST_AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _asked(ids: list[UUID]) -> list[AccessRequest]:
    """Those that exist where the active role stands over the organisation, in the order ticked."""
    with reading() as db:
        found = request_queries.stood_over(db, my_role(), ids)
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def _result(outcome: Outcome) -> Result:
    asked = next(iter(_asked([outcome.request_id])), None)
    if asked is None:
        return Result(None, False, _why(outcome))
    mine = asked.decided_by == me().id and asked.state is Decision.APPROVE.state
    if outcome.fault is None or mine:
        return Result(asked, True, "Approved, being applied" if asked.is_being_applied else "Approved")
    return Result(asked, False, _why(outcome))


def _why(outcome: Outcome) -> str:
    fault = outcome.fault
    if isinstance(fault, NotAllowed):
        return f"Not approved. {fault.verdict.refusal}"
    if isinstance(fault, AlreadyDecided):
        by = f" by {fault.by_name}" if fault.by_name else ""
        return f"Already {fault.state.label.lower()}{by} on {day_and_time(fault.at)}"
    if isinstance(fault, NotReached):
        return "Not approved: the service is slow at the moment. The request still waits: approve it again."
    return "Not approved: something changed in the meantime. Look at the request again."
