"""An application beside the portal: signs people in with these accounts, and asks what they may see.

It shows the three ways to know: what the token says, a list from the scope API, a question before each page.
`docs/integrate.md` explains it; `make run` starts it where CQRS_EXAMPLE_PORT names a port.
"""

import os
from typing import Any

import requests
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Blueprint, Flask, abort, current_app, redirect, render_template_string, session, url_for
from flask import request as asked
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.wrappers import Response

ROLES = ("provider-user", "provider-finance", "commissioner-user", "commissioner-finance", "service-desk")
SCOPE = "openid email cqrs.claim cqrs.evaluate cqrs.search cqrs.place.everywhere cqrs.role."
SCOPE += " cqrs.role.".join(ROLES)
TIMEOUT = 10
PAGE = """<!doctype html><html lang="en"><title>Payments</title><h1>Payments</h1>{% if email %}
<p>You are {{ email }}.</p>
<form method="post" action="{{ url_for('payments.sign_out') }}"><button>Sign out</button></form>
{% for role, codes in roles.items() %}<h2>{{ role }}</h2><ul>{% for code in codes %}
<li><a href="{{ url_for('payments.of_one', role=role, code=code) }}">{{ code }}</a></li>
{% else %}<li>None for the moment</li>{% endfor %}</ul>
{% else %}<p>You have no role here. Ask for one at <a href="{{ portal }}">{{ portal }}</a>.</p>{% endfor %}
{% else %}<p><a href="{{ url_for('payments.sign_in') }}">Sign in</a></p>{% endif %}</html>"""
pages = Blueprint("payments", __name__)


@pages.get("/")
def home() -> str:
    """What the person may open."""
    mine = _tokens().get(session.get("sid", ""))
    person, portal = mine["userinfo"] if mine else {}, current_app.config["PORTAL"]
    held = person.get("cqrs_access", {}).get("roles", {})
    roles = {role: _reached(role, where) for role, where in held.items() if role in ROLES}
    return render_template_string(PAGE, email=person.get("email"), roles=roles, portal=portal)


@pages.get("/payments/<role>/<code>")
def of_one(role: str, code: str) -> str:
    """One organisation's payments. Asked at this moment: what the token says may be minutes old."""
    if role not in ROLES or not _ask("evaluation", role, id=code)["decision"]:
        abort(403)
    return render_template_string("Payments of {{ code }}, as {{ role }}", code=code, role=role)


@pages.get("/sign-in")
def sign_in() -> Any:
    """To Keycloak."""
    return _accounts().authorize_redirect(url_for("payments.signed_in", _external=True))


@pages.get("/signed-in")
def signed_in() -> Response:
    """Back from Keycloak: Authlib checks state, nonce, issuer, audience, signature and expiry."""
    try:
        token = _accounts().authorize_access_token()
    except OAuthError:
        abort(400)
    session.clear()
    session["sid"] = token["userinfo"]["sid"]
    _tokens()[session["sid"]] = token
    return redirect(url_for("payments.home"))


@pages.post("/sign-out")
def sign_out() -> Response:
    """Here, and at Keycloak, which tells every other application."""
    home = url_for("payments.home", _external=True)
    token = _tokens().pop(session.pop("sid", ""), None)
    return redirect(_accounts().create_logout_url(home, token["id_token"])["url"] if token else home)


@pages.post("/signed-out-elsewhere")
def signed_out_elsewhere() -> tuple[str, int]:
    """Keycloak says that somebody signed out, by a token that it has signed (back-channel logout)."""
    keys = KeySet.import_key_set(_accounts().fetch_jwk_set())
    needed: Any = {
        name: {"essential": True, "value": current_app.config[name.upper()]} for name in ("iss", "aud")
    }
    try:
        told = jwt.decode(asked.form.get("logout_token", ""), keys, ["RS256"]).claims
        jwt.JWTClaimsRegistry(**needed, events={"essential": True}).validate(told)
    except (JoseError, ValueError):
        return "", 400
    _tokens().pop(told.get("sid", ""), None)
    return "", 200


def _reached(role: str, where: Any) -> list[str]:
    """A provider's role reaches where it is held; for a commissioner's, or too many, the API is asked."""
    if role.startswith("provider") and where != "ask":
        return list(where)
    return [one["id"] for one in _ask("search/resource", role)["results"]]


def _ask(question: str, role: str, **resource: str) -> Any:
    """What the scope API says of the person, asked on their behalf with their own token."""
    mine = _tokens().get(session.get("sid", "")) or abort(redirect(url_for("payments.sign_in")))
    body = {
        "subject": {"type": "user", "id": mine["userinfo"]["sub"]},
        "action": {"name": role},
        "resource": {"type": "organisation", **resource},
    }
    address, bearer = f"{current_app.config['PORTAL']}/access/v1/{question}", f"Bearer {mine['access_token']}"
    answer = requests.post(address, json=body, headers={"Authorization": bearer}, timeout=TIMEOUT)
    if answer.status_code == 401:  # expired: to sign in again renews it, and asks for no password
        abort(redirect(url_for("payments.sign_in")))
    if not answer.ok:  # it can't say for the moment: what is not answered yes is no
        abort(503)
    return answer.json()


def _accounts() -> Any:
    return current_app.extensions["accounts"]


def _tokens() -> Any:
    """By session: too long for a cookie. Several processes would keep them in a store of their own."""
    return current_app.extensions["tokens"]


def create_app(portal: str, keycloak: str, client: str, secret: str, key: str) -> Flask:
    """The application. `keycloak` is the realm's address, and its issuer; `portal` has the scope API."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=key, SESSION_COOKIE_NAME="payments", SESSION_COOKIE_SAMESITE="Lax")
    app.config.update(PORTAL=portal, ISS=keycloak, AUD=client)
    asking = {"scope": SCOPE, "code_challenge_method": "S256", "default_timeout": TIMEOUT}
    about = {"server_metadata_url": f"{keycloak}/.well-known/openid-configuration", "client_kwargs": asking}
    accounts = OAuth(app).register("accounts", client_id=client, client_secret=secret, **about)
    app.extensions["accounts"] = accounts
    app.extensions["tokens"] = {}
    app.register_blueprint(pages)
    return app


def from_environment() -> Flask:
    """What `make run` starts: EXAMPLE_PORTAL, _KEYCLOAK, _CLIENT, _SECRET and _KEY."""
    given = (os.environ[f"EXAMPLE_{name}"] for name in ("PORTAL", "KEYCLOAK", "CLIENT", "SECRET", "KEY"))
    return create_app(*given)
