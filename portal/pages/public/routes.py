"""Pages for anybody: the start, help, cookies, accessibility; and whether we are well."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.web.access import public, services, somebody

CONTACT_HOLDS = timedelta(days=90)
pages = Blueprint("public", __name__)


@pages.get("/")
@public
def start() -> str | Response:
    """Sign in or register; somebody who is signed in is at Home."""
    if somebody():
        return redirect(url_for("home.show"))
    return render_template("public/start.jinja")


@pages.get("/help")
@public
def help() -> str:
    """Whom to ask."""
    return render_template("public/help.jinja")


@pages.get("/cookies")
@public
def cookies() -> str:
    """The one cookie that we set."""
    return render_template("public/cookies.jinja")


@pages.get("/accessibility")
@public
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("public/accessibility.jinja")


@pages.get("/.well-known/security.txt")
@public
def security_contact() -> Response:
    """Where somebody who has found a hole says so (RFC 9116)."""
    settings = services().settings
    address = settings.security_email or settings.service_desk_email
    lines = (
        f"Contact: mailto:{address}",
        f"Expires: {(services().true_time() + CONTACT_HOLDS).replace(microsecond=0).isoformat()}",
        f"Canonical: {settings.portal_url}{url_for('public.security_contact')}",
        "Preferred-Languages: en",
    )
    return Response("\n".join((*lines, "")), mimetype="text/plain")


@pages.get("/health")
@public
def health() -> tuple[dict[str, str], int]:
    """Whether this process can serve: its database answers. Keycloak away is no reason to restart us."""
    try:
        with services().sessions() as db:
            db.execute(text("select 1"))
    except SQLAlchemyError:
        return {"status": "no database"}, 503
    return {"status": "ok"}, 200
