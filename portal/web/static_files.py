"""Addresses of our css and js that change with their content, so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

FOLDER = Path(__file__).parent / "static"


def install(app: Flask) -> None:
    """Gives templates `static_file(name)`."""
    app.jinja_env.globals["static_file"] = static_file


def static_file(name: str) -> str:
    """The address of a file of the folder static, with a mark of its content."""
    return url_for("static", filename=name, v=mark(name))


@cache
def mark(name: str) -> str:
    """Ten characters that change when the file does; none for a file that isn't there."""
    file = FOLDER / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else ""
