"""One person at one browser, who notices what no page may do.

Every page looked at is checked by axe against WCAG 2.2 AA, unless it was so in a window of this width already
and is built the same, and photographed where somebody wants pictures. A
request to any host but this machine's, a script error, or something that the content security policy stopped,
fails the visit.
"""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.browser.chromium import LONGEST_WAIT_MS
from tests.support.pages.axe import found_by_axe
from tests.support.realm.authenticator import Authenticator
from tests.support.waiting import wait_until

BUILD = """() => {
  const meant = /^(id|for|name|lang|role|class|type|scope|headers|tabindex|autocomplete|aria-.+)$/;
  const said = (element, name) => meant.test(name)
    ? element.getAttribute(name).replace(/[0-9a-f]{8}-[0-9a-f-]+|\\d+/g, "0") : "";
  const built = element => [
    element.tagName, !!element.textContent.trim(),
    ...element.getAttributeNames().map(name => [name, said(element, name)])
  ].join(" ");
  return [...document.querySelectorAll("*")].map(built).join();
}"""
"""Of what elements a page is built and how they refer to one another, whatever names and dates they hold."""
DESK = {"width": 1200, "height": 900}
PHONE = {"width": 320, "height": 740}


class Visitor:
    """A browser context of its own (own cookies) and one page in it; `apps` are everybody's, by address.

    `judged`: the builds of pages that axe has seen, with the width of the window; this visit's are added.
    """

    def __init__(
        self,
        browser: Browser,
        shots: Path | None,
        name: str,
        apps: dict[str, Authenticator],
        judged: set[tuple[bool, str]] | None = None,
        *,
        portal: str,
        script: bool = True,
        phone: bool = False,
    ):
        self.name, self._shots, self._portal, self._script, self._shot = name, shots, portal, script, 0
        self.apps = apps
        self._phone, self._judged = phone, set() if judged is None else judged
        self._context = browser.new_context(
            viewport=PHONE if phone else DESK, java_script_enabled=script, is_mobile=phone, locale="en-GB"
        )
        self._context.set_default_timeout(LONGEST_WAIT_MS)
        self.complaints: list[str] = []
        self._context.on("request", self._check_host)
        self._context.on("response", self._check_status)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if kind is not None:
            self.tell()
        self._context.close()
        if kind is None:
            assert self.complaints == []

    def tell(self) -> None:
        """Prints where this visit is, for whoever reads why a test failed."""
        print(f"{self.name} at {self.page.url}, {self.photograph('at-the-failure')}")
        print(self.page.locator("body").inner_text()[:2000])

    def go(self, address: str) -> "Visitor":
        """Opens an address, or a path of the portal."""
        self.page.goto(address if address.startswith("http") else f"{self._portal}{address}")
        return self

    def go_until(self, address: str, shown: Callable[[Page], object], seconds: float = 60) -> "Visitor":
        """Opens an address again and again until it shows what the worker is bringing there."""
        wait_until(lambda: shown(self.go(address).page), seconds, f"{address} of {self.name}")
        return self

    def leave(self) -> None:
        """Ends a visit, and keeps nothing for the next; raises AssertionError for what no page may do."""
        heard, self.complaints[:] = list(self.complaints), []
        self._context.clear_cookies()
        self.page.goto("about:blank")
        assert heard == []

    def look(self, what: str) -> None:
        """Has axe judge the page; raises AssertionError with axe's own report. Photographs it if wanted."""
        if self._shots:
            self.photograph(what)
        if not self._script:
            return
        build = (self._phone, self.page.evaluate(BUILD))
        if build not in self._judged:
            assert found_by_axe(self.page) == [], self.page.url
            self._judged.add(build)
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"{self.page.url} is {width} px wider than the window"

    def photograph(self, what: str) -> Path:
        """Saves the whole page as a picture; the file's name begins with the visitor's and a number.

        It is in a folder of its own where no other was named.
        """
        self._shots = self._shots or Path(tempfile.mkdtemp(prefix="cqrs-shots-"))
        self._shot += 1
        plain = re.sub(r"[^a-z0-9]+", "-", f"{self.name} {self._shot:02} {what}".lower()).strip("-")
        target = self._shots / f"{plain}.png"
        self.page.screenshot(path=target, full_page=True)
        return target

    def _check_host(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in ("127.0.0.1", "localhost", None):
            self.complaints.append(f"asked another host: {request.url}")

    def _check_status(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} for {response.url}")

    def _hear(self, message: ConsoleMessage) -> None:
        """A 4xx answer is for the journey to judge; everything else that is an error is not wanted.

        But for one: Keycloak adds a script to its answer to a form, which its pages' policy doesn't let run
        (the theme's own does its work).
        """
        stopped = "inline script" in message.text and not self.page.url.startswith(self._portal)
        if message.type == "error" and "Failed to load resource" not in message.text and not stopped:
            self.complaints.append(f"{self.page.url}: {message.text}")
