"""What changed in Keycloak, from its own records: admin events (console, us, sync) and people's own acts.

A change is noted with the moment it was made and can be read once it is committed, a little later: whoever
follows asks again from some seconds before the last one seen, and knows each by its id.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from directory.admin_session import AdminSession
from directory.contract import AccountEvent, AccountEventKind, Change, ChangeKind
from directory.translate import ROLES, milliseconds, moment

PAGE = 1000
_LOCKS = ("USER_DISABLED_BY_TEMPORARY_LOCKOUT", "USER_DISABLED_BY_PERMANENT_LOCKOUT")
# What people themselves, or Keycloak's brute-force protection, change about an account.
_OWN_ACTS = (
    "REGISTER",
    "UPDATE_PROFILE",
    "UPDATE_EMAIL",
    "VERIFY_EMAIL",
    "DELETE_ACCOUNT",
    *_LOCKS,
)
_TOLD_TO_THE_PERSON = {
    "UPDATE_EMAIL": AccountEventKind.ADDRESS_CHANGED,
    "UPDATE_CREDENTIAL": AccountEventKind.CREDENTIAL_SET,
    "REMOVE_CREDENTIAL": AccountEventKind.CREDENTIAL_REMOVED,
    "USER_DISABLED_BY_TEMPORARY_LOCKOUT": AccountEventKind.LOCKED,
    "USER_DISABLED_BY_PERMANENT_LOCKOUT": AccountEventKind.LOCKED_FOR_GOOD,
}
_MEMBERSHIP = re.compile(r"users/([^/]+)/groups/[^/]+")
_PERSON = re.compile(r"(?:attack-detection/brute-force/)?users/([^/]+)")
_GROUP = re.compile(r"groups/([^/]+)")
_CHILDREN = re.compile(r"groups/[^/]+/children")
_TOP = "groups"
_Event = dict[str, Any]


def changes(session: AdminSession, since: datetime, page: int = PAGE) -> list[Change]:
    """What changed at or after `since`, oldest first, read `page` at a time."""

    def fetch(kind: str, **params: Any) -> Callable[[int, int], list[_Event]]:
        return lambda first, size: session.get(kind, dateFrom=first, direction="asc", max=size, **params)

    by_admins = _since(fetch("admin-events"), since, page)
    by_people = _since(fetch("events", type=list(_OWN_ACTS)), since, page)
    found = [change for event in by_admins if (change := _by_admin(event))]
    found += [_by_person(event) for event in by_people if event.get("userId")]
    return sorted(found, key=lambda change: change.at)


def account_events(session: AdminSession, since: datetime, page: int = PAGE) -> list[AccountEvent]:
    """What happened to accounts at or after `since` that their people should hear of, oldest first."""

    def fetch(first: int, size: int) -> list[_Event]:
        kinds = list(_TOLD_TO_THE_PERSON)
        found: list[_Event] = session.get("events", type=kinds, dateFrom=first, direction="asc", max=size)
        return found

    return [told for event in _since(fetch, since, page) if (told := _told(event))]


def _told(event: _Event) -> AccountEvent | None:
    details, kind = event.get("details") or {}, _TOLD_TO_THE_PERSON[event["type"]]
    before, after = details.get("previous_email") or "", details.get("updated_email") or ""
    is_news = kind is not AccountEventKind.ADDRESS_CHANGED or (before and after and before != after)
    if not is_news or not event.get("userId"):
        return None
    credential = details.get("credential_type") or ""
    return AccountEvent(kind, event["userId"], moment(event["time"]), event["id"], before, after, credential)


def welcome_sent(session: AdminSession, person_id: str, since: datetime) -> bool:
    """Whether Keycloak mailed the person a link to act on, at or after `since`."""
    path = f"users/{person_id}/execute-actions-email"
    sent = session.get("admin-events", dateFrom=milliseconds(since), resourcePath=path, max=1)
    return bool(sent)


def has_signed_in(session: AdminSession, person_id: str) -> bool:
    """Whether the person ever signed in, as far back as Keycloak keeps it."""
    return bool(session.get("events", type=["LOGIN"], user=person_id, max=1))


def group_writes(session: AdminSession, group_id: str, since: datetime) -> dict[str, dict[str, list[str]]]:
    """The attributes that each write of this group at or after `since` gave it, by event id, oldest first."""
    found = session.get(
        "admin-events",
        dateFrom=milliseconds(since),
        direction="asc",
        max=PAGE,
        operationTypes=["UPDATE"],
        resourcePath=f"groups/{group_id}",
    )
    return {
        event["id"]: _details(event)["attributes"] for event in found if _details(event).get("attributes")
    }


def _since(fetch: Callable[[int, int], list[_Event]], since: datetime, usual: int) -> Iterator[_Event]:
    """Every event once. Each page starts at the last one's moment: an offset would slip as events come in."""
    first, size, seen = milliseconds(since), usual, set[str]()
    while True:
        page = fetch(first, size)
        fresh = [event for event in page if event["id"] not in seen]
        yield from fresh
        if len(page) < size:
            return
        seen.update(event["id"] for event in fresh)
        # A bulk import can put more than a page into one millisecond: then the page must grow to get past it.
        size = size * 2 if page[-1]["time"] == first else usual
        first = page[-1]["time"]


