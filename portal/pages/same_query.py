"""Links that keep what the present address asks for, such as a search, and change a part of it.

What a browser sends is text for the query, never an argument of `url_for`, where a parameter named
`endpoint`, `_external` or `_method` would be taken for an instruction.
"""

from collections.abc import Collection
from urllib.parse import quote, urlencode

from flask import request


def with_same_query(path: str, *, but: Collection[str] = (), **changes: object) -> str:
    """`path` with what the present address asks for, those of `but` left out, with `changes` as theirs."""
    dropped = {*but, *changes}
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in dropped]
    query = urlencode([*kept, *changes.items()])
    return f"{quote(path)}?{query}" if query else quote(path)


def this_page(*, but: Collection[str] = (), **changes: object) -> str:
    """The same for the page that is open."""
    return with_same_query(request.path, but=but, **changes)
