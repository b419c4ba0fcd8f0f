"""Puts the portal together, step by step.

The guard stands before the protection of forms, so that somebody whose session ended is sent to sign in and
not told of a form too old.
"""

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import api
from portal.logs import set_up_logs
from portal.pages import BLUEPRINTS, navigation, paging, tables
from portal.services import Services, build
from portal.settings import Settings
from portal.web import (
    begun,
    drawings,
    error_pages,
    guard,
    oidc,
    reading,
    security_headers,
    static_files,
    telling,
    templating,
)
from portal.web.begun import BegunSignIns
from portal.web.sessions import DatabaseSessions

SERVICE_NAME = "CQRS accounts"
LARGEST_FORM = 256 * 1024


class Portal(Flask):
    """None of its functions is a coroutine, so none is looked at for that, at each request anew.

    What fails is logged without the secret of a mailed link.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def log_exception(self, exc_info: Any) -> None:
        self.logger.error("Exception on %s [%s]", telling.path(), request.method, exc_info=exc_info)


def create_app(services: Services | None = None) -> Flask:
    """The portal, with the services given or with the real ones that the environment names.

    Raises BadSetting when the environment lacks something or is unsafe.
    """
    if services is None:
        set_up_logs()
        services = build(Settings.from_environment(os.environ))
    app = bare(services)
    add_telling(app)
    add_templates(app)
    add_static_files(app, services)
    add_sessions(app, services)
    add_sign_in(app, services)
    add_guard(app)
    protection = add_form_protection(app)
    add_headers(app, services)
    add_errors(app)
    add_pages(app)
    api.install(app, protection)
    return app


def bare(services: Services) -> Flask:
    """An application that has its settings and services and answers nothing yet."""
    app = Portal("portal", static_folder=None)
    app.config.update(
        SECRET_KEY=services.settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["cqrs"] = services
    if proxies := services.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def add_telling(app: Flask) -> None:
    """What the log says of each answer."""
    telling.install(app, behind_proxy=app.extensions["cqrs"].settings.trusted_proxies > 0)


def add_templates(app: Flask) -> None:
    """Templates, and what every one of them may use."""
    templating.install(app)
    drawings.install(app)
    settings = app.extensions["cqrs"].settings
    app.context_processor(
        lambda: {"service_name": SERVICE_NAME, "settings": settings, "today": app.extensions["cqrs"].clock()}
    )


def add_static_files(app: Flask, services: Services) -> None:
    """Style sheets, scripts and pictures."""
    static_files.install(app, security_headers.fixed_headers(https=services.settings.is_production))


def add_sessions(app: Flask, services: Services) -> None:
    """Sessions in the database, sign-ins that are begun in the browser, and what pages read."""
    reading.install(app, services.sessions)
    secure, clock = not is_plain_localhost(services.settings), services.true_time
    kept = app.session_interface = DatabaseSessions(services.sessions, clock, secure=secure)
    key = services.settings.secret_key
    begun.install(app, BegunSignIns(key, clock, kept.cookie_name, secure=secure))


def is_plain_localhost(settings: Settings) -> bool:
    """Whether browsers come by plain http to this machine itself, where a Secure cookie would be dropped."""
    address = urlsplit(settings.portal_url)
    local = address.hostname in {"localhost", "127.0.0.1"}
    return not settings.is_production and address.scheme == "http" and local


def add_sign_in(app: Flask, services: Services) -> None:
    """The portal as a client of Keycloak."""
    oidc.install(app, services.settings, services.true_time)


def add_guard(app: Flask) -> None:
    """Every route says who may open it."""
    guard.install(app)


def add_form_protection(app: Flask) -> CSRFProtect:
    """Every form carries a token of its session; Keycloak's call to sign out carries its own proof."""
    protection = CSRFProtect(app)
    protection.exempt("portal.pages.signin.routes.backchannel_logout")
    return protection


def add_headers(app: Flask, services: Services) -> None:
    """What browsers are told to allow."""
    settings = services.settings
    security_headers.install(app, sign_in_url=settings.keycloak_url, https=settings.is_production)


def add_errors(app: Flask) -> None:
    """A page for everything that can go wrong."""
    error_pages.install(app)


def add_pages(app: Flask) -> None:
    """The routes."""
    navigation.install(app)
    paging.install(app)
    tables.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
