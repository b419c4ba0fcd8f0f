"""Wrong passwords close an account for a while: shortly at first, longer each time, and never for good."""

from typing import Any

import pytest

from tests.support.realm.console import Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak
SHORTEST, LONGEST = 2, 5
"""Seconds, in place of the file's minute and quarter of an hour, which nobody waits for here."""


def test_a_lock_grows_and_stops_growing(console: Console, pages: KeycloakPages) -> None:
    """ROL-3, AUT-3: each failure after a lock locks at once, for longer, up to a bound."""
    kept = console.server.get()
    assert (kept["failureFactor"], kept["waitIncrementSeconds"], kept["maxFailureWaitSeconds"]) == (
        5,
        60,
        900,
    )
    assert kept["permanentLockout"] is False
    waits = {"waitIncrementSeconds": SHORTEST, "maxFailureWaitSeconds": LONGEST}
    console.change_realm(**waits, quickLoginCheckMilliSeconds=0)  # as people type, not as this test does
    person = console.enrol("tries.again@locks.example")

    def attempts() -> dict[str, Any]:
        found: dict[str, Any] = console.server.get(f"/attack-detection/brute-force/users/{person['id']}")
        return found

    def locked_since(before: int) -> dict[str, Any]:
        """When a lock ends stays on record: a short one may be over before anybody looks."""
        wait_until(lambda: attempts()["failedLoginNotBefore"] != before, 60, "another lock")
        return attempts()

    pages.start()
    for number in range(1, 5):
        pages.sign_in("tries.again@locks.example", f"Wrong-password-{number}")
        console.wait_until_counted(person, number)
    assert not attempts()["disabled"]
    lasted = []
    for number in range(5, 9):
        before = attempts()["failedLoginNotBefore"]
        pages.sign_in("tries.again@locks.example", f"Wrong-password-{number}")
        found = locked_since(before)
        lasted.append(found["failedLoginNotBefore"] - found["lastFailure"] // 1000)
        wait_until(lambda: not attempts()["disabled"], 60, "the lock's own end")
    assert lasted == [2, 4, 5, 5]
