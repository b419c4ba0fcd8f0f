"""SCP-5: who gained or lost which role over which organisation, in order, from a cursor.

Without a cursor it begins with all there is, and goes on from where the feed stood at that moment: so an
application has one thing to do, over and over, and holds in the end what the API would answer.
"""

from dataclasses import replace
from typing import Any

from flask import Response, jsonify, request

from portal.api.allowance import spend
from portal.api.asking import application, caller, refused
from portal.api.given import Given, Scope
from portal.api.problems import Problem
from portal.api.routes import PREFIX, api
from portal.model.feed import Reach, ScopeChange
from portal.rules.feed_cursor import BadCursor, Cursor, fingerprint
from portal.store.queries import feed
from portal.web.access import services

MOST = 1000
BEGINNING = ("", "", "")
AGAIN = "The feed no longer has what came after this cursor. Begin again, without a cursor."


@api.get(f"{PREFIX}/changes")
@application(Scope.CHANGES)
def changes() -> Response:
    """At most `limit` entries after `cursor`, and the cursor to ask with next."""
    if caller().person_id is not None:
        raise refused(403, "The feed is of many people: ask for it as the application itself.")
    spend(caller().counted_as, 1)
    limit, seen = _limit(), _seen(caller().given)
    with services().sessions.begin() as session:
        behind, ends = feed.is_behind(session), feed.ends(session)
        mark = fingerprint(seen.roles, feed.organisations_seen(session, seen))
        cursor = _cursor() or Cursor(ends.feed, ends.newest, mark, BEGINNING)
        if (cursor.feed, cursor.seen) != (ends.feed, mark) or not ends.gone_to <= cursor.after <= ends.newest:
            raise Problem(410, AGAIN)
        if cursor.within is not None:
            rows = feed.reach_after(session, cursor.within, seen, limit)
            return _page([_entry("holds", one) for one in rows], _within(rows, cursor, limit), True)
        found = feed.changes_after(session, cursor.after, seen, limit)
    entries = [
        _entry("gained" if one.gained else "lost", one, at=one.at.isoformat()) for one in found.changes
    ]
    return _page(entries, replace(cursor, after=found.read_to), found.more or behind)


def _seen(given: Given) -> feed.Seen:
    return feed.Seen(given.roles, None if given.everywhere else given.places)


def _limit() -> int:
    text = request.args.get("limit", str(MOST))
    readable = text.isascii() and text.isdigit() and len(text) <= len(str(MOST))
    if not readable or not 1 <= int(text) <= MOST:
        raise Problem(400, f"limit is a number from 1 to {MOST}.")
    return int(text)


def _cursor() -> Cursor | None:
    """The one asked with; None for who begins."""
    text = request.args.get("cursor", "")
    try:
        return Cursor.from_text(text) if text else None
    except BadCursor as wrong:
        raise Problem(400, "cursor is none that this API gave.") from wrong


def _within(rows: list[Reach], cursor: Cursor, limit: int) -> Cursor:
    """Where to go on in what there is; after the last page, with the changes since it was begun."""
    last = rows[-1] if len(rows) == limit else None
    return replace(cursor, within=(last.person_id, last.role.value, last.organisation_code) if last else None)


def _entry(change: str, one: Reach | ScopeChange, **more: str) -> dict[str, Any]:
    return {
        "change": change,
        "subject": {"type": "user", "id": one.person_id},
        "action": {"name": one.role.value},
        "resource": {"type": "organisation", "id": one.organisation_code},
    } | more


def _page(entries: list[dict[str, Any]], cursor: Cursor, more: bool) -> Response:
    return jsonify({"changes": entries, "cursor": cursor.as_text(), "more": more})
