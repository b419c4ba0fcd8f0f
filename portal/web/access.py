"""Who may open which page. Every route says so with `@public`, `@signed_in` or `@requires`; none is open
by default.

The answer comes from the person's active role as it is at this request (`portal.web.guard` says by whom): a
role taken away or a disabled account counts from the next click. What a page then does is judged
again, by its act, on Keycloak's state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, current_app, g, request

from directory.vocabulary import Holding, Organisation, Role, Standing
from portal.acts.origin import Origin
from portal.rules.actor import ActingAs, Actor
from portal.rules.conditions import NO
from portal.rules.moving import MOVERS
from portal.rules.rights import GIVES, TABLE, Action
from portal.rules.roles import ADMINISTRATOR_ROLES
from portal.services import Services

DECISIONS = tuple(action for action in Action if action.name.startswith("DECIDE_"))
View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """What a page is for. A role opens the page; the act behind it is judged by the rules."""

    HAVE_A_ROLE = "have-a-role"
    SEE_USERS = "see-users"
    DECIDE_REQUESTS = "decide-requests"
    SEE_PROVIDERS = "see-providers"
    CHANGE_LEVELS = "change-levels"
    REMOVE_ROLES = "remove-roles"
    HELP_SIGN_IN = "help-sign-in"
    SERVE_EVERYBODY = "serve-everybody"
    CHANGE_ACCOUNTS = "change-accounts"
    INVITE = "invite"
    SEND_LINKS = "send-links"
    ADMINISTER = "administer"
    CHANGE_CLUSTERS = "change-clusters"
    MOVE_PEOPLE = "move-people"
    ASSIGN = "assign"


def _roles_that(*actions: Action) -> frozenset[Role]:
    """The roles to which the table of rights gives any of these, under whatever condition."""
    return frozenset(role for role in Role if any(TABLE[action].cell(role) is not NO for action in actions))


PERMITTED: dict[Permission, frozenset[Role]] = {
    Permission.HAVE_A_ROLE: frozenset(Role),
    Permission.SEE_USERS: _roles_that(Action.SEE_PEOPLE),
    Permission.DECIDE_REQUESTS: _roles_that(*DECISIONS),
    Permission.SEE_PROVIDERS: _roles_that(Action.SEE_PROVIDERS),
    Permission.CHANGE_LEVELS: _roles_that(Action.APPROVAL_LEVEL),
    Permission.REMOVE_ROLES: _roles_that(Action.REMOVE_ROLE),
    Permission.HELP_SIGN_IN: _roles_that(Action.UNLOCK, Action.REMOVE_SECOND_FACTORS),
    Permission.SERVE_EVERYBODY: frozenset({Role.SERVICE_DESK}),
    Permission.CHANGE_ACCOUNTS: _roles_that(Action.DISABLE, Action.ENABLE, Action.REVOKE),
    Permission.INVITE: _roles_that(*GIVES),
    Permission.SEND_LINKS: _roles_that(Action.SEND_LINKS),
    Permission.ADMINISTER: ADMINISTRATOR_ROLES,
    Permission.CHANGE_CLUSTERS: _roles_that(Action.CLUSTERS),
    Permission.MOVE_PEOPLE: MOVERS,
    Permission.ASSIGN: _roles_that(Action.ASSIGN),
}


@dataclass(frozen=True)
class SignedIn:
    """The person of this session, as they are at this request.

    `active` is the role they act in; None when none is chosen, or held. `place_closed`: its organisation has
    closed, so that it opens nothing but Home. `organisation` is as the mirror has it, None for a role that is
    held over everything.
    """

    standing: Standing
    active: Holding | None
    organisation_name: str
    place_closed: bool
    organisation: Organisation | None = None

    @property
    def id(self) -> str:
        return self.standing.person.id

    @property
    def name(self) -> str:
        return self.standing.person.display_name

    @property
    def holdings(self) -> frozenset[Holding]:
        return self.standing.holdings

    @property
    def acting_as(self) -> ActingAs:
        """As acts take it: they read in Keycloak who that is now."""
        return ActingAs(self.id, self.active)

    @property
    def shown_as(self) -> Actor:
        """As the rules take it that say what a page offers; nothing is done on it."""
        return Actor(self.standing, self.active, self.place_closed)

    def may(self, permission: Permission) -> bool:
        """Whether the active role opens pages of this kind."""
        if self.place_closed and permission is not Permission.HAVE_A_ROLE:
            return False
        return self.active is not None and self.active.role in PERMITTED[permission]


@dataclass(frozen=True)
class Access:
    """What a route demands: nothing (public), a signed-in person, or a role with a permission."""

    signed_in: bool = True
    permission: Permission | None = None


def public(view: View) -> View:
    """Marks a route that anybody may open."""
    return _marked(view, Access(signed_in=False))


def signed_in(view: View) -> View:
    """Marks a route for anybody who is signed in, with a role or without."""
    return _marked(view, Access())


def requires(permission: Permission) -> Callable[[View], View]:
    """Marks a route for those whose active role has the permission."""
    return lambda view: _marked(view, Access(permission=permission))


def _marked(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def services() -> Services:
    """What create_app was given: settings, Keycloak, database, mail and clock."""
    found: Services = current_app.extensions["cqrs"]
    return found


def somebody() -> SignedIn | None:
    """Who is signed in, if anybody."""
    found: SignedIn | None = g.get("signed_in")
    return found


def me() -> SignedIn:
    """Who is signed in, on a route that demands it."""
    found = somebody()
    if found is None:
        abort(401)
    return found


def my_role() -> Holding:
    """The active role, on a route that demands one."""
    active = me().active
    if active is None:
        abort(403)
    return active


def request_origin() -> Origin:
    """The network address that the present request came from, as the audit keeps it."""
    return Origin(request.remote_addr or "")
