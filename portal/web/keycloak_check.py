"""Whether Keycloak answers, before a browser is sent there: if not, it would be shown its own page of errors.

Anybody may ask to sign in, so Keycloak is asked at most once in a while, however many do; those who come
while it is being asked go by the answer before.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from urllib3 import Timeout

from portal.web.oidc_calls import Calls, NoAnswer

KEPT = timedelta(seconds=1)
SILENT = Timeout(connect=1.0, read=5.0)
"""How long, in seconds, a connection and then an answer may take; one that takes longer is away."""
ANEW = {"Connection": "close"}
"""By a connection of its own: an old one that has just ended would be taken for no answer."""


class KeycloakCheck:
    """Asks the realm at `url`; `clock` gives the present time."""

    timeout = SILENT

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        at, _, self._realm = url.rpartition("/")
        self._calls, self._clock = Calls(at), clock
        self._asking = Lock()
        self._asked_at: datetime | None = None
        self._answered = True

    def answers(self) -> bool:
        """Whether the realm answered when it was last asked, which is now or a moment ago."""
        if self._asking.acquire(blocking=False):
            try:
                self._ask_again()
            finally:
                self._asking.release()
        return self._answered

    def has_answered(self) -> None:
        """It answered a call of somebody else's just now, so it need not be asked."""
        self._answered, self._asked_at = True, self._clock()

    def _ask_again(self) -> None:
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= KEPT:
            self._answered = self._asks()
            self._asked_at = self._clock()

    def _asks(self) -> bool:
        try:
            return self._calls.get(self._realm, ANEW, self.timeout).ok
        except NoAnswer:
            return False
