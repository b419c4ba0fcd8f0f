"""The rows of the users list as its table takes them: with so many cells, no work for a template."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import request, url_for
from markupsafe import Markup, escape

from portal.pages.tables import Part
from portal.store.queries.users_list.options import UserRow, UserStatus
from portal.web.templating import breaking

COLOURS = {
    UserStatus.ACTIVE: "green",
    UserStatus.PENDING: "yellow",
    UserStatus.INVITED: "blue",
    UserStatus.LOCKED: "orange",
    UserStatus.DISABLED: "grey",
    UserStatus.REVOKED: "grey",
}
TAGS = {
    status: Markup(f'<strong class="nhsuk-tag nhsuk-tag--{colour}">{status.label}</strong>')  # noqa: S704 - our own
    for status, colour in COLOURS.items()
}
NOWHERE = {UserStatus.ACTIVE: "All organisations", UserStatus.REVOKED: "No organisation"}
BREAK = Markup("<br>")
SOMEBODY = "00000000-0000-0000-0000-000000000000"
SOMEWHERE = "somewhere"

Address = Callable[..., str]


def rows(
    page: Sequence[UserRow],
    removable: Collection[tuple[str, str]],
    helpable: Collection[str],
    looked_after: Collection[tuple[str, str]],
) -> list[list[Part]]:
    """A row of cells for each. The others say where, for whom and at which invitations what may be done."""
    links = Links(removable, helpable, looked_after)
    return [list(_cells(one, links)) for one in page]


def _cells(one: UserRow, links: "Links") -> Iterator[Part]:
    yield {"html": _place(one)}
    yield {"text": one.first_name, "as": "portal-name"}
    yield {"text": one.last_name, "as": "portal-name"}
    yield {"html": _wrapped("portal-break", breaking(one.email))}
    yield {"html": TAGS[one.status]}
    yield {"html": BREAK.join(links.of(one)), "as": "portal-acts"}


def _place(one: UserRow) -> str:
    if one.organisation_code:
        return f"{one.organisation_name} ({one.organisation_code})"
    return NOWHERE.get(one.status, "")


@dataclass
class Links:
    """What a row leads to, by whoever looks. Each address is made once for all, as it differs in little."""

    removable: Collection[tuple[str, str]]
    helpable: Collection[str]
    looked_after: Collection[tuple[str, str]]

    def __post_init__(self) -> None:
        at, back = partial(_addresses, person_id=SOMEBODY), request.full_path
        self._view = at("users.person")
        self._remove = at("remove_role.choose", code=SOMEWHERE, next=back)
        self._unlock = at("sign_in_help.unlock", next=back)
        self._help = at("sign_in_help.show", next=back)
        self._review = _addresses("requests.review", request_id=SOMEBODY)

    def of(self, one: UserRow) -> Iterator[Markup]:
        """The links of its last column."""
        whose = f"{one.first_name} {one.last_name} at {one.organisation_name}"
        if one.request_id:
            yield _link(self._review(str(one.request_id)), "View", f"the request of {whose}")
        elif one.status is UserStatus.INVITED:
            yield from self._invitation(one, whose)
        elif one.person_id:
            yield _link(self._view(one.person_id), "View", whose)
            yield from self._acts(one, one.person_id, whose)

    def _invitation(self, one: UserRow, whose: str) -> Iterator[Markup]:
        if (one.email, one.organisation_code) in self.looked_after:
            at = url_for("pending_invitations.listing", q=one.email)
            yield _link(at, "View", f"the invitation to {whose}")
        elif one.person_id:
            yield _link(self._view(one.person_id), "View", whose)

    def _acts(self, one: UserRow, person_id: str, whose: str) -> Iterator[Markup]:
        if (person_id, one.organisation_code) in self.removable:
            to = self._remove(person_id, one.organisation_code)
            yield _link(to, "Remove a role", f"from {whose}")
        if person_id in self.helpable:
            yield self._sign_in(one, person_id)

    def _sign_in(self, one: UserRow, person_id: str) -> Markup:
        """Straight to unlocking somebody who is locked, or to what else may keep them from signing in."""
        name = f"{one.first_name} {one.last_name}"
        if one.status is UserStatus.LOCKED:
            return _link(self._unlock(person_id), "Unlock", name)
        return _link(self._help(person_id), "Help to sign in", f"for {name}")


def _addresses(endpoint: str, **known: Any) -> Address:
    """`url_for` of one page for many: for SOMEBODY and SOMEWHERE in `known` stands each time who is given."""
    stands = [each for each in (SOMEBODY, SOMEWHERE) if each in known.values()]
    before, rest = list[str](), url_for(endpoint, **known)
    for each in stands:
        first, _, rest = rest.partition(each)
        before.append(first)

    def made(*given: str) -> str:
        each = (part + quote(one, safe="") for part, one in zip(before, given, strict=True))
        return f"{''.join(each)}{rest}"

    return made


def _link(to: str, words: str, of_what: str) -> Markup:
    """`of_what` is only read out, where many links have the same words."""
    more = f'<span class="nhsuk-u-visually-hidden"> {escape(of_what)}</span>'
    return Markup(f'<a href="{escape(to)}">{words}{more}</a>')  # noqa: S704 - what isn't ours is escaped


def _wrapped(kind: str, content: Markup) -> Markup:
    return Markup(f'<span class="{kind}">{content}</span>')  # noqa: S704 - likewise
