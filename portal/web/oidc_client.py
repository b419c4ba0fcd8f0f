"""The portal as Keycloak's client: what it asks, and what it is given, as Authlib has it."""

from collections.abc import Mapping
from typing import Any

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import DEFAULT_HEADERS, OAuth2Client

from portal.settings import Settings
from portal.web.oidc_calls import Calls

CLIENT = "cqrs-portal"
CALLBACK = "/signin/callback"
"""Where Keycloak sends the browser back to."""


def realm_urls(settings: Settings) -> tuple[str, str]:
    """The realm's address for browsers, which is its issuer, and the one for the portal."""
    return (
        f"{settings.keycloak_url}/realms/{settings.realm}",
        f"{settings.keycloak_internal_url}/realms/{settings.realm}",
    )


class KeycloaksClient:
    """The client of these settings' realm. Nothing is fetched until it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = realm_urls(settings)[0]
        self._below = f"realms/{settings.realm}/protocol/openid-connect"
        self._calls = Calls(settings.keycloak_internal_url)
        self._secret = settings.portal_client_secret
        self._callback = settings.portal_url + CALLBACK

    def address(self, **asked: str) -> str:
        """Where a browser is sent to sign in: with `state`, `nonce` and `code_verifier`, and what else."""
        to = f"{self.issuer}/protocol/openid-connect/auth"
        address, _ = self._authlibs().create_authorization_url(to, **asked)
        return str(address)

    def tokens(self, grant_type: str, **given: str) -> Mapping[str, Any]:
        """Those for a code or a refresh token. Raises OAuth2Error, ValueError and NoAnswer."""
        found: Mapping[str, Any] = self._authlibs().fetch_token(
            f"{self._below}/token", grant_type=grant_type, **given
        )
        return found

    def keys(self) -> Any:
        """The realm's public keys. Raises NoAnswer and ValueError."""
        answer = self._calls.get(f"{self._below}/certs")
        answer.raise_for_status()
        return answer.json()

    def end(self, refresh_token: str) -> bool:
        """Ends Keycloak's session; whether Keycloak says that it did. Raises NoAnswer."""
        auth = ClientAuth(CLIENT, self._secret)
        form = {"refresh_token": refresh_token}
        return self._calls.post(f"{self._below}/logout", form, DEFAULT_HEADERS, auth).ok

    def _authlibs(self) -> OAuth2Client:
        """Each time another: it keeps the tokens that it is given."""
        return OAuth2Client(
            self._calls,
            CLIENT,
            self._secret,
            redirect_uri=self._callback,
            scope="openid profile email",
            code_challenge_method="S256",
        )
