"""Signing in and out, and Keycloak telling us of a sign-out elsewhere."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import structlog
from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from sqlalchemy.dialects.postgresql import insert
from werkzeug.wrappers import Response

from directory.vocabulary import Holding
from portal.acts.admission import admit_browser
from portal.model.sessions import SeenLogoutToken
from portal.pages.return_address import own_page_or
from portal.pages.signin import outcomes
from portal.store import browser_sessions, mirror
from portal.store.queries import people
from portal.web import leaving, oidc, renewal, second_factor, telling
from portal.web.access import public, request_origin, services, somebody
from portal.web.begun import begun_sign_ins
from portal.web.devices import device_of
from portal.web.guard import active_holding, choose
from portal.web.oidc_client import CALLBACK
from portal.web.reading import straight
from portal.web.sessions import KEYCLOAK_SID, PERSON

log = structlog.get_logger()
pages = Blueprint("signin", __name__)
WHY = {
    "disabled": "Your account is disabled. "
    "Ask the person who approves access at your organisation, or the service desk.",
    "disabled-own": "You have disabled your account. The person who approves access at your organisation, "
    "or the service desk, can enable it again.",
    "disabled-own-desk": "You have disabled your account. "
    "Whoever administers the sign-in service can enable it again.",
}


@pages.get("/signin")
@public
def start() -> Response:
    """Sends the browser to Keycloak, and remembers where it wanted to go.

    Keycloak's page for setting up an authenticator app links here for whoever would rather have a passkey.
    """
    wanted = own_page_or(request.args.get("next"), "")
    if somebody():
        return redirect(wanted or url_for("home.show"))
    admit_browser(services(), straight(), request_origin())
    besides = oidc.SET_UP_PASSKEY if request.args.get("factor") == "passkey" else oidc.NOTHING_BESIDES
    return redirect(oidc.begin(wanted, besides))


@pages.get(CALLBACK)
@public
def callback() -> Response:
    """Keycloak sends the browser back here; a reload, or a second tab, just goes on."""
    begun = begun_sign_ins().take(request.args.get("state", ""))
    wanted = own_page_or(begun.come_back_to, "") if begun else ""
    if somebody() and not (begun and begun.person_id):
        return redirect(wanted or url_for("home.show"))
    identity = _same_person(oidc.complete(begun))
    if second_factor.is_missing(identity):
        log.info("second-factor-missing", person=identity.person_id)
        return second_factor.ask(wanted)
    _start_session(identity)
    log.info("signed-in", person=identity.person_id, second_factor=identity.factor_age is not None)
    if begun and begun.action:
        flash(*outcomes.of(begun.action, request.args.get("kc_action_status", "")))
    return _next_page(_held(identity.person_id), wanted)


def _same_person(identity: oidc.Identity) -> oidc.Identity:
    """Who comes back to a session that there is has to be its person; otherwise it ends."""
    person = somebody()
    if person and person.id != identity.person_id:
        session.start_anew()  # type: ignore[attr-defined]
        raise oidc.SomebodyElse
    return identity


def _held(person_id: str) -> Collection[Holding]:
    """The person's roles by the mirror, which says no more than where to go: the page there asks Keycloak.

    Of whom it knows none, they may have been let in just now: Keycloak is asked.
    """
    known = people.held(straight(), person_id)
    if known:
        return known
    standing = services().reader.standing(person_id)
    with services().sessions.begin() as db:
        mirror.refresh_person(db, standing)
    return standing.holdings


def _start_session(identity: oidc.Identity) -> None:
    """With a new token; a session that is only renewed keeps what it holds."""
    is_renewed = session.get(PERSON) == identity.person_id
    kept = dict(session) if is_renewed else {}
    session.start_anew()  # type: ignore[attr-defined]
    session.update(kept)
    second_factor.remember(identity)
    session[PERSON] = identity.person_id
    session[KEYCLOAK_SID] = identity.sid
    device = device_of(request.user_agent.string)
    session.tie_to(identity.tie, request_origin().address, device)  # type: ignore[attr-defined]


def _next_page(held: Collection[Holding], wanted: str) -> Response:
    if len(held) == 1:
        choose(next(iter(held)))
    if active_holding(held):
        return redirect(wanted or url_for("home.show"))
    if held:
        return redirect(url_for("roles.choose", next=wanted or None))
    return redirect(wanted or url_for("profile.show"))


@pages.post("/signout")
@public
def sign_out() -> Response:
    """Ends Keycloak's session and this one.

    Of somebody whose session here had ended already, Keycloak's may go on: it asks them about that itself.
    """
    if somebody():
        log.info("signed-out", **telling.who())
        renewal.end_keycloaks()
    return leaving.to_keycloak()


@pages.get("/signed-out")
@public
def signed_out() -> Response:
    """Says that it is done, and why when it wasn't asked for."""
    if somebody():
        return redirect(url_for("home.show"))
    why, stay = WHY.get(request.args.get("because", ""), ""), request.args.get("sessions") == "stay"
    page = render_template("signin/signed_out.jinja", why=why, sessions_stay=stay)
    return leaving.nothing_kept(make_response(page))


@pages.post("/signin/backchannel-logout")
@public
def backchannel_logout() -> tuple[dict[str, str], int]:
    """Keycloak says that a session, or all of a person's, ended elsewhere. Each token counts once."""
    try:
        claims = oidc.read_logout_token(services().settings, request.form.get("logout_token", ""))
    except oidc.BadLogoutToken as fault:
        telling.because(fault)
        return {"error": "invalid_request", "error_description": str(fault)}, 400
    expires = datetime.fromtimestamp(claims.get("exp", claims["iat"]), UTC) + timedelta(days=1)
    with services().sessions.begin() as db:
        once = insert(SeenLogoutToken).values(jti=claims["jti"], expires_at=expires).on_conflict_do_nothing()
        if db.execute(once).rowcount:  # type: ignore[attr-defined]
            ended = browser_sessions.end(db, sid=claims.get("sid", ""), person_id=claims.get("sub", ""))
            log.info("signed-out-by-keycloak", person=claims.get("sub", ""), sessions=ended)
    return {}, 200
