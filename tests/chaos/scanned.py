"""wapiti, a scanner, at the running portal: as each of the sample's people, and as nobody.

It goes where links and forms lead, sends every form that it meets, and tries each field of each of them.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.running import Run, environment
from tests.support.pages.keycloak_visitor import KeycloakVisitor

pytestmark = pytest.mark.keycloak
ROOT = Path(__file__).parents[2]
WAPITI = os.environ.get("CQRS_WAPITI") or str(ROOT / ".venv-wapiti" / "bin" / "wapiti")
LOOKING, EACH_ATTACK = os.environ.get("CQRS_SCAN_SECONDS", "30 5").split()
"""For so many seconds it looks for pages and forms, and tries each kind of attack, in each role."""
# None of these asks another host. Its `ldap` is left out: nothing here speaks LDAP, and it takes a form for a
# hole that answers a name that was changed, one that wasn't and one that can't be, each with other words.
MODULES = "cookieflags,crlf,csp,csrf,exec,file,http_headers,permanentxss,redirect,sql,upload,xss"
SAMPLE = json.loads((ROOT / "stack" / "sample" / "people.json").read_text())
HELD = {role: person for person in reversed(SAMPLE) for role in person["roles"]}
ROLES = {role: person["email"] for role, person in HELD.items()} | {
    "none": next(person["email"] for person in SAMPLE if not person["roles"]),
    "nobody": "",
}
NOT_TO_BE_PRESSED = ("signout", "profile/disable", "signin")
# What a stack on this machine can't have, for want of https; production has both.
ON_PLAIN_HTTP = (
    "Secure Flag cookie",
    "Secure cookie",
    "Strict-Transport-Security",
    "HTTP Strict Transport Security (HSTS)",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    state = tmp_path_factory.mktemp("scanned") / "state"
    started = Run(state, environment(state)).start()
    yield started
    started.stop()


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_found(run: Run, tmp_path: Path, role: str) -> None:
    """No hole, and no answer that says that something broke."""
    report = tmp_path / "report.json"
    portal = run.facts["portal"]
    done = subprocess.run(
        [
            WAPITI, "-u", f"{portal}/", "-s", f"{portal}/home", "--scope", "folder", "-m", MODULES,
            "--max-scan-time", LOOKING, "--max-attack-time", EACH_ATTACK, "--no-bugreport", "-dr", "1",
            "--flush-session", "--store-session", str(tmp_path), "-f", "json", "-o", str(report), "-v", "0",
            *(word for path in NOT_TO_BE_PRESSED for word in ("-x", f"{portal}/{path}*")),
            *_as(run, role),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    found = json.loads(report.read_text())
    forms = _forms_met(found)
    print(f"{role}: {found['infos']['crawled_pages_nbr']} pages and forms, these sent: {', '.join(forms)}")
    signed_in = {path for path in forms if not path.startswith("/register")}
    assert bool(signed_in) is bool(ROLES[role]), forms
    assert _findings(found) == {}
    log = (run.state / "logs" / "portal.log").read_text()
    assert '"event": "failed"' not in log
    assert "Traceback" not in log


def _forms_met(report: dict[str, Any]) -> list[str]:
    """The addresses of those that change something, and that it sent."""
    pages = [page["request"] for page in report["infos"]["crawled_pages"]]
    return sorted({urlsplit(request["url"]).path for request in pages if request["method"] == "POST"})


def _findings(report: dict[str, Any]) -> dict[str, Any]:
    kinds = report["vulnerabilities"] | report["anomalies"]
    return {
        kind: [(one["method"], one["path"], one["info"]) for one in found]
        for kind, found in kinds.items()
        if found and kind not in ON_PLAIN_HTTP
    }


def _as(run: Run, role: str) -> list[str]:
    """The cookie of one of the sample's people, who has signed in and acts in the role; none for nobody."""
    if not ROLES[role]:
        return []
    person = next(person for person in run.facts["people"] if person["email"] == ROLES[role])
    visitor = KeycloakVisitor(run.facts["portal"], run.facts["keycloak"])
    visitor.open("/home").sign_in(person["email"], person["password"])
    assert not visitor.at_keycloak, visitor.text[:1000]
    if visitor.heading == "Multiple roles are available":
        visitor.choose_role(f"{HELD[role]['roles'][role]}:{role}")
    assert visitor.heading == ("My profile" if role == "none" else "Home")
    cookies = visitor.cookies_of_the_portal
    return ["-C", "; ".join(f"{name}={value}" for name, value in cookies.items())]
