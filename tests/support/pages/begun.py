"""What an answer has the browser keep of the sign-in that it begins."""

from urllib.parse import parse_qs, urlsplit

from flask import Flask, session
from werkzeug.test import TestResponse

from portal.web.begun import Begun, begun_sign_ins
from portal.web.sessions import PERSON


def state_of(answer: TestResponse) -> str:
    """The name of what was begun, by the address that leads to Keycloak."""
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


def cookies_set(answer: TestResponse) -> dict[str, str]:
    """Those that it has the browser keep, by name."""
    pairs = (each.partition(";")[0].partition("=") for each in answer.headers.getlist("Set-Cookie"))
    return {name: value for name, _, value in pairs if value}


def begun_by(app: Flask, answer: TestResponse, person_id: str = "") -> Begun:
    """As the portal will find it, when Keycloak sends the browser of that person back."""
    sent = "; ".join(f"{name}={value}" for name, value in cookies_set(answer).items())
    with app.test_request_context("/", headers={"Cookie": sent}):
        session[PERSON] = person_id
        begun = begun_sign_ins().take(state_of(answer))
    assert begun
    return begun
