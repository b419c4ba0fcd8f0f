"""The portal's settings, read once from the environment when a process starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from directory.connection import Connection
from portal.settings_reading import BadSetting, Link, Reading


class Environment(StrEnum):
    """Where this runs: production refuses what is only safe on one's own machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


DEVELOPMENT_SECRET = "only-for-development"  # noqa: S105 - refused in production


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one place to another. Secrets stay out of its repr."""

    environment: Environment
    """development or production."""
    portal_url: str
    """Where people's browsers find the portal, without a slash at the end."""
    portal_internal_url: str
    """Where Keycloak finds the portal, for signing out behind the browser's back."""
    keycloak_url: str
    """Where people's browsers find Keycloak, without /realms."""
    keycloak_internal_url: str
    """Where the portal finds Keycloak, without /realms."""
    realm: str
    """The Keycloak realm."""
    database_url: str = field(repr=False)
    """The portal's own PostgreSQL database, postgresql+psycopg://..."""
    portal_client_secret: str = field(repr=False)
    """The secret of the client cqrs-portal, for signing people in."""
    reader_secret: str = field(repr=False)
    """The secret of the service account cqrs-reader."""
    writer_secret: str = field(repr=False)
    """The secret of the service account cqrs-writer."""
    secret_key: str = field(repr=False)
    """Signs the forms' tokens; 32 characters or more in production."""
    smtp_host: str
    """The mail server."""
    smtp_port: int
    """The mail server's port."""
    mail_from: str
    """The address that our e-mails come from."""
    service_desk_email: str
    """Told to people as the address to ask for help."""
    service_desk_phone: str
    """Told to people as the number to ask for help."""
    metrics_port: int
    """The private port of the worker's figures; 0 for none."""
    guides: tuple[Link, ...] = ()
    """Guides that the help page names, in this order."""
    metrics_host: str = "127.0.0.1"
    """The address that the worker's figures are served at."""
    remind_after: int = 5
    """Working days after which an unanswered request reminds those it is with."""
    escalate_after: int = 10
    """Working days after which it also goes to the next level up."""
    lapse_after: int = 60
    """Working days after which it lapses and the person is told."""
    mail_retry_hours: int = 72
    """How long a message that the mail server doesn't take for now is tried again."""
    audit_keep_days: int = 2922
    """How long audit entries are kept, in days; eight years unless told."""
    register_limit: int = 50
    """How many times an hour one network may register or ask for a new link: an IPv4 address, an IPv6 /64."""
    address_limit: int = 5
    """How many times a day one e-mail address may be registered or sent a new link."""
    ask_limit: int = 20
    """How many times a day one person with an account may request a role."""
    trusted_proxies: int = 0
    """How many proxies of ours stand before the portal and name the browser's network address; 0 for none."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Settings":
        """Reads CQRS_* variables. Raises BadSetting, naming each that is missing, wrong or unsafe."""
        reading = Reading(env)
        settings = _read(reading)
        if not settings.remind_after < settings.escalate_after < settings.lapse_after:
            reading.wrong(
                "CQRS_REMIND_AFTER, CQRS_ESCALATE_AFTER, CQRS_LAPSE_AFTER", "must rise in this order"
            )
        if settings.environment is Environment.PRODUCTION:
            _refuse_unsafe(settings, reading)
        reading.finish()
        return settings

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    def connection(self, client: str) -> Connection:
        """How the service account "reader" or "writer" reaches Keycloak."""
        secret = {"reader": self.reader_secret, "writer": self.writer_secret}[client]
        return Connection(self.keycloak_internal_url, self.realm, f"cqrs-{client}", secret)


def _read(reading: Reading) -> Settings:
    portal_url = reading.url("CQRS_PORTAL_URL")
    keycloak_url = reading.url("CQRS_KEYCLOAK_URL")
    return Settings(
        environment=Environment(reading.one_of("CQRS_ENVIRONMENT", list(Environment), "production")),
        portal_url=portal_url,
        portal_internal_url=reading.url("CQRS_PORTAL_INTERNAL_URL", portal_url),
        keycloak_url=keycloak_url,
        keycloak_internal_url=reading.url("CQRS_KEYCLOAK_INTERNAL_URL", keycloak_url),
        realm=reading.text("CQRS_REALM", "cqrs"),
        database_url=reading.text("CQRS_DATABASE_URL"),
        portal_client_secret=reading.text("CQRS_PORTAL_CLIENT_SECRET"),
        reader_secret=reading.text("CQRS_READER_SECRET"),
        writer_secret=reading.text("CQRS_WRITER_SECRET"),
        secret_key=reading.text("CQRS_SECRET_KEY"),
        smtp_host=reading.text("CQRS_SMTP_HOST"),
        smtp_port=reading.number("CQRS_SMTP_PORT", 25, 1, 65535),
        mail_from=reading.text("CQRS_MAIL_FROM"),
        service_desk_email=reading.text("CQRS_SERVICE_DESK_EMAIL"),
        service_desk_phone=reading.text("CQRS_SERVICE_DESK_PHONE"),
        guides=reading.links("CQRS_GUIDES"),
        metrics_port=reading.number("CQRS_METRICS_PORT", 0, 0, 65535),
        metrics_host=reading.text("CQRS_METRICS_HOST", "127.0.0.1"),
        remind_after=reading.number("CQRS_REMIND_AFTER", 5, 1, 1000),
        escalate_after=reading.number("CQRS_ESCALATE_AFTER", 10, 1, 1000),
        lapse_after=reading.number("CQRS_LAPSE_AFTER", 60, 1, 1000),
        mail_retry_hours=reading.number("CQRS_MAIL_RETRY_HOURS", 72, 1, 1000),
        audit_keep_days=reading.number("CQRS_AUDIT_KEEP_DAYS", 2922, 1, 100_000),
        register_limit=reading.number("CQRS_REGISTER_LIMIT", 50, 1, 1_000_000),
        address_limit=reading.number("CQRS_ADDRESS_LIMIT", 5, 1, 1_000_000),
        ask_limit=reading.number("CQRS_ASK_LIMIT", 20, 1, 1_000_000),
        trusted_proxies=reading.number("CQRS_TRUSTED_PROXIES", 0, 0, 10),
    )


def _refuse_unsafe(settings: Settings, reading: Reading) -> None:
    for name, url in (("CQRS_PORTAL_URL", settings.portal_url), ("CQRS_KEYCLOAK_URL", settings.keycloak_url)):
        if not url.startswith("https://"):
            reading.wrong(name, "must begin with https:// in production")
    for name, secret in (
        ("CQRS_PORTAL_CLIENT_SECRET", settings.portal_client_secret),
        ("CQRS_READER_SECRET", settings.reader_secret),
        ("CQRS_WRITER_SECRET", settings.writer_secret),
        ("CQRS_SECRET_KEY", settings.secret_key),
    ):
        if len(secret) < 32 or DEVELOPMENT_SECRET in secret:
            reading.wrong(name, "must be a secret of 32 characters or more in production")


__all__ = ["BadSetting", "Environment", "Settings"]
