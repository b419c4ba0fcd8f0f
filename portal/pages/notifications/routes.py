"""Notifications: what a person is told inside the portal."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.notices import mark_all_read, mark_read
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.return_address import own_page_or
from portal.store.queries import notices
from portal.web.access import me, services, signed_in
from portal.web.reading import reading

pages = Blueprint("notifications", __name__, url_prefix="/notifications")


@pages.get("")
@signed_in
def listing() -> str:
    """The person's notices, the newest first."""
    with reading() as db:
        page = existing(notices.of_person(db, me().id, asked_page(), asked_size()))
        unread = notices.unread_count(db, me().id)
    return render_template("notifications/list.jinja", page=page, unread=unread)


@pages.post("/<uuid:notice_id>/review")
@signed_in
def review(notice_id: UUID) -> Response:
    """Marks it as read and opens what it is about."""
    with reading() as db:
        notice = notices.get(db, me().id, notice_id)
    if notice is None:
        abort(404)
    mark_read(services(), me().id, notice_id)
    if notice.request_id:
        return redirect(url_for("requests.review", request_id=notice.request_id), code=303)
    return redirect(_back(), code=303)


@pages.post("/read")
@signed_in
def read_all() -> Response:
    """Marks all as read."""
    mark_all_read(services(), me().id)
    flash("All notifications are marked as read.", "success")
    return redirect(_back(), code=303)


def _back() -> str:
    """The page of the list that the person came from."""
    return own_page_or(request.args.get("next"), url_for("notifications.listing"))
