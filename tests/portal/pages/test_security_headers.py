"""What answers tell the browser to keep to."""

import re
import secrets

import pytest

from tests.support.builders.world import World, build_places

PRODUCTION = "https://accounts.cqrs.example"
A_YEAR = 31_536_000


@pytest.mark.parametrize("path", ["/", "/register", "/home", "/no-such-page", "/health"])
def test_in_production_only_https_for_a_year(database: str, path: str) -> None:
    names = ("PORTAL_CLIENT_SECRET", "READER_SECRET", "WRITER_SECRET", "SECRET_KEY", "AUDIT_KEY")
    unguessed = {f"CQRS_{name}": secrets.token_urlsafe(32) for name in names}
    addresses = {"CQRS_PORTAL_URL": PRODUCTION, "CQRS_KEYCLOAK_URL": "https://keycloak.example"}
    world = build_places(database, CQRS_ENVIRONMENT="production", **addresses, **unguessed)
    client = world.app.test_client()
    told = client.get(path, base_url=PRODUCTION).headers["Strict-Transport-Security"]
    assert told == f"max-age={A_YEAR}; includeSubDomains"


def test_on_plain_http_nothing_of_the_kind(world: World) -> None:
    """A browser would not come back to this machine's plain address for a year."""
    assert "Strict-Transport-Security" not in world.app.test_client().get("/").headers


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/no-such-page", "text/html; charset=utf-8"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ("/health", "application/json"),
    ],
)
def test_what_an_answer_is_and_in_which_letters(world: World, path: str, kind: str) -> None:
    """ASVS 4.1.1; what is JSON is UTF-8 by itself."""
    assert world.app.test_client().get(path).headers["Content-Type"] == kind


def test_a_nonce_counts_for_one_answer(world: World) -> None:
    client = world.app.test_client()
    policies = [client.get("/").headers["Content-Security-Policy"] for _ in range(2)]
    first, second = (re.findall(r"'nonce-([^']+)'", policy) for policy in policies)
    assert first
    assert first != second


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_methods_that_no_page_has(world: World, method: str) -> None:
    """They are no page: what was sent is never sent back."""
    answer = world.app.test_client().open("/", method=method, headers={"X-Secret": "not to be told"})
    assert answer.status_code == 404
    assert "not to be told" not in answer.get_data(as_text=True)
