"""The portal's settings, read once from the environment when a process starts."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from directory.connection import Connection
from portal.settings import production
from portal.settings.values import Address, Days, Guides, Hours, Limit, Names, Port, Secret, between


class BadSetting(ValueError):
    """The message has a line for each variable that is missing, wrong or unsafe. It never shows a value."""


class Environment(StrEnum):
    """Where this runs: production refuses what is only safe on one's own machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SecondFactorPolicy(StrEnum):
    """Whether those who decide or administer may have a second factor, or must; the realm is told too."""

    OFFERED = "offered"
    DEMANDED = "demanded"


class MailSecurity(StrEnum):
    """How the way to the mail server is kept from others' eyes: not at all, from a command on, or whole."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Settings(BaseSettings):
    """What every process of the portal needs, as the environment says; secrets stay out of its repr.

    Each is the variable of the same name, in capitals, after `CQRS_`; one that is empty is not set.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_prefix="CQRS_",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    environment: Environment = Environment.PRODUCTION
    """development or production."""
    unencrypted_inside: bool = False
    """true in production where nobody else is on the network between the parts: they may do without."""
    portal_url: Address
    """Where people's browsers find the portal, without a slash at the end."""
    portal_internal_url: Address = ""
    """Where Keycloak finds the portal, for signing out behind the browser's back; `portal_url` unless set."""
    keycloak_url: Address
    """Where people's browsers find Keycloak, without /realms."""
    keycloak_internal_url: Address = ""
    """Where the portal finds Keycloak, without /realms; `keycloak_url` unless set."""
    realm: str = "cqrs"
    """The Keycloak realm."""
    database_url: Secret
    """The portal's own PostgreSQL database, postgresql+psycopg://..."""
    portal_client_secret: Secret
    """The secret of the client cqrs-portal, for signing people in."""
    reader_secret: Secret
    """The secret of the service account cqrs-reader."""
    secret_key: Secret
    """Signs the forms' tokens and seals sign-ins that are begun; 32 characters or more in production."""
    audit_key: Secret
    """Keys the audit's chain, for good; 32 characters or more in production, kept apart from the database."""
    service_desk_email: str
    """Told to people as the address to ask for help."""
    service_desk_phone: str
    """Told to people as the number to ask for help."""
    guides: Guides = ()
    """Guides that the help page names, in this order."""
    second_factor: SecondFactorPolicy = SecondFactorPolicy.OFFERED
    """offered or demanded: of who decides or administers."""
    fresh_factor_minutes: Annotated[int, between(1, 600)] = 15
    """Where it is demanded: how old a second factor may be when a request is decided."""
    longest_wait: Annotated[int, between(0, 60)] = 5
    """Seconds for which a page waits for the worker before it says that a change is being applied."""
    remind_after: Days = 5
    """Working days after which an unanswered request reminds those it is with."""
    escalate_after: Days = 10
    """Working days after which it also goes to the next level up."""
    lapse_after: Days = 60
    """Working days after which it lapses and the person is told."""
    mail_retry_hours: Hours = 72
    """How long a message that the mail server doesn't take for now is tried again."""
    register_limit: Limit = 50
    """How many times an hour one network may register or ask for a new link: an IPv4 address, an IPv6 /64."""
    address_limit: Limit = 5
    """How many times a day one e-mail address may be registered or sent a new link."""
    ask_limit: Limit = 20
    """How many times a day one person with an account may request a role."""
    system_date_change: bool = False
    """true in a test environment: the date can be moved under My profile. Refused in production."""
    invitation_days: Days = 14
    """Days after which an invitation that was not accepted lapses, with its link."""
    invite_limit: Limit = 100
    """How many addresses a day one person may look up to invite, and how many invitations they may send."""
    link_limit: Limit = 1000
    """How many mails with a link to register one person may have sent a day."""
    security_email: str = ""
    """Where holes in the service are reported; the service desk's address unless set."""
    signin_limit: Limit = 300
    """How many times a minute browsers of one network may begin to sign in, or to fill in a public form."""
    application_limit: Limit = 60_000
    """How many questions a minute one application, or one person through it, may ask the scope API."""
    web_metrics_port: Annotated[int, between(0, 65535)] = 0
    """The private port of the pages' figures; 0 for none."""
    metrics_host: str = "127.0.0.1"
    """The address that figures are served at."""
    trusted_proxies: Annotated[int, between(0, 10)] = 0
    """How many proxies of ours stand before the portal and name the browser's network address; 0 for none."""
    payment_types: Names = ("Quality and Outcomes Framework", "Enhanced services", "Vaccinations")
    """What people at an organisation may be given beside roles, in this order."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Reads CQRS_* variables. Raises BadSetting, naming each that is missing, wrong or unsafe."""
        try:
            return cls(**_Given(cls, env)())
        except ValidationError as wrong:
            raise BadSetting("\n".join(map(_line, wrong.errors()))) from None

    @classmethod
    def settings_customise_sources(  # type: ignore[override]
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        **_others: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `from_environment` was given: no process reads what it was not told to."""
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _same_unless_set(cls, given: Any) -> Any:
        for outside in ("portal_url", "keycloak_url"):
            inside = outside.replace("_url", "_internal_url")
            if outside in given:
                given.setdefault(inside, given[outside])
        return given

    @field_validator("*")
    @classmethod
    def _is_safe(cls, value: Any, info: ValidationInfo) -> Any:
        """In production: encrypted for whoever comes from outside, and nothing that can be guessed."""
        inside = bool(info.data.get("unencrypted_inside"))
        in_production = info.data.get("environment") is Environment.PRODUCTION
        if in_production and (wrong := _unsafe(str(info.field_name), value, unencrypted_inside=inside)):
            raise ValueError(wrong)
        return value

    @model_validator(mode="after")
    def _each_secret_is_its_own(self) -> Self:
        secrets = {
            name: getattr(self, name) for name in type(self).model_fields if production.is_secret(name)
        }
        if self.is_production and (wrong := production.equal_secrets(secrets)):
            raise ValueError(wrong)
        return self

    @model_validator(mode="after")
    def _deadlines_rise(self) -> Self:
        if not self.remind_after < self.escalate_after < self.lapse_after:
            raise ValueError(
                "CQRS_REMIND_AFTER, CQRS_ESCALATE_AFTER, CQRS_LAPSE_AFTER must rise in this order"
            )
        return self

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def reader(self) -> Connection:
        """How the service account that only reads reaches Keycloak."""
        return Connection(self.keycloak_internal_url, self.realm, "cqrs-reader", self.reader_secret)


class WorkerSettings(Settings):
    """What the worker needs besides: it alone may write to Keycloak and send mail."""

    portal_client_secret: Secret = ""
    """The web processes' alone: nobody signs in here."""
    writer_secret: Secret
    """The secret of the service account cqrs-writer."""
    smtp_host: str
    """The mail server."""
    smtp_port: Port = 25
    """The mail server's port."""
    smtp_security: MailSecurity = MailSecurity.NONE
    """none, starttls or tls: how the connection to it is encrypted."""
    smtp_user: str = ""
    """Who we are to the mail server; it is asked nothing of the kind unless told."""
    smtp_password: Secret = ""
    """That user's password."""
    mail_from: str
    """The address that our e-mails come from."""
    audit_head_file: str = ""
    """A file outside the database to which the audit's newest entry is added; none unless told."""
    audit_head_mail: str = ""
    """An address that is mailed the same once a day; none unless told."""
    metrics_port: Annotated[int, between(0, 65535)] = 0
    """The private port of the worker's figures; 0 for none."""

    @model_validator(mode="after")
    def _mail_is_safe(self) -> Self:
        wrong = production.wrong_with_mail(self.smtp_host, self.smtp_security)
        if wrong and self.is_production and not self.unencrypted_inside:
            raise ValueError(wrong)
        return self

    @property
    def writer(self) -> Connection:
        """How the service account that changes people and roles reaches Keycloak."""
        return Connection(self.keycloak_internal_url, self.realm, "cqrs-writer", self.writer_secret)


class _Given(EnvSettingsSource):
    """Reads this environment, which need not be the process's own."""

    def __init__(self, settings: type[Settings], env: Mapping[str, str]) -> None:
        self._env = {name: value.strip() for name, value in env.items()}
        super().__init__(settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._env.items() if value}


def _unsafe(name: str, value: Any, *, unencrypted_inside: bool) -> str:
    """What production can't have in this setting; the empty string for nothing."""
    if name in {"portal_url", "keycloak_url"}:
        return production.wrong_with_outer_address(value)
    if name == "system_date_change":
        return "must not be set in production" if value else ""
    if production.is_secret(name):
        return production.wrong_with_secret(value)
    if name == "database_url" and (wrong := production.wrong_with_database_password(value)):
        return wrong
    look = _BETWEEN_THE_PARTS.get(name)
    return look(value) if look and not unencrypted_inside else ""


_BETWEEN_THE_PARTS: Mapping[str, Callable[[str], str]] = {
    "portal_internal_url": production.wrong_with_inner_address,
    "keycloak_internal_url": production.wrong_with_inner_address,
    "database_url": production.wrong_with_database,
}


def _line(error: ErrorDetails) -> str:
    """What is wrong with one variable; what concerns several names them itself."""
    said = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return said
    name = f"CQRS_{error['loc'][0]}".upper()
    return f"{name} is not set" if error["type"] == "missing" else f"{name} {said[0].lower()}{said[1:]}"
