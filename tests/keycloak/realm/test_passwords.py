"""The password policy, as Keycloak enforces it."""

import pytest

from directory.errors import DirectoryRefused
from tests.support.realm.console import Console

pytestmark = pytest.mark.keycloak


def _set(console: Console, person: str, password: str) -> None:
    body = {"type": "password", "value": password, "temporary": False}
    console.server.put(f"/users/{person}/reset-password", body)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Abc1!xy", "MinLength"),
        ("abcdef1!", "MinUpperCase"),
        ("ABCDEF1!", "MinLowerCase"),
        ("Abcdefg!", "MinDigits"),
        ("Abcdefg1", "MinSpecialChars"),
        ("Isla.Ross9@passwords.example", "NotContainsUsername"),
        ("x-Isla.Ross9@passwords.example-x", "NotContainsUsername"),
        ("Aa1!" + "x" * 125, "MaxLength"),
    ],
)
def test_refuses(console: Console, password: str, why: str) -> None:
    """AUT-1: 8 or more characters with upper case, lower case, digit and special, not the user name."""
    email = "isla.ross9@passwords.example"
    person = console.server.get("/users", username=email, exact="true") or [console.enrol(email, None)]
    with pytest.raises(DirectoryRefused, match=why):
        _set(console, person[0]["id"], password)


def test_takes_a_good_one_but_not_again(console: Console) -> None:
    """AUT-1: not a recent password."""
    person = console.enrol("finlay.hunter@passwords.example", None)["id"]
    for number in range(6):
        _set(console, person, f"Fulmar{number}!")
    for recent in range(1, 6):
        with pytest.raises(DirectoryRefused, match="History"):
            _set(console, person, f"Fulmar{recent}!")
    _set(console, person, "Fulmar0!")


def test_takes_other_alphabets(console: Console) -> None:
    person = console.enrol("agnes.muir@passwords.example", None)["id"]
    _set(console, person, "Пароль-7-ångström")
