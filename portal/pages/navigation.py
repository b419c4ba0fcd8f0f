"""The menu and Home's tiles: only what exists and what the active role opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for

from portal.web.access import Permission, SignedIn, somebody


@dataclass(frozen=True)
class Section:
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


SECTIONS = (
    Section("home.show", "Home", "", Permission.HAVE_A_ROLE),
    Section(
        "requests.queue",
        "Requests",
        "People who ask for access and wait for your decision",
        Permission.DECIDE_REQUESTS,
    ),
    Section(
        "users.listing",
        "Users",
        "People at your organisations and their access",
        Permission.SEE_USERS,
        (
            "remove_role",
            "sign_in_help",
            "accounts",
            "invitations",
            "pending_invitations",
            "user_details",
            "who_sees",
        ),
    ),
    Section("notifications.listing", "Notifications", "What has happened that you should know", None),
    Section(
        "providers.listing",
        "Providers",
        "Service providers, their people and approval levels",
        Permission.SEE_PROVIDERS,
    ),
    Section(
        "administration.show",
        "Administrative tasks",
        "Manage organisations and users",
        Permission.ADMINISTER,
        ("clusters",),
    ),
    Section(
        "clusters.listing",
        "Service provider clusters",
        "Groups of service providers to which people can be restricted",
        Permission.SERVE_EVERYBODY,
    ),
    Section(
        "desk.show",
        "Service desk",
        "Emails, waiting changes and the audit",
        Permission.SERVE_EVERYBODY,
        ("audit",),
    ),
    # One's own request is opened from My profile; whoever decides requests finds it under Requests.
    Section(
        "profile.show",
        "My profile",
        "Your details, your roles and access to more",
        None,
        (
            "request_access",
            "settings",
            "requests",
            "own_account",
            "sessions",
            "system_date",
            "disable_account",
        ),
    ),
)


def sections(app: Flask, person: SignedIn) -> Iterator[Section]:
    """The parts of the portal that exist and that the person's active role opens, in the menu's order."""
    for section in SECTIONS:
        exists = section.endpoint in app.view_functions
        if exists and (section.permission is None or person.may(section.permission)):
            yield section


def install(app: Flask) -> None:
    """Gives templates the menu of the person who is signed in."""

    @app.context_processor
    def menu() -> dict[str, list[dict[str, Any]]]:
        person = somebody()
        if person is None:
            return {"navigation": []}
        shown = list(sections(app, person))
        current = _current(shown)
        return {"navigation": [_item(section, section is current) for section in shown]}


def _current(shown: Sequence[Section]) -> Section | None:
    """The part that the present page belongs to: the first in the menu's order."""
    return next((section for section in shown if request.blueprint in section.blueprints), None)


def _item(section: Section, active: bool) -> dict[str, Any]:
    current = section.endpoint == request.endpoint
    return {"href": url_for(section.endpoint), "text": section.title, "active": active, "current": current}
