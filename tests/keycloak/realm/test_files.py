"""The realm file and its placeholders."""

import json
import re
from pathlib import Path

import pytest

from directory.realm import REALM_FILES, RealmFileInvalid
from directory.realm.files import read
from directory.vocabulary import Role
from portal.web.second_factor import DEMANDED_OF


def _file(folder: Path, text: str) -> Path:
    file = folder / "realm.json"
    file.write_text(text)
    return file


def _read(folder: Path, text: str, **environment: str) -> dict[str, object]:
    """What a realm file of this text comes to, the realm's name left out."""
    filled = read([_file(folder, '{"realm": "r", ' + text.removeprefix("{"))], environment)
    return {key: value for key, value in filled.items() if key != "realm"}


def test_takes_the_first_name_that_is_set_or_the_default(tmp_path: Path) -> None:
    text = '{"a": "${CQRS_A}/x", "b": ["${CQRS_B,CQRS_A}"], "c": {"d": "${CQRS_C:10}"}}'
    assert _read(tmp_path, text, CQRS_A="one") == {"a": "one/x", "b": ["one"], "c": {"d": "10"}}


def test_leaves_what_keycloak_itself_names(tmp_path: Path) -> None:
    assert _read(tmp_path, '{"name": "${client_admin-cli}"}') == {"name": "${client_admin-cli}"}


def test_a_value_with_quotation_marks_stays_a_value(tmp_path: Path) -> None:
    sly = '", "enabled": false, "b": "'
    assert _read(tmp_path, '{"a": "${CQRS_A}"}', CQRS_A=sly) == {"a": sly}


def test_names_all_that_is_missing_at_once(tmp_path: Path) -> None:
    file = _file(tmp_path, '{"a": "${CQRS_B}", "b": "${CQRS_A}", "c": "${CQRS_A}"}')
    with pytest.raises(RealmFileInvalid, match=r"CQRS_A, CQRS_B$"):
        read([file], {"CQRS_B": ""})


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "realm.json is not JSON"), ("[]", "realm.json does not hold a realm"), ("{}", "names no realm")],
)
def test_says_which_file_is_broken(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RealmFileInvalid, match=said):
        read([_file(tmp_path, text)], {})


def test_says_which_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RealmFileInvalid, match=r"can't read .*nowhere.json: No such file"):
        read([tmp_path / "nowhere.json"], {})


def test_our_file_has_a_client_role_for_each_role() -> None:
    """ROL-1: the roles of the client `cqrs` are the roles that people hold, each with a description."""
    realm = json.loads(REALM_FILES[0].read_text())
    roles = realm["roles"]["client"]["cqrs"]
    assert [role["name"] for role in roles] == [role.value for role in Role]
    assert all(role["description"] for role in roles)
    assert set(realm["clientScopeMappings"]["cqrs"][0]["roles"]) == {role.value for role in Role}


def test_our_file_demands_a_second_factor_of_whom_the_portal_does() -> None:
    """AUT-7: of who decides or administers; said once for Keycloak, and once for the portal."""
    realm = json.loads(REALM_FILES[0].read_text())
    demanded = {
        role["name"]
        for role in realm["roles"]["client"]["cqrs"]
        if "second-factor-demanded" in role.get("composites", {}).get("realm", [])
    }
    assert demanded == {role.value for role in DEMANDED_OF}


def test_our_file_holds_no_secret() -> None:
    realm = json.loads(REALM_FILES[0].read_text())
    secrets = [client["secret"] for client in realm["clients"] if "secret" in client]
    assert len(secrets) == 4
    assert all(re.fullmatch(r"\$\{CQRS_\w+_SECRET\}", secret) for secret in secrets)
