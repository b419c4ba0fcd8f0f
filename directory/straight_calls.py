"""Calls that go straight to the connections which stay open to an address.

requests, which makes them, prepares each call anew, merges in what there is of cookies, hooks and redirects,
and so takes twice the processor time of the call itself.
"""

from collections.abc import Mapping
from typing import NamedTuple, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, Timeout


class Reply(NamedTuple):
    status: int
    content: bytes
    location: str


class StraightCalls:
    """To what lies below `base`, by the connections of `adapter`; safe to share between threads.

    What the environment says of proxies and certificates is read once: requests would read it at every call.
    """

    def __init__(self, base: str, adapter: HTTPAdapter) -> None:
        to = requests.Request("GET", base.rstrip("/") + "/").prepare()
        around = requests.Session().merge_environment_settings(str(to.url), {}, None, None, None)
        pool = adapter.get_connection_with_tls_context(
            to, around["verify"], around["proxies"], around["cert"]
        )
        self._pool = cast(HTTPConnectionPool, pool)
        self._before = adapter.request_url(to, around["proxies"])

    def send(
        self,
        verb: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        timeout: float | Timeout,
    ) -> Reply:
        """Sends it once; the answer as it came, a redirect too. Raises urllib3's HTTPError without one.

        `timeout` is in seconds, for the connection and for each wait for the answer.
        """
        answer = self._pool.urlopen(
            verb.upper(),
            f"{self._before}{path}",
            body=body,
            headers=headers,
            timeout=timeout,
            retries=False,
            redirect=False,
            assert_same_host=False,
        )
        return Reply(answer.status, answer.data, answer.headers.get("Location", ""))
