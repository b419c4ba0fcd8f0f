"""What the portal takes from the environment, and what it refuses to start with."""

import hashlib

import pytest

from portal.settings import BadSetting, Settings, WorkerSettings


def secret(name: str) -> str:
    """One that nobody guesses, another for each name."""
    return hashlib.sha256(name.encode()).hexdigest()


SECRETS = ("PORTAL_CLIENT_SECRET", "READER_SECRET", "WRITER_SECRET", "SECRET_KEY", "AUDIT_KEY")
SAFE = {
    "CQRS_PORTAL_URL": "https://accounts.example",
    "CQRS_KEYCLOAK_URL": "https://signin.example/",
    "CQRS_DATABASE_URL": "postgresql+psycopg://portal@127.0.0.1/portal",
    **{f"CQRS_{name}": secret(name) for name in SECRETS},
    "CQRS_SMTP_HOST": "127.0.0.1",
    "CQRS_MAIL_FROM": "no-reply@cqrs.example",
    "CQRS_SERVICE_DESK_EMAIL": "desk@cqrs.example",
    "CQRS_SERVICE_DESK_PHONE": "0300 123 4567",
}
OF_THE_WEB = {"CQRS_PORTAL_CLIENT_SECRET"}
NEEDED = [name for name in SAFE if name not in OF_THE_WEB]


def test_production_is_what_counts_when_nothing_is_said() -> None:
    assert WorkerSettings.from_environment(SAFE).is_production


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        WorkerSettings.from_environment({key: value for key, value in SAFE.items() if key != name})


@pytest.mark.parametrize("name", sorted(OF_THE_WEB))
def test_the_web_processes_secrets_are_theirs_alone(name: str) -> None:
    """The worker starts without them."""
    without = {key: value for key, value in SAFE.items() if key != name}
    with pytest.raises(BadSetting, match=name):
        Settings.from_environment(without)
    assert WorkerSettings.from_environment(without).is_production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CQRS_PORTAL_URL", "http://accounts.example"),
        ("CQRS_KEYCLOAK_URL", "http://signin.example"),
        ("CQRS_SECRET_KEY", "short"),
        ("CQRS_AUDIT_KEY", "short"),
        ("CQRS_WRITER_SECRET", "only-for-development-only-for-development"),
        ("CQRS_READER_SECRET", ""),
        ("CQRS_PORTAL_CLIENT_SECRET", "x" * 31),
        ("CQRS_PORTAL_CLIENT_SECRET", "x" * 64),
        ("CQRS_READER_SECRET", "0123456789abcdef" * 2),
        ("CQRS_READER_SECRET", "Password-of-the-reader-0123456789"),
        ("CQRS_WRITER_SECRET", secret("READER_SECRET")),
        ("CQRS_READER_SECRET", secret("PORTAL_CLIENT_SECRET")),
        ("CQRS_AUDIT_KEY", secret("SECRET_KEY")),
        ("CQRS_PORTAL_INTERNAL_URL", "http://portal:8000"),
        ("CQRS_KEYCLOAK_INTERNAL_URL", "http://keycloak.inside:8080"),
        ("CQRS_DATABASE_URL", "postgresql+psycopg://portal@db.example/portal"),
        ("CQRS_DATABASE_URL", "postgresql+psycopg://portal@db.example/portal?sslmode=require"),
        ("CQRS_DATABASE_URL", "postgresql+psycopg://portal@/portal?host=db.example&sslmode=prefer"),
        ("CQRS_DATABASE_URL", "postgresql+psycopg://portal:portal@127.0.0.1/portal"),
        (
            "CQRS_DATABASE_URL",
            "postgresql+psycopg://portal@/portal?host=/run/postgresql&password=Password-1234",
        ),
        ("CQRS_SMTP_SECURITY", "ssl"),
    ],
)
def test_production_refuses_what_is_unsafe(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        WorkerSettings.from_environment(SAFE | {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CQRS_PORTAL_INTERNAL_URL", "https://portal.inside"),
        ("CQRS_KEYCLOAK_INTERNAL_URL", "http://127.0.0.1:8080"),
        ("CQRS_KEYCLOAK_INTERNAL_URL", "http://[::1]:8080"),
        ("CQRS_DATABASE_URL", "postgresql+psycopg://portal@db.example/portal?sslmode=verify-full"),
        ("CQRS_DATABASE_URL", "postgresql+psycopg://portal@/portal?host=/run/postgresql"),
        ("CQRS_DATABASE_URL", "postgresql+psycopg://portal:Tr7%2Fq-Zk04_uW@127.0.0.1/portal"),
    ],
)
def test_production_takes_what_nobody_else_reads(name: str, value: str) -> None:
    """This machine itself, its sockets, and whatever is encrypted and shows who it is."""
    assert WorkerSettings.from_environment(SAFE | {name: value}).is_production


INSIDE = {
    "CQRS_KEYCLOAK_INTERNAL_URL": "http://keycloak:8080",
    "CQRS_DATABASE_URL": "postgresql+psycopg://portal@db/portal",
    "CQRS_SMTP_HOST": "mail",
}


def test_a_network_of_ones_own_has_to_be_told() -> None:
    """Each of them is named else; what browsers use is encrypted whatever is told."""
    for name in ("CQRS_KEYCLOAK_INTERNAL_URL", "CQRS_DATABASE_URL"):
        with pytest.raises(BadSetting, match=name):
            WorkerSettings.from_environment(SAFE | INSIDE)
    with pytest.raises(BadSetting, match="CQRS_SMTP_SECURITY"):
        WorkerSettings.from_environment(SAFE | {"CQRS_SMTP_HOST": "mail"})
    told = SAFE | INSIDE | {"CQRS_UNENCRYPTED_INSIDE": "true"}
    assert WorkerSettings.from_environment(told).is_production
    with pytest.raises(BadSetting, match="CQRS_PORTAL_URL"):
        WorkerSettings.from_environment(told | {"CQRS_PORTAL_URL": "http://accounts.example"})


def test_no_value_is_shown() -> None:
    """What is wrong with a secret goes into logs; the secret doesn't."""
    weak = "Password-of-the-reader-0123456789"
    with pytest.raises(BadSetting) as refused:
        WorkerSettings.from_environment(SAFE | {"CQRS_READER_SECRET": weak})
    assert weak not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CQRS_ENVIRONMENT", "staging"),
        ("CQRS_PORTAL_URL", "accounts"),
        ("CQRS_SMTP_PORT", "mail"),
        ("CQRS_SMTP_PORT", "70000"),
        ("CQRS_REMIND_AFTER", "0"),
        ("CQRS_REMIND_AFTER", "11"),
        ("CQRS_GUIDES", "https://example.nhs.uk/aids"),
        ("CQRS_GUIDES", "Job aids"),
        ("CQRS_PAYMENT_TYPES", f"QOF; {'long ' * 21}"),
        ("CQRS_GUIDES", "Job aids https://example.nhs.uk/aids; Danger javascript:alert(1)"),
    ],
)
def test_nonsense_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        WorkerSettings.from_environment(SAFE | {name: value})


