"""Answers of somebody who fills in a form of several pages, kept in their session under a name.

The name is part of every address, so two tabs are two drafts. A draft that was sent stays as such for a
while, so that the back button ends at the same page. That it is sent once, with two clicks at the same moment
too, the act itself sees to: a session is read and written as a whole, and the later of two writings counts.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, astuple, is_dataclass
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.web.new_sessions import if_readable

KEPT = 5
Page = str | Response | tuple[str, int]


class Answers(Protocol):
    """What every draft has: whether it was sent."""

    @property
    def sent(self) -> bool: ...


Draft = TypeVar("Draft", bound=Answers)


class Drafts(Generic[Draft]):
    """The drafts of one kind, a dataclass of texts, under their `entry` in the session."""

    def __init__(self, entry: str, kind: type[Draft]) -> None:
        self._entry, self._kind = entry, kind
        assert is_dataclass(kind)  # noqa: S101 - a mistake of ours

    def begin(self, draft: Draft) -> str:
        """Keeps a new draft, the oldest making room, and gives its name."""
        kept: dict[str, Any] = dict(session.get(self._entry, {}))
        while len(kept) >= KEPT:
            del kept[next(iter(kept))]
        name = secrets.token_urlsafe(9)
        session[self._entry] = {**kept, name: asdict(draft)}  # type: ignore[call-overload]
        return name

    def find(self, name: str) -> Draft | None:
        """The draft of that name in this session, if it is still there.

        Of one that can't be read for the moment nobody is told that it has gone: the page is unavailable.
        """
        if_readable()
        kept = session.get(self._entry, {}).get(name)
        return self._kind(**kept) if kept else None

    def keep(self, name: str, draft: Draft) -> None:
        """Replaces the draft's answers."""
        facts = asdict(draft)  # type: ignore[call-overload]
        session[self._entry] = {**session.get(self._entry, {}), name: facts}

    def step(self, lost: str, sent: str) -> Callable[[Callable[[str, Draft], Page]], Callable[[str], Page]]:
        """Gives a page the answers so far. `lost` is the template for a draft that has gone, `sent` the
        endpoint where one that was sent ends.
        """

        def with_draft(page: Callable[[str, Draft], Page]) -> Callable[[str], Page]:
            @wraps(page)
            def found(name: str) -> Page:
                draft = self.find(name)
                if draft is None:
                    return render_template(lost), 404
                return redirect(url_for(sent), code=303) if draft.sent else page(name, draft)

            return found

        return with_draft


def fingerprint(draft: Any) -> str:
    """The same for the same answers: what was shown is sent, or shown again."""
    return hashlib.sha256(repr(astuple(draft)).encode()).hexdigest()
