"""A portal that fails as it is told: each fault at an address of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, Forbidden, InternalServerError, NotFound, RequestEntityTooLarge

from directory.errors import DirectoryUnavailable
from portal.model.requests import RequestState
from portal.rules import errors
from portal.rules.verdict import Refusal, Verdict
from portal.web.access import public
from portal.web.guard import PlaceClosed, WrongRole
from portal.web.oidc import SignInFailed, SomebodyElse
from tests.support.builders.world import World, build_places

FAULTS: dict[str, Exception] = {
    "already_decided": errors.AlreadyDecided(
        "Ann Example", RequestState.APPROVED, datetime(2026, 3, 2, tzinfo=UTC)
    ),
    "already_so": errors.AlreadySo(),
    "bad_request": BadRequest(),
    "broken": InternalServerError(),
    "forbidden": Forbidden(),
    "not_allowed": errors.NotAllowed(Verdict(Refusal.NOT_YOUR_ROLE)),
    "not_found": NotFound(),
    "not_held": errors.NotHeld(),
    "not_locked": errors.NotLocked(),
    "no_second_factor": errors.NoSecondFactor(),
    "not_possible": errors.AlreadyAsked(),
    "old_form": CSRFError(),
    "out_of_date": errors.OutOfDate(),
    "place_closed": PlaceClosed(),
    "sign_in_failed": SignInFailed("a tab too old"),
    "somebody_else": SomebodyElse(),
    "too_large": RequestEntityTooLarge(),
    "too_many": errors.TooManyAttempts(timedelta(minutes=3)),
    "unavailable": DirectoryUnavailable(),
    "wrong_role": WrongRole(),
}
"""A fault for each error page, by the name of its template."""


def raising(database: str, faults: Mapping[str, Exception] = FAULTS) -> World:
    """A portal of its own in which `/raises/<name>` raises the fault of that name."""
    world = build_places(database)

    @public
    def raises(name: str) -> str:
        raise faults[name]

    world.app.add_url_rule("/raises/<name>", "raises", raises)
    return world
