"""What happens before every route: the person is looked up, and its demand met or the browser sent on.

A route that makes no demand is refused: a forgotten mark shows at the first click and lets nobody in.
"""

from collections.abc import Collection

import structlog
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from directory.errors import DirectoryUnavailable, PersonNotFound
from directory.vocabulary import Holding, Role, Standing
from portal.model.mirror import MirroredOrganisation
from portal.store.queries import organisations, people
from portal.web import renewal, telling
from portal.web.access import Access, Permission, SignedIn, me, services, somebody
from portal.web.reading import reading
from portal.web.sessions import PERSON, BrowserSession

ACTIVE_ROLE = "active_role"
EVERYWHERE = "all organisations"
log = structlog.get_logger()


class PlaceClosed(HTTPException):
    """The organisation of the active role has closed: the role has no powers."""

    code = 403


class WrongRole(HTTPException):
    """The active role doesn't open this page."""

    code = 403


class RoleNeeded(Exception):
    """The person has to choose a role first, or to ask for one."""


def install(app: Flask) -> None:
    """Has every request of `app` checked before its route runs."""
    app.before_request(_guard)
    app.register_error_handler(RoleNeeded, lambda _needed: to_a_role(me()))
    app.context_processor(
        lambda: {"signed_in": somebody(), "Permission": Permission, "return_page": return_page}
    )


def _guard() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    access = getattr(current_app.view_functions[request.endpoint], "access", None)
    if access is None:
        raise RuntimeError(f"The route {request.endpoint} doesn't say who may open it.")
    if isinstance(session, BrowserSession) and session.unavailable and _is_about_it(access):
        abort(503)
    g.signed_in = _present(access)
    return _met(access)


def _is_about_it(access: Access) -> bool:
    """Whether what is asked can't be answered without the browser's session: what public pages say alone can.

    A form's token is in it, and whoever reads that they are signed out has to be.
    """
    return access.signed_in or request.method == "POST" or request.endpoint == "signin.signed_out"


def _present(access: Access) -> SignedIn | None:
    """The session's person as they are now; the session of somebody who is gone or disabled ends here."""
    person_id = session.get(PERSON)
    if not person_id:
        return None
    if access.signed_in and not renewal.goes_on():
        session.start_anew()  # type: ignore[attr-defined]
        return None
    standing = _standing_now(person_id, access)
    if standing is None or not standing.person.enabled:
        session.start_anew()  # type: ignore[attr-defined]
        g.ended_because = "disabled"
        log.warning("session-ended", person=person_id, because="disabled or gone")
        return None
    active = active_holding(standing.holdings)
    if active is None:
        return SignedIn(standing, None, "", place_closed=False)
    known = _organisation(active)
    name, closed = place_of(active, known)
    return SignedIn(standing, active, name, closed, known.as_organisation() if known else None)


def _standing_now(person_id: str, access: Access) -> Standing | None:
    """By Keycloak for pages of whoever is signed in; by the mirror for a public page, which only names them,
    and for a POST, whose act asks Keycloak itself.

    While Keycloak doesn't answer pages go by the mirror: nothing can be changed in it meanwhile.
    """
    if access.signed_in and request.method != "POST":
        try:
            return services().reader.standing(person_id)
        except PersonNotFound:
            return None
        except DirectoryUnavailable as away:
            log.warning("page-by-the-mirror", fault=repr(away), path=telling.path())
    with reading() as db:
        return people.standing(db, person_id)


def active_holding(holdings: Collection[Holding]) -> Holding | None:
    """The role chosen in this session, if it is among these; the only role of somebody who chose none."""
    chosen = session.get(ACTIVE_ROLE)
    if chosen is None:
        return next(iter(holdings)) if len(holdings) == 1 else None
    role, code = Role(chosen["role"]), chosen["organisation"]
    return next((h for h in holdings if h.role is role and h.organisation == code), None)


def choose(holding: Holding) -> None:
    """Makes a held role the session's active one."""
    session[ACTIVE_ROLE] = {"role": holding.role.value, "organisation": holding.organisation}


def _organisation(holding: Holding) -> MirroredOrganisation | None:
    if not holding.organisation:
        return None
    with reading() as db:
        return organisations.get(db, holding.organisation)


def place_of(holding: Holding, found: MirroredOrganisation | None) -> tuple[str, bool]:
    """The name of the organisation that a role is held at, and whether that has closed.

    `found` is the organisation as the mirror has it; None for one that it doesn't know.
    """
    if not holding.organisation:
        return EVERYWHERE, False
    return (found.name, found.is_closed) if found else (holding.organisation, False)


def _met(access: Access) -> Response | None:
    """Nothing when the demand is met; otherwise where the browser goes instead, or a refusal."""
    person = somebody()
    if not access.signed_in:
        return None
    if person is None:
        return _to_sign_in()
    if access.permission is None:
        return None
    if person.active is None:
        return to_a_role(person)
    if not person.may(access.permission):
        raise PlaceClosed if person.place_closed else WrongRole
    return None


def to_a_role(person: SignedIn) -> Response:
    """To the choice of a role, and then back here; to My profile for somebody who has none."""
    if not person.holdings:
        return redirect(url_for("profile.show"), code=303)
    return redirect(url_for("roles.choose", next=return_page()), code=303)


def _to_sign_in() -> Response:
    if g.get("ended_because"):
        return redirect(url_for("signin.signed_out", because=g.ended_because), code=303)
    return redirect(url_for("signin.start", next=return_page()), code=303)


def return_page() -> str | None:
    """The page to come back to after sign-in or another role: only one that can be opened by a link."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return None
