"""Addresses given in a link to come back to: only pages of our own are followed."""

from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException

LONGEST = 2000
"""Characters; what is longer is kept for nobody."""


def own_page_or(address: str | None, otherwise: str) -> str:
    """The address when it is a path of a page of ours that opens by a link, else `otherwise`."""
    if not address or not _is_plain_path(address):
        return otherwise
    try:
        current_app.url_map.bind("").match(urlsplit(address).path, method="GET")
    except (HTTPException, ValueError):
        return otherwise
    return address


def _is_plain_path(address: str) -> bool:
    """Browsers read `//host`, `/\\host` and hidden control characters as other hosts."""
    if len(address) > LONGEST or not address.startswith("/") or address.startswith(("//", "/\\")):
        return False
    return address.isprintable() and "\\" not in address and not urlsplit(address).netloc