def _by_person(event: _Event) -> Change:
    """What a person did to their own account, or what Keycloak did to it after somebody's wrong passwords."""
    by = "" if event["type"] in _LOCKS else event["userId"]
    told = {"authDetails": {"userId": by, "ipAddress": event.get("ipAddress")}}
    return _change(ChangeKind.PERSON, event["userId"], event | told)


def _by_admin(event: _Event) -> Change | None:
    path, deleted = str(event.get("resourcePath", "")), event["operationType"] == "DELETE"
    if match := _MEMBERSHIP.fullmatch(path):
        return _change(ChangeKind.MEMBERSHIP, match[1], event)
    if match := _PERSON.fullmatch(path):
        return _change(ChangeKind.PERSON, match[1], event)
    if path == "attack-detection/brute-force/users":
        return _change(ChangeKind.EVERYTHING, "", event)
    if path == _TOP or _CHILDREN.fullmatch(path):
        return _created_or_moved(event)
    if match := _GROUP.fullmatch(path):
        is_role = _details(event).get("name") in ROLES
        return _change(ChangeKind.EVERYTHING, "", event) if deleted or is_role else _group(match[1], event)
    return None


def _created_or_moved(event: _Event) -> Change | None:
    """A group was made, or moved, below another; which one, only the event's details say."""
    group, moved = _details(event), event["operationType"] == "UPDATE"
    if group.get("name") in ROLES:
        # New, it has no members yet; moved, its members hold the role elsewhere, and it does not say who.
        return _change(ChangeKind.EVERYTHING, "", event) if moved else None
    return _group(str(group.get("id", "")), event, is_new=not moved)


def _group(group_id: str, event: _Event, *, is_new: bool = False) -> Change:
    """One organisation, or everything when a whole subtree arrived or the event has no details."""
    arrived_whole = event["resourceType"] == "REALM" and _details(event).get("subGroups")
    kind = ChangeKind.NEW_ORGANISATION if is_new else ChangeKind.ORGANISATION
    return _change(ChangeKind.EVERYTHING if arrived_whole or not group_id else kind, group_id, event)


def _details(event: _Event) -> dict[str, Any]:
    try:
        details = json.loads(event.get("representation") or "{}")
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}


def _change(kind: ChangeKind, subject: str, event: _Event) -> Change:
    who = event.get("authDetails") or {}
    by, origin = str(who.get("userId") or ""), str(who.get("ipAddress") or "")
    return Change(kind, subject, moment(event["time"]), str(event["id"]), by, origin)
