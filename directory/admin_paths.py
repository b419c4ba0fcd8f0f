"""Addresses in Keycloak's Admin API, put together so that no id can lead anywhere but where it stands."""

import re
from urllib.parse import quote

from directory.errors import NotThere

REALMS = "admin/realms"
AdminPath = tuple[str, ...]
"""The segments of a path in a realm; none is the realm itself."""
_SEGMENT = re.compile(r"[\w-][\w .:-]*")


def admin_path(realm: str, segments: AdminPath, missing: type[NotThere] = NotThere) -> str:
    """The path of something in a realm, or of the realm itself when there are no segments.

    Each segment must be an id, a name or a fixed word. Anything else is as good as missing: raises `missing`.
    """
    for segment in segments:
        if not _SEGMENT.fullmatch(segment):
            raise missing(f"not an id or a name: {segment[:80]!r}")
    return "/".join((REALMS, *(quote(segment, safe="") for segment in (realm, *segments))))
