"""The documents as a whole: their links lead somewhere, and what they name is there."""

import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands import command_line
from portal.settings import WorkerSettings
from stack.settings import PRIVATE_PORTS, PUBLIC_PORTS, variable

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")
VARIABLE = re.compile(r"\bCQRS_[A-Z_]+[A-Z]\b")
COMMAND = re.compile(r"`cqrs ((?:[a-z]+ ?)+)")
TARGET = re.compile(r"`make ([a-z]+)`")
SETTINGS = {f"CQRS_{name}".upper() for name in WorkerSettings.model_fields}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code() -> str:
    """All that reads a variable: programs, the realm, the Makefile, the containers, the tests."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    kinds = {".py", ".json", ".yml", ".sh", ""}
    read = [ROOT / name for name in files.split() if Path(name).suffix in kinds]
    return "\n".join(path.read_text(errors="replace") for path in read if path.is_file())


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_links_lead_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]
    assert broken == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached, ahead = {ROOT / "README.md"}, [ROOT / "README.md"]
    while ahead:
        document = ahead.pop()
        for link in LINK.findall(document.read_text()):
            found = (document.parent / link).resolve()
            inside = sorted(found.glob("*.md")) if found.is_dir() else [found]
            ahead += [one for one in inside if one.suffix == ".md" and one not in reached]
            reached |= set(inside)
    assert [relative(one) for one in DOCUMENTS if one not in reached] == []


def test_variables_that_documents_name_are_read() -> None:
    named = {name for document in DOCUMENTS for name in VARIABLE.findall(document.read_text())}
    assert named
    everything, ports = code(), {variable(port) for port in (*PUBLIC_PORTS, *PRIVATE_PORTS)}
    assert [name for name in sorted(named - ports - SETTINGS) if name not in everything] == []


def test_every_setting_of_the_portal_is_documented() -> None:
    documented = set(VARIABLE.findall((ROOT / "docs" / "configure.md").read_text()))
    assert sorted(SETTINGS - documented) == []


def test_targets_that_documents_name_are_there() -> None:
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for document in DOCUMENTS for name in TARGET.findall(document.read_text())}
    assert named >= {"run", "test"}
    assert sorted(named - there) == []


def test_commands_that_documents_name_are_there() -> None:
    named = {match.strip() for document in DOCUMENTS for match in COMMAND.findall(document.read_text())}
    assert {"realm plan", "sync apply", "audit verify"} <= named
    commands = command_line()
    for words in sorted(named):
        done = CliRunner().invoke(commands, [*words.split(), "--help"])
        assert done.exit_code == 0, f"cqrs {words}: {done.output[-300:]}"
