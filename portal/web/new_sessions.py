"""A public page with a form keeps a session for whoever has none yet: so many for one network."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import abort, session

from portal.acts.admission import admit_browser
from portal.web.access import request_origin, services
from portal.web.reading import straight
from portal.web.sessions import BrowserSession

P = ParamSpec("P")


def keeps_session(view: Callable[P, Any]) -> Callable[P, Any]:
    """Counts each browser that comes without a session; raises TooManyAttempts beyond the limit.

    While sessions can't be read the page is unavailable: its form would be sent in vain.
    """

    @wraps(view)
    def opened(*args: P.args, **kwargs: P.kwargs) -> Any:
        if if_readable().new:
            admit_browser(services(), straight(), request_origin())
        return view(*args, **kwargs)

    return opened


def if_readable() -> BrowserSession:
    """This browser's session; for a page that can't do without. Answers 503 while the database is away."""
    kept = cast(BrowserSession, session)
    if kept.unavailable:
        abort(503)
    return kept
