"""Starts Chromium: Debian's where it is installed, else the one Playwright installed for this user.

Of Debian's two the one that never had a window comes first: a test costs it a quarter less of a processor.
"""

import os
import shutil

from playwright.sync_api import Browser, Playwright

DEBIANS = ("chromium-headless-shell", "chromium")
LONGEST_WAIT_MS = 60_000
"""How long a page may take to show something, on a machine that does other things too."""
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
]


def launch(playwright: Playwright) -> Browser:
    """A Chromium without a window that calls nobody by itself."""
    # Chromium's own sandbox refuses to work for root, as in a container or on a build machine.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=debians(), args=QUIET + as_root)


def debians() -> str | None:
    """The path of Debian's, where there is one."""
    return next(filter(None, map(shutil.which, DEBIANS)), None)
