"""How the calls of sign-in reach Keycloak: by connections that stay open, and with the request's name."""

from collections.abc import Callable
from typing import cast

import requests
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

from directory.trace import traced

CONNECTIONS = 8


class _Traced(OAuth2Session):  # type: ignore[misc] # Authlib says nothing of its types
    """Each call tells Keycloak which request of a browser it is for."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        request.headers = {**(request.headers or {}), **traced()}
        return cast(requests.PreparedRequest, super().prepare_request(request))


class KeycloaksClient(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's, whose every call is traced: those for the realm's keys too."""

    client_cls = _Traced


class _Kept(HTTPAdapter):
    """Connections that outlive the session which uses them: Authlib makes one for every call."""

    def close(self) -> None:
        """They stay for the next."""


def by_kept_connections(url: str) -> Callable[[requests.Session], None]:
    """Has Authlib's sessions go to this address by connections that are open already.

    What the environment says of proxies and certificates is read once, not at every call.
    """
    kept = _Kept(pool_maxsize=CONNECTIONS)
    around = requests.Session().merge_environment_settings(url, {}, None, None, None)

    def use(session: requests.Session) -> None:
        session.mount(url, kept)
        session.trust_env = False
        session.proxies, session.verify = around["proxies"], around["verify"]

    return use
