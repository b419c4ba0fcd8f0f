"""No password, token or secret is in any log, as a plugin of pytest: whatever a test makes our code write.

What a test's own process wrote is looked at when it ends, and fails it. What other processes wrote into files
is looked at when the run ends, and fails the run.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.directory.keycloak_scene import PASSWORD
from tests.support.servers.lender import ADDRESSES

_TOKEN = r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}"
_BEARER = r"[Bb]earer [\w.-]{16,}"
_NAMES = "client_secret|refresh_token|access_token|id_token|logout_token|code_verifier"
_NAMED = rf"(?:{_NAMES})\W{{0,2}}[=:]\W{{0,2}}[\w.-]{{12,}}"
_PASSWORD = r"(?:password|passwort)=[^\s&*'\"<>{}]{6,}"
_DATABASE = r"postgresql(?:\+psycopg)?://\w+:(?!\*\*\*)[^@\s{}]+@"
_LINK = r"/invitation/[0-9a-f-]{36}/[\w-]{20,}"
_OURS = "|".join(map(re.escape, (PASSWORD, "Lighthouse-7-Road!")))
SECRET = re.compile("|".join((_TOKEN, _BEARER, _NAMED, _PASSWORD, _DATABASE, _LINK, _OURS)))
_FOUND = pytest.StashKey[list[str]]()


def told_in(text: str) -> list[str]:
    """The secrets that stand in it, each with a little of what is around."""
    return [text[max(0, found.start() - 40) : found.end() + 10] for found in SECRET.finditer(text)]


def told_in_files(folder: Path) -> list[str]:
    """Those in the log files below a folder, each with its file."""
    return [f"{path}: {told}" for path in _logs(folder) for told in told_in(_text(path))]


def _logs(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.log")) if path.is_file())


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:  # noqa: ARG001
    report: pytest.TestReport = yield
    told = [each for name, text in report.sections if "Captured" in name for each in told_in(text)]
    if told and report.passed:
        report.outcome = "failed"
        report.longrepr = f"a secret is in the log: {told[:3]}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Each process for its own folder; the one that began the run for the servers' too."""
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    told = told_in_files(factory.getbasetemp())
    if not hasattr(session.config, "workerinput"):
        told += told_in_files(Path(os.environ[ADDRESSES]))
    session.config.stash[_FOUND] = told
    if told:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for told in config.stash.get(_FOUND, []):
        terminalreporter.write_line(f"a secret is in a log: {told}")
