"""The menu and Home's tiles: only what exists and what the active role opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for

from portal.web.access import Permission, SignedIn, somebody


@dataclass(frozen=True)
class Place:
    """A part of the portal: where it is, what it is called, and what opens it (None: being signed in).

    `parts` are the other blueprints whose pages belong to it.
    """

    endpoint: str
    title: str
    about: str
    permission: Permission | None
    parts: tuple[str, ...] = ()

    @property
    def blueprints(self) -> tuple[str, ...]:
        return (self.endpoint.partition(".")[0], *self.parts)


PLACES = (
    Place("home.show", "Home", "", Permission.HAVE_A_ROLE),
    Place(
        "requests.queue",
        "Requests",
        "People who ask for access and wait for your decision",
        Permission.DECIDE_REQUESTS,
    ),
    Place(
        "users.listing",
        "Users",
        "People at your organisations and their access",
        Permission.SEE_USERS,
        ("remove_role",),
    ),
    Place("notifications.listing", "Notifications", "What has happened that you should know", None),
    Place(
        "providers.listing",
        "Providers",
        "Service providers, their people and approval levels",
        Permission.SEE_PROVIDERS,
    ),
    Place(
        "desk.show",
        "Service desk",
        "Emails, waiting changes and the audit",
        Permission.SERVE_EVERYBODY,
        ("audit",),
    ),
    # One's own request is opened from My profile; whoever decides requests finds it under Requests.
    Place(
        "profile.show",
        "My profile",
        "Your details, your roles and access to more",
        None,
        ("request_access", "settings", "requests"),
    ),
)


def places(app: Flask, person: SignedIn) -> Iterator[Place]:
    """The parts of the portal that exist and that the person's active role opens, in the menu's order."""
    for place in PLACES:
        exists = place.endpoint in app.view_functions
        if exists and (place.permission is None or person.may(place.permission)):
            yield place


def install(app: Flask) -> None:
    """Gives templates the menu of the person who is signed in."""

    @app.context_processor
    def menu() -> dict[str, list[dict[str, Any]]]:
        person = somebody()
        if person is None:
            return {"navigation": []}
        shown = list(places(app, person))
        here = _here(shown)
        return {"navigation": [_item(place, place is here) for place in shown]}


def _here(shown: Sequence[Place]) -> Place | None:
    """The part that the present page belongs to: the first in the menu's order."""
    return next((place for place in shown if request.blueprint in place.blueprints), None)


def _item(place: Place, here: bool) -> dict[str, Any]:
    current = place.endpoint == request.endpoint
    return {"href": url_for(place.endpoint), "text": place.title, "active": here, "current": current}
