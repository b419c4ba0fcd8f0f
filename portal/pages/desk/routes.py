"""The Service Desk's pages: e-mails, changes not applied yet, and who is left with no open organisation."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.end_request import end_request
from portal.acts.resend import apply_again, resend, try_again
from portal.model.mail import MailState
from portal.pages.fields import one_line
from portal.pages.paging import asked_page, asked_size, existing
from portal.store.queries import mail, stranded
from portal.store.queries import requests as request_queries
from portal.web.access import Permission, me, request_origin, requires, services
from portal.web.reading import reading

pages = Blueprint("desk", __name__, url_prefix="/service-desk")
SHOWN_AFTER = timedelta(seconds=30)
SHOWN_RUNS = 20


@pages.get("")
@requires(Permission.SERVE_EVERYBODY)
def show() -> str:
    """The tiles, with how much is wrong behind each."""
    with reading() as db:
        mails = mail.counts(db)
        waiting = mail.waiting_count(db)
        stuck = len(mail.stuck_effects(db))
        left = stranded.count(db)
    troubled = mails[MailState.REFUSED] + mails[MailState.FAILED]
    return render_template("desk/desk.jinja", troubled=troubled, waiting=waiting, stuck=stuck, stranded=left)


@pages.get("/emails")
@requires(Permission.SERVE_EVERYBODY)
def emails() -> str:
    """What became of our e-mails."""
    text, wanted = one_line(request.args.get("q")), request.args.get("state", "")
    state = MailState(wanted) if wanted in set(MailState) else None
    with reading() as db:
        page = existing(mail.listing(db, state, text, asked_page(), asked_size()))
        counts, stuck = mail.counts(db), mail.stuck(db, page.items)
    return render_template("desk/emails.jinja", page=page, counts=counts, state=state, text=text, stuck=stuck)


@pages.post("/emails/<uuid:mail_id>/resend")
@requires(Permission.SERVE_EVERYBODY)
def send_again(mail_id: UUID) -> Response:
    """Sends one e-mail again."""
    resend(services(), me().acting_as, mail_id, request_origin())
    flash("The email is being sent again.", "success")
    return redirect(url_for("desk.emails"), code=303)


@pages.get("/people-with-no-open-organisation")
@requires(Permission.SERVE_EVERYBODY)
def stranded_people() -> str:
    """Those whose every organisation has closed."""
    with reading() as db:
        page = existing(stranded.listing(db, asked_page(), asked_size()))
    return render_template("desk/stranded.jinja", page=page)


@pages.get("/organisation-lists")
@requires(Permission.SERVE_EVERYBODY)
def sync_runs() -> str:
    """What the runs that bring in the national lists say of themselves, straight from Keycloak."""
    runs = services().reader.sync_runs()[:SHOWN_RUNS]
    return render_template("desk/sync_runs.jinja", runs=runs, now=services().true_time())


@pages.get("/waiting")
@requires(Permission.SERVE_EVERYBODY)
def waiting() -> str:
    """Approvals not applied yet, and what Keycloak refused."""
    with reading() as db:
        unapplied = request_queries.unapplied(db, services().clock() - SHOWN_AFTER)
        stuck = mail.stuck_effects(db)
        count = mail.waiting_count(db)
    return render_template("desk/waiting.jinja", unapplied=unapplied, stuck=stuck, count=count)


@pages.post("/waiting/effects/<int:effect_id>")
@requires(Permission.SERVE_EVERYBODY)
def try_effect(effect_id: int) -> Response:
    """Has what Keycloak refused tried again."""
    try_again(services(), me().acting_as, effect_id, request_origin())
    flash("It is being tried again.", "success")
    return redirect(url_for("desk.waiting"), code=303)


@pages.post("/waiting/requests/<uuid:request_id>")
@requires(Permission.SERVE_EVERYBODY)
def try_request(request_id: UUID) -> Response:
    """Has an approved role that couldn't be given tried again."""
    apply_again(services(), me().acting_as, request_id, request_origin())
    flash("It is being tried again.", "success")
    return redirect(url_for("desk.waiting"), code=303)


@pages.post("/waiting/requests/<uuid:request_id>/end")
@requires(Permission.SERVE_EVERYBODY)
def give_up_request(request_id: UUID) -> Response:
    """Ends a request that was approved and can't be applied any more."""
    ended = end_request(services(), me().acting_as, request_id, request_origin())
    flash(f"The request of {ended.name} has ended. We will tell them.", "success")
    return redirect(url_for("desk.waiting"), code=303)
