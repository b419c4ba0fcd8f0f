"""`python -m tests.support.servers.chromium`: makes sure that there is a Chromium for the browser tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import DEBIANS, debians

SMALL = DEBIANS[0]


def install_chromium() -> int:
    """Installs one when there is none: Debian's for root, else Playwright's own; the exit code."""
    if debians() or _playwrights_own():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's chromium for the browser tests", flush=True)
        return _debians()
    print("Installing Playwright's Chromium for the browser tests", flush=True)
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode


def _playwrights_own() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _debians() -> int:
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", SMALL]):
        done = subprocess.run(["apt-get", "--quiet", *words], check=False, **quiet)
        if done.returncode:
            print(
                f"apt-get {words[0]} failed: install {SMALL} by hand, then run this again.", file=sys.stderr
            )
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(install_chromium())
