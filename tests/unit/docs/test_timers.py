"""The timers that docs/operate.md shows: what they would start is a command of ours, options and all."""

import re
import shlex
from configparser import ConfigParser
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from commands import command_line

OPERATE = (Path(__file__).resolve().parents[3] / "docs" / "operate.md").read_text()
CRON = re.compile(r"^((?:[-\d*,/]+ +){5})(?P<command>.+)$", re.MULTILINE)
A_DATE = re.compile(r"\$\(date [^)]*\+%F\)")


def blocks(kind: str) -> list[str]:
    """What stands between fences of this kind, as it would stand in a file."""
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```$", OPERATE, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def unit(name: str) -> ConfigParser:
    (text,) = (block for block in blocks("ini") if block.startswith(f"# /etc/systemd/system/{name}\n"))
    parsed = ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(text)
    return parsed


def shell_of_the_service() -> str:
    words = shlex.split(unit("cqrs-sync.service")["Service"]["ExecStart"])
    assert words[:2] == ["/bin/sh", "-c"]
    return words[2].replace("%%", "%")


def shells_of_cron() -> list[str]:
    (block,) = blocks("cron")
    return [match["command"].replace("\\%", "%") for match in CRON.finditer(block)]


def parsed(shell: str) -> dict[str, object]:
    """What the command line makes of it; raises TyperException for what it doesn't know."""
    words = shlex.split(A_DATE.sub("2025-11-03", shell.rpartition(";")[2]))
    assert words[0] == "cqrs"
    command = typer.main.get_command(command_line())
    for name in words[1:3]:
        assert isinstance(command, TyperGroup)
        command = command.commands[name]
    return command.make_context("apply", words[3:]).params


def test_the_service_runs_the_whole_sync_and_keeps_the_plan() -> None:
    given = parsed(shell_of_the_service())
    assert given["service"] is True
    assert given["since"] is None
    assert given["out_file"] == Path("/var/log/cqrs/plan-2025-11-03.csv")
    assert given["yes"] is False


def test_no_timer_reads_files_and_the_service_in_turn() -> None:
    """A file is older than what the service told: each Monday it would close what has opened since."""
    shells = [shell_of_the_service(), *shells_of_cron()]
    assert [parsed(shell)["files"] for shell in shells] == [()] * len(shells)


def test_the_timer_starts_that_service() -> None:
    timer = unit("cqrs-sync.timer")
    assert timer["Timer"]["OnCalendar"] == "Mon 03:00"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_cron_runs_the_same_and_what_changed() -> None:
    shells = shells_of_cron()
    assert len(shells) == 2
    whole, changed = (parsed(shell) for shell in shells)
    assert whole == parsed(shell_of_the_service())
    assert changed["service"] is True
    assert changed["since"].date() == date(2025, 11, 3)  # type: ignore[attr-defined]


def test_a_command_with_an_option_that_is_not_ours_would_be_found() -> None:
    with pytest.raises(TyperException, match="--watch"):
        parsed("cqrs sync apply /srv/ods/*.zip --watch")
