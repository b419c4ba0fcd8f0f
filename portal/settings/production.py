"""What production refuses to start with: traffic that others can read, and secrets that others can guess."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

DEVELOPMENT_SECRET = "only-for-development"  # noqa: S105 - refused in production
SHORTEST_SECRET = 32
_FEWEST_CHARACTERS = 10
_GUESSED_FIRST = (DEVELOPMENT_SECRET, "password", "secret", "changeme", "change-me", "example", "12345678")
_VERIFYING = ("verify-full", "verify-ca")
_THIS_MACHINE = ("", "localhost", "127.0.0.1", "::1")


def is_secret(name: str) -> bool:
    """Whether a setting of this name is one."""
    return name.endswith(("_secret", "_key"))


def wrong_with_secret(value: str) -> str:
    """What makes a secret guessable; the empty string for a good one."""
    if len(value) < SHORTEST_SECRET:
        return f"must be a secret of {SHORTEST_SECRET} characters or more in production"
    if _is_guessed(value):
        return "must be a secret that nobody guesses in production, such as `openssl rand -base64 32` gives"
    return ""


def _is_guessed(value: str) -> bool:
    repeats = value in (value + value)[1:-1]
    few = len(set(value)) < _FEWEST_CHARACTERS
    return repeats or few or any(word in value.lower() for word in _GUESSED_FIRST)


def wrong_with_database_password(value: str) -> str:
    """What is wrong with the password in a database's address, where there is one, wherever that is."""
    address = urlsplit(value)
    password = unquote(address.password or parse_qs(address.query).get("password", [""])[-1])
    if password and _is_guessed(password):
        return "must have a password that nobody guesses in production, or none where none is asked for"
    return ""


def wrong_with_outer_address(value: str) -> str:
    """What is wrong with an address that browsers use."""
    return "" if value.startswith("https://") else "must begin with https:// in production"


def wrong_with_inner_address(value: str) -> str:
    """What is wrong with an address at which one part reaches another."""
    if value.startswith("https://") or _is_this_machine(urlsplit(value).hostname):
        return ""
    return "must begin with https:// in production, unless CQRS_UNENCRYPTED_INSIDE is true"


def wrong_with_database(value: str) -> str:
    """What is wrong with a database's address: another machine has to show who it is."""
    address = urlsplit(value)
    asked = parse_qs(address.query)
    host = asked.get("host", [address.hostname or ""])[-1]
    if host.startswith("/") or _is_this_machine(host) or asked.get("sslmode", [""])[-1] in _VERIFYING:
        return ""
    return "must have sslmode=verify-full in production, unless CQRS_UNENCRYPTED_INSIDE is true"


def wrong_with_mail(host: str, security: str) -> str:
    """What is wrong with the way to the mail server."""
    if security != "none" or _is_this_machine(host):
        return ""
    return "CQRS_SMTP_SECURITY must be starttls or tls in production, unless CQRS_UNENCRYPTED_INSIDE is true"


def equal_secrets(values: Mapping[str, str]) -> str:
    """The variables that hold the same secret, in words; the empty string where each has its own."""
    counted = Counter(values.values())
    same = [f"CQRS_{name}".upper() for name, value in values.items() if value and counted[value] > 1]
    return f"{', '.join(same)} must be different secrets in production" if same else ""


def _is_this_machine(host: str | None) -> bool:
    return (host or "") in _THIS_MACHINE
