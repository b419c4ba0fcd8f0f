"""Users: everybody the active role stands over, those who wait for a decision among them."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, render_template, request

from portal.pages import addresses
from portal.pages.fields import one_line
from portal.pages.page_numbers import Numbers, asked_page, asked_size
from portal.pages.remove_role.links import removable_roles
from portal.pages.why_empty import no_reach
from portal.store.queries.listing import Shown, Sort, UserStatus, listing
from portal.web.access import Permission, me, my_role, requires, services

pages = Blueprint("users", __name__, url_prefix="/users")
Kind = TypeVar("Kind", bound=StrEnum)
HEADINGS = (
    ("Organisation name", Sort.ORGANISATION),
    ("First name", Sort.FIRST_NAME),
    ("Last name", Sort.LAST_NAME),
    ("Email address", Sort.EMAIL),
    ("Status", Sort.STATUS),
)


@pages.get("", endpoint="listing")
@requires(Permission.SEE_USERS)
def show() -> str:
    """The list, searched, filtered by status and sorted as the address says."""
    if nobody := no_reach("Users"):
        return nobody
    shown = Shown(
        text=one_line(request.args.get("q")),
        status=_one_of(UserStatus, request.args.get("status")),
        sort=_one_of(Sort, request.args.get("sort")) or Sort.ORGANISATION,
        descending=request.args.get("order") == "descending",
    )
    with services().sessions() as db:
        page = listing(db, my_role(), shown, asked_page(), asked_size())
        people = {(one.person_id, one.organisation_code) for one in page.items if one.person_id}
        roles = removable_roles(db, me().shown_as, people)
    head = [_heading(title, sort, shown) for title, sort in HEADINGS]
    numbers = Numbers.of_page(page)
    return render_template(
        "users/list.jinja",
        page=page,
        numbers=numbers,
        shown=shown,
        head=head,
        statuses=list(UserStatus),
        removable={(person_id, code) for person_id, code, _role in roles},
    )


def _one_of(kind: type[Kind], text: str | None) -> Kind | None:
    return kind(text) if text in set(kind) else None


def _heading(title: str, sort: Sort, shown: Shown) -> dict[str, Any]:
    """A column's heading as a link that sorts by it, the other way round when it is sorted by it already."""
    current = sort is shown.sort
    turned = "descending" if current and not shown.descending else "ascending"
    now = ("descending" if shown.descending else "ascending") if current else "none"
    return {
        "text": title,
        "href": addresses.here(but={"page"}, sort=sort.value, order=turned),
        "sort": now,
    }
