"""Users: everybody the active role stands over, those who wait for a decision among them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, render_template, request, url_for
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # its stubs are older

from portal.pages import same_query
from portal.pages.fields import one_line
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.remove_role.links import removable_roles
from portal.pages.sign_in_help.links import helpable
from portal.pages.users.rows import rows
from portal.pages.why_empty import why_empty
from portal.store.queries import invitations
from portal.store.queries.people import accounts
from portal.store.queries.users_list.listing import listing
from portal.store.queries.users_list.options import ListOptions, Sort, UserStatus
from portal.web.access import Permission, me, my_role, requires
from portal.web.reading import reading

pages = Blueprint("users", __name__, url_prefix="/users")
Kind = TypeVar("Kind", bound=StrEnum)
HEADINGS = (
    ("Organisation name", Sort.ORGANISATION),
    ("First name", Sort.FIRST_NAME),
    ("Last name", Sort.LAST_NAME),
    ("Email address", Sort.EMAIL),
    ("Status", Sort.STATUS),
)

STATUSES = [SelectChoice("", "Any"), *[SelectChoice(one.value, one.label) for one in UserStatus]]


@pages.get("", endpoint="listing")
@requires(Permission.SEE_USERS)
def show() -> str:
    """The list, searched, filtered by status and sorted as the address says."""
    if nobody := why_empty("Users"):
        return nobody
    options = options_of(request.args)
    with reading() as db:
        page = existing(listing(db, my_role(), options, asked_page(), asked_size()))
        people = {(one.person_id, one.organisation_code) for one in page.items if one.person_id}
        known = accounts(db, {person_id for person_id, _code in people})
        invited = {one.email for one in page.items if one.status is UserStatus.INVITED}
        looked_after = invitations.looked_after(db, my_role(), invited) if invited else set()
    removable = {one[:2] for one in removable_roles(known, me().shown_as, people)}
    head = [_heading(title, sort, options) for title, sort in HEADINGS]
    return render_template(
        "users/list.jinja",
        page=page,
        options=options,
        head=head,
        statuses=STATUSES,
        file=same_query.with_same_query(url_for("users.download"), but={"page", "size"}),
        rows=rows(page.items, removable, helpable(known, me().shown_as), looked_after),
    )


def options_of(asked: Mapping[str, str]) -> ListOptions:
    """What of the list an address asks for."""
    return ListOptions(
        text=one_line(asked.get("q")),
        status=_one_of(UserStatus, asked.get("status")),
        sort=_one_of(Sort, asked.get("sort")) or Sort.ORGANISATION,
        descending=asked.get("order") == "descending",
    )


def _one_of(kind: type[Kind], text: str | None) -> Kind | None:
    return kind(text) if text in set(kind) else None


def _heading(title: str, sort: Sort, options: ListOptions) -> dict[str, Any]:
    """A column's heading as a link that sorts by it, the other way round when it is sorted by it already."""
    current = sort is options.sort
    turned = "descending" if current and not options.descending else "ascending"
    now = ("descending" if options.descending else "ascending") if current else "none"
    return {
        "text": title,
        "href": same_query.this_page(but={"page"}, sort=sort.value, order=turned),
        "sort": now,
    }
