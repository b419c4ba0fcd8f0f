"""Where Keycloak is, and as whom to speak to it. Secrets never show in a repr or a log line."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Connection:
    """A service account of one realm: how the portal, its worker and sync reach Keycloak.

    `url` is Keycloak's base address, without `/realms`, as this machine reaches it. `timeout` is in seconds,
    for each call.
    """

    url: str
    realm: str
    client_id: str
    client_secret: str = field(repr=False)
    timeout: float = 5.0


@dataclass(frozen=True, slots=True)
class AdminConnection:
    """The administrator of the realm `master`: only the realm commands and the local stack have one.

    `code` is what the administrator's authenticator app shows; empty for one without. `timeout` is in
    seconds, for each call; creating a realm takes Keycloak some seconds.
    """

    url: str
    user: str
    password: str = field(repr=False)
    timeout: float = 30.0
    code: str = field(default="", repr=False)
