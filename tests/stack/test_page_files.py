"""Pages ask no other host for anything, and npm is not asked when all is cached."""

import re
from pathlib import Path

import pytest

from stack import StackProblem
from stack.console import Console
from stack.page_files import CSS, SCRIPT, copy_page_files, fetch_page_files
from stack.settings import cache_folder


@pytest.fixture(scope="module")
def made() -> Path:
    return fetch_page_files(cache_folder(), Console(quiet=True))


def test_the_css_asks_no_other_host_and_names_pictures_that_are_there(made: Path) -> None:
    """Design: a page asks no other host for anything."""
    css = (made / CSS).read_text()
    assert "@font-face" not in css
    pictures = re.findall(r"url\(([^)]*)\)", css)
    assert pictures
    assert [picture for picture in pictures if not (made / picture).exists()] == []
    assert "sourceMappingURL" not in (made / SCRIPT).read_text()


def test_an_older_copy_is_replaced_and_the_same_left_alone(made: Path, tmp_path: Path) -> None:
    """The set-up installs the pages' files at their pinned version."""
    target = tmp_path / "vendor" / "nhsuk"
    target.mkdir(parents=True)
    (target / "old.css").touch()
    copy_page_files(made, target)
    assert not (target / "old.css").exists()
    (target / "mine").touch()
    copy_page_files(made, target)
    assert (target / "mine").exists()


def test_no_network_and_nothing_cached_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, console: Console
) -> None:
    """No network."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(StackProblem, match="could not be fetched from npm") as problem:
        fetch_page_files(tmp_path, console)
    assert "\n" not in str(problem.value)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == []
