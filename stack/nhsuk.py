"""The NHS design system's css, script and pictures, in the one form that our pages serve.

As it comes, the css names pictures at the root of the site and fonts on another host; here it names the
pictures beside itself and no font, so that a page asks nobody else for anything.
"""

import re
import shutil
import sys
from pathlib import Path

VERSION = "10.6.1"
CSS, SCRIPT = "nhsuk-frontend.min.css", "nhsuk-frontend.min.js"
_REMOTE_FONT = re.compile(r"@font-face\s*\{[^}]*https?://[^}]*\}")
_SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=\S+(\s*\*/)?")
_MARK = "version.txt"


def make_local(package: Path, target: Path) -> None:
    """Puts what our pages need of the npm package `nhsuk-frontend` in `target`, whole or not at all."""
    source = package / "dist" / "nhsuk"
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(source / "assets", unfinished / "assets")
    (unfinished / CSS).write_text(_localise((source / CSS).read_text()))
    (unfinished / SCRIPT).write_text(_SOURCE_MAP.sub("", (source / SCRIPT).read_text()))
    (unfinished / _MARK).write_text(VERSION + "\n")
    _replace(target, unfinished)


def place(made: Path, target: Path) -> None:
    """Copies what `make_local` made to where it is served, unless this version is there already."""
    if is_made(target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(made, unfinished)
    _replace(target, unfinished)


def is_made(folder: Path) -> bool:
    mark = folder / _MARK
    return mark.exists() and mark.read_text().strip() == VERSION


def _localise(css: str) -> str:
    return _SOURCE_MAP.sub("", _REMOTE_FONT.sub("", css)).replace("url(/assets/", "url(assets/")


def _replace(target: Path, finished: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    finished.rename(target)


if __name__ == "__main__":
    make_local(Path(sys.argv[1]), Path(sys.argv[2]))
