"""What Keycloak's answers mean, and what is told of them."""

from json import dumps

import pytest

from directory.admin_paths import admin_path
from directory.errors import (
    AlreadyThere,
    DirectoryAccessDenied,
    DirectoryAway,
    DirectoryError,
    DirectoryRefused,
    DirectoryUnavailable,
    MailNotSent,
    NotThere,
    PersonNotFound,
    answered,
    no_answer,
)

TASK = "reading the top groups"


def test_a_mail_that_keycloak_could_not_hand_over_is_told_apart() -> None:
    """NOT-3: by its own words; every other 500 says nothing of mail."""
    body = dumps({"errorMessage": "Failed to send execute actions email: Error when attempting"}).encode()
    with pytest.raises(MailNotSent, match="Failed to send"):
        answered(500, body, TASK)
    with pytest.raises(DirectoryUnavailable) as raised:
        answered(500, dumps({"error": "unknown_error"}).encode(), TASK)
    assert not isinstance(raised.value, MailNotSent)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (400, DirectoryRefused),
        (401, DirectoryUnavailable),
        (403, DirectoryAccessDenied),
        (404, PersonNotFound),
        (405, DirectoryRefused),
        (408, DirectoryAway),
        (409, AlreadyThere),
        (429, DirectoryAway),
        (500, DirectoryUnavailable),
        (503, DirectoryAway),
    ],
)
def test_each_status_has_one_meaning(status: int, meaning: type[DirectoryError]) -> None:
    with pytest.raises(DirectoryError, match=f"^Keycloak answered {status} while {TASK}: ") as raised:
        answered(status, b"", TASK, PersonNotFound)
    assert type(raised.value) is meaning


def test_who_is_away_is_unavailable() -> None:
    """What waits for Keycloak waits for either; only a sync that has begun waits longer for the one."""
    assert issubclass(DirectoryAway, DirectoryUnavailable)


def test_an_answer_is_its_json() -> None:
    assert answered(200, b'{"id": "x"}', TASK) == {"id": "x"}
    assert answered(204, b"", TASK) is None


def test_a_page_of_something_else_is_no_answer() -> None:
    with pytest.raises(DirectoryUnavailable, match="not Keycloak's"):
        answered(200, b"<p>Later.", TASK)


def test_keycloaks_reason_is_told_and_what_was_sent_is_not() -> None:
    body = {"errorMessage": "error-invalid-email", "field": "email", "params": ["ann@x.example"]}
    with pytest.raises(DirectoryRefused) as raised:
        answered(400, dumps(body).encode(), TASK)
    assert str(raised.value) == f"Keycloak answered 400 while {TASK}: error-invalid-email"


def test_both_of_keycloaks_words_for_a_reason() -> None:
    body = {"error": "invalidPasswordMinLengthMessage", "error_description": "Invalid password: minimum 8."}
    with pytest.raises(DirectoryRefused, match="MinLengthMessage: Invalid password: minimum 8"):
        answered(400, dumps(body).encode(), TASK)


def test_who_lacks_a_role_is_told_which() -> None:
    with pytest.raises(DirectoryAccessDenied, match="needs the role manage-users"):
        answered(403, b"", TASK, needs="the role manage-users")


def test_a_call_without_answer_does_not_tell_what_was_asked() -> None:
    fault = OSError("Max retries exceeded with url: /users?email=ann%40x.example")
    assert str(no_answer("http://keycloak", TASK, fault)) == (
        f"Keycloak does not answer at http://keycloak while {TASK} (OSError)"
    )


def test_paths_name_what_stands_in_a_realm() -> None:
    assert admin_path("cqrs", ()) == "admin/realms/cqrs"
    assert admin_path("a/b", ("users", "x-1")) == "admin/realms/a%2Fb/users/x-1"
    assert admin_path("cqrs", ("roles", "My rôle: 1")) == "admin/realms/cqrs/roles/My%20r%C3%B4le%3A%201"


@pytest.mark.parametrize("segment", ["", ".", "..", "../users", "a/b", "a?b", "a#b", "a%2Fb", "a;b", "a\n"])
def test_no_segment_leads_elsewhere(segment: str) -> None:
    with pytest.raises(NotThere):
        admin_path("cqrs", ("users", segment))
    with pytest.raises(PersonNotFound):
        admin_path("cqrs", ("users", segment), PersonNotFound)
