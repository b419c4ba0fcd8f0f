"""What every answer tells the browser: run only our scripts, ask no other host, never show us in a frame."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

ONE_YEAR = 31_536_000


def install(app: Flask, *, sign_in_url: str, https: bool) -> None:
    """Adds the headers to every answer of `app`.

    `sign_in_url` is Keycloak's public address: the sign-out form is sent on there. With `https`, browsers
    are told to come back by https only.
    """
    app.jinja_env.globals["script_nonce"] = script_nonce
    fixed = fixed_headers(https=https)
    sign_in_host = "{0.scheme}://{0.netloc}".format(urlsplit(sign_in_url))

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(fixed)
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = policy(sign_in_host)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def fixed_headers(*, https: bool) -> dict[str, str]:
    """Those that are the same for every answer. The policy here is for what is no page: that asks nothing."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if https:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    return headers


def script_nonce() -> str:
    """This answer's nonce: an inline script without it does not run."""
    if "script_nonce" not in g:
        g.script_nonce = secrets.token_urlsafe(16)
    return str(g.script_nonce)


def policy(sign_in_host: str) -> str:
    """The content security policy; `sign_in_host` may receive a form by way of a redirect."""
    return "; ".join(
        [
            "default-src 'none'",
            "object-src 'none'",
            f"script-src 'self' 'nonce-{script_nonce()}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"form-action 'self' {sign_in_host}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )
