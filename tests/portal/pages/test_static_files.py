"""Style sheets and scripts go out compressed, are kept for ever, and have a new address once they change."""

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.web.static_files import FOLDER, mark_of
from tests.support.builders.world import World

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def stylesheet(world: World) -> str:
    """The address by which pages ask for our own."""
    found = re.search(r'href="([^"]*/portal\.css)"', world.browser().open("/").text)
    assert found
    return found[1]


def test_they_are_compressed_for_browsers_that_can_read_it(world: World, stylesheet: str) -> None:
    """To the last byte what the file holds."""
    client = world.app.test_client()
    small, plain = client.get(stylesheet, headers=GZIP), client.get(stylesheet)
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.data) == plain.data == (FOLDER / "portal.css").read_bytes()
    assert len(small.data) < len(plain.data) / 2
    assert small.headers["Vary"] == "Accept-Encoding"
    assert small.mimetype == "text/css"


def test_they_are_kept_for_ever(world: World, stylesheet: str) -> None:
    cached = world.app.test_client().get(stylesheet).headers["Cache-Control"]
    assert "immutable" in cached
    assert "max-age=315360000" in cached


def test_what_a_script_imports_is_asked_for_by_the_same_mark(world: World, stylesheet: str) -> None:
    """Imports are relative, so the mark is in the path and not behind it."""
    imports = re.findall(r'from "\./(\w+\.js)"', (FOLDER / "portal.js").read_text())
    assert imports
    for name in imports:
        answer = world.app.test_client().get(stylesheet.replace("portal.css", name))
        assert "immutable" in answer.headers["Cache-Control"], name


def test_security_headers_stand_on_them_too(world: World, stylesheet: str) -> None:
    page, file = world.app.test_client().get("/"), world.app.test_client().get(stylesheet)
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy"):
        assert file.headers[name] == page.headers[name]
    assert "default-src 'none'" in file.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in file.headers


WORKERS = """
import os, sys
from portal.web.static_files import laid_out
folder = laid_out("0123456789")
worker = os.fork()
if worker == 0:
    sys.exit()
os.waitpid(worker, 0)
assert (folder / "portal.css.gz").is_file()
print(folder)
"""


def test_a_worker_that_ends_leaves_them_to_the_others() -> None:
    """They are laid out before a web server forks its workers, and removed when that ends."""
    done = subprocess.run([sys.executable, "-c", WORKERS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).exists()


@pytest.mark.parametrize("changed", ["portal.css", "vendor/nhsuk/nhsuk-frontend.min.css"])
def test_the_mark_follows_the_content(tmp_path: Path, changed: str) -> None:
    """The design system's files too."""
    folder = tmp_path / "static"
    shutil.copytree(FOLDER, folder)
    file = folder / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a {}")
    before = mark_of(folder)
    assert mark_of(folder) == before
    file.write_text("b {}")
    assert mark_of(folder) != before


def test_a_page_of_another_version_gets_what_there_is(world: World) -> None:
    """While a new version takes over; and no browser keeps it by the other's address."""
    answer = world.app.test_client().get("/static/0123456789/portal.css")
    assert answer.data == (FOLDER / "portal.css").read_bytes()
    assert answer.headers["Cache-Control"] == "no-cache, max-age=0"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert world.app.test_client().get("/static/0123456789/nothing.css").status_code == 404
