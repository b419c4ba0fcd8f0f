"""Our css, js and pictures: compressed, and kept by browsers for ever, as their address changes with them.

The mark in the address is of all files together, those of the design system too: js imports js and css names
pictures by addresses relative to their own, so that whatever belongs together is asked for together.
"""

import atexit
import hashlib
import os
import shutil
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp
from wsgiref.headers import Headers

from flask import Flask, Response, send_from_directory
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

FOLDER = Path(__file__).parent / "static"
URL = "/static/"


def install(app: Flask, headers: Mapping[str, str]) -> None:
    """Answers for the files before `app`, with these headers, and gives templates `static_file(name)`."""
    mark = mark_of(FOLDER)
    prefix = f"{URL}{mark}/"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=laid_out(mark),
        prefix=prefix,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=partial(_add, headers),
    )
    app.add_url_rule(f"{URL}<mark>/<path:name>", "static", _of_another_mark)
    app.jinja_env.globals["static_file"] = lambda name: prefix + name


def _add(headers: Mapping[str, str], answer: Headers, _path: str, _url: str) -> None:
    for name, value in headers.items():
        answer[name] = value


def mark_of(folder: Path) -> str:
    """Ten characters that change when any file in the folder does, or its name."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            found.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
            found.update(file.read_bytes())
    return found.hexdigest()[:10]


@cache
def laid_out(mark: str) -> Path:
    """A copy of the files of this mark, each with its compressed form beside it, until the process ends."""
    made = Path(mkdtemp(prefix=f"cqrs-static-{mark}-"))
    atexit.register(_remove, made, os.getpid())
    shutil.copytree(FOLDER, made, dirs_exist_ok=True)
    compressor = Compressor(use_brotli=False, quiet=True)
    for file in list(made.rglob("*")):
        if file.is_file() and compressor.should_compress(file.name):
            compressor.compress(str(file))
    return made


def _remove(folder: Path, maker: int) -> None:
    """A web server's workers are forked from the process that made it, and end before that does."""
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def _of_another_mark(mark: str, name: str) -> Response:  # noqa: ARG001 - whichever it was
    """For a page of the version before this one, or after it: the file as it is here, kept by nobody."""
    return send_from_directory(FOLDER, name, max_age=0)
