"""The look for secrets in logs finds them: it can fail."""

from pathlib import Path

import pytest

from tests.support.directory.keycloak_scene import PASSWORD
from tests.support.untold import told_in, told_in_files

TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.x"


@pytest.mark.parametrize(
    "line",
    [
        f'{{"event": "x", "token": "{TOKEN}"}}',
        "Authorization: Bearer 0123456789abcdef0123",
        "refresh_token=0123456789abcdef",
        "'client_secret': 'abcdefabcdef'",
        "POST /token grant_type=password&password=hunter22",
        "postgresql+psycopg://portal:hunter22@db:5432/portal",
        f"signing in with {PASSWORD}",
        '"path": "/invitation/9f1c5a52-9b0a-4d5b-bb54-1d2d7e3f0c11/l2wN0rJv3mF8sYkQb7eTzHxUa5o"',
    ],
)
def test_a_secret_is_found(line: str, tmp_path: Path) -> None:
    assert told_in(line)
    log = tmp_path / "logs" / "portal.log"
    log.parent.mkdir()
    log.write_text(line)
    assert [str(log) in told for told in told_in_files(tmp_path)] == [True]
    log.unlink()  # else the run fails by it


@pytest.mark.parametrize(
    "line",
    [
        "postgresql+psycopg://portal:***@db:5432/portal",
        "CQRS_READER_SECRET is not set",
        '{"event": "refused", "why": "CSRFError", "path": "/signin"}',
        "the password is too short",
        '"path": "/invitation/9f1c5a52-9b0a-4d5b-bb54-1d2d7e3f0c11/…"',
        'grant_type="refresh_token", refresh_token_type="Refresh"',
    ],
)
def test_what_is_no_secret_is_not(line: str) -> None:
    assert told_in(line) == []
