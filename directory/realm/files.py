"""Reads the realm file: Keycloak's own representation of the realm, holding only what we want of it.

The file names what differs from one installation to another as `${NAME}`, `${NAME,OTHER}` (the first that is
set) or `${NAME:default}`. Keycloak itself fills these in when it loads the file at its first start; here they
are filled in the same way, so that both roads lead to the same realm.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Representation = dict[str, Any]

_FOLDER = Path(__file__).parents[2] / "keycloak-realm"
MASTER = "master"
REALM_FILES: tuple[Path, ...] = (_FOLDER / "realm.json", _FOLDER / "access.json")
"""The second stands apart: a realm made from a file that names client scopes gets none of Keycloak's own."""
MASTER_FILES: tuple[Path, ...] = (_FOLDER / "master.json",)
_LEFT_OUT_WHEN_EMPTY = {"smtpServer", "attributes"}
"""Parts of which Keycloak keeps nothing that has the empty value."""
_KEY_OF_THE_NOTE = "CQRS_PORTAL_CLIENT_SECRET"
_MAIL_SECURITY = {"CQRS_SMTP_STARTTLS": "starttls", "CQRS_SMTP_SSL": "tls"}

# Keycloak's own names, such as ${client_admin-cli}, are in lower case and stay as they are.
_PLACEHOLDER = re.compile(r"\$\{(?P<names>[A-Z][A-Z0-9_,]*)(?::(?P<default>[^}]*))?\}")


class RealmFileInvalid(ValueError):
    """A realm file can't be used; the message names the file or the settings that are missing."""


def read(files: Iterable[Path], environment: Mapping[str, str]) -> Representation:
    """The realm that the files describe, placeholders filled in from `environment`.

    A key in a later file replaces that of an earlier one. Raises RealmFileInvalid.
    """
    environment = {**_of_the_mail_server(environment), **environment}
    wanted: Representation = {}
    missing: set[str] = set()
    for file in files:
        wanted |= _fill(_load(file), environment, missing)
    if missing:
        raise RealmFileInvalid(f"set these in the environment first: {', '.join(sorted(missing))}")
    if not wanted.get("realm"):
        raise RealmFileInvalid("it names no realm")
    for part in _LEFT_OUT_WHEN_EMPTY & set(wanted):
        wanted[part] = {key: value for key, value in wanted[part].items() if value}
    return wanted


def _of_the_mail_server(environment: Mapping[str, str]) -> dict[str, str]:
    """Keycloak's words for what ours say of the way to the mail server."""
    security = environment.get("CQRS_SMTP_SECURITY")
    words = {name: str(security == meant).lower() for name, meant in _MAIL_SECURITY.items()}
    words["CQRS_SMTP_AUTH"] = str(bool(environment.get("CQRS_SMTP_USER"))).lower()
    return words | {"CQRS_SMTP_PASSWORD_NOTE": _note_of_the_password(environment)}


def _note_of_the_password(environment: Mapping[str, str]) -> str:
    """By which another password is told from the one that was set: Keycloak shows nobody what it has.

    Whoever reads it can't try words on it, for want of the key.
    """
    password, key = (environment.get(name, "") for name in ("CQRS_SMTP_PASSWORD", _KEY_OF_THE_NOTE))
    if not (password and key):
        return ""
    return hmac.digest(key.encode(), f"mail password {password}".encode(), "sha256").hex()


def _load(file: Path) -> Representation:
    try:
        loaded = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RealmFileInvalid(f"can't read {file}: {error.strerror}") from error
    except ValueError as error:
        raise RealmFileInvalid(f"{file} is not JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise RealmFileInvalid(f"{file} does not hold a realm")
    return loaded


def _fill(value: Any, environment: Mapping[str, str], missing: set[str]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: _setting(found, environment, missing), value)
    if isinstance(value, list):
        return [_fill(one, environment, missing) for one in value]
    if isinstance(value, dict):
        return {key: _fill(one, environment, missing) for key, one in value.items()}
    return value


def _setting(found: re.Match[str], environment: Mapping[str, str], missing: set[str]) -> str:
    names = found["names"].split(",")
    for name in names:
        if environment.get(name):
            return environment[name]
    if found["default"] is None:
        missing.add(names[-1])
        return ""
    return found["default"]