def test_the_date_moves_in_no_production() -> None:
    """PRO-7: off unless told, and refused where it would do harm."""
    assert not Settings.from_environment(SAFE).system_date_change
    with pytest.raises(BadSetting, match="CQRS_SYSTEM_DATE_CHANGE must not be set in production"):
        Settings.from_environment(SAFE | {"CQRS_SYSTEM_DATE_CHANGE": "true"})
    tried = SAFE | {"CQRS_SYSTEM_DATE_CHANGE": "true", "CQRS_ENVIRONMENT": "development"}
    assert Settings.from_environment(tried).system_date_change


def test_guides() -> None:
    """HLP-1: their titles and addresses, in this order; none unless told."""
    assert WorkerSettings.from_environment(SAFE).guides == ()
    told = "Job aids for approvers https://example.nhs.uk/aids;FAQ http://localhost/faq; "
    guides = WorkerSettings.from_environment(SAFE | {"CQRS_GUIDES": told}).guides
    assert [(guide.title, guide.url) for guide in guides] == [
        ("Job aids for approvers", "https://example.nhs.uk/aids"),
        ("FAQ", "http://localhost/faq"),
    ]


def test_payment_types() -> None:
    """USR-7: a list in configuration, each once and in its order."""
    assert "Enhanced services" in WorkerSettings.from_environment(SAFE).payment_types
    told = SAFE | {"CQRS_PAYMENT_TYPES": " QOF ; Enhanced  services;QOF;;"}
    assert WorkerSettings.from_environment(told).payment_types == ("QOF", "Enhanced services")


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadSetting) as told:
        WorkerSettings.from_environment(SAFE | {"CQRS_SECRET_KEY": "short", "CQRS_SMTP_PORT": "mail"})
    assert "CQRS_SECRET_KEY" in str(told.value)
    assert "CQRS_SMTP_PORT" in str(told.value)


def test_secrets_are_not_shown() -> None:
    shown = repr(WorkerSettings.from_environment(SAFE))
    assert not any(secret(name) in shown for name in SECRETS)
    with pytest.raises(BadSetting) as told:
        WorkerSettings.from_environment(SAFE | {"CQRS_READER_SECRET": "a-secret-too-short"})
    assert "a-secret-too-short" not in str(told.value)


def test_a_web_process_neither_needs_nor_keeps_what_can_write_to_keycloak() -> None:
    """One writer: only the worker holds the secret that can change anybody."""
    made = Settings.from_environment(SAFE | {"CQRS_WRITER_SECRET": "w" * 40})
    assert "w" * 40 not in str(vars(made))
    without = {name: value for name, value in SAFE.items() if name != "CQRS_WRITER_SECRET"}
    assert Settings.from_environment(without).is_production


def test_inside_addresses_are_those_of_outside_unless_set() -> None:
    made = Settings.from_environment(SAFE)
    assert (made.portal_internal_url, made.keycloak_internal_url) == (made.portal_url, made.keycloak_url)
    told = SAFE | {"CQRS_KEYCLOAK_INTERNAL_URL": "https://keycloak:8443/"}
    assert Settings.from_environment(told).keycloak_internal_url == "https://keycloak:8443"
