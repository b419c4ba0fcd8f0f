"""Everything that can go wrong, turned into a page that says what happened and what to do. Nowhere else."""

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from directory import errors as directory_errors
from portal.rules import errors
from portal.rules.verdict import Refusal
from portal.web import leaving, telling
from portal.web.access import somebody
from portal.web.guard import PlaceClosed, WrongRole
from portal.web.oidc import SignInFailed, SignInUnavailable, SomebodyElse

log = structlog.get_logger(__name__)
Answer = tuple[str, int] | Response


def install(app: Flask) -> None:
    """Gives `app` a page for each kind of fault. One that is unknown is a fault of ours: `broken`."""
    for fault, answer in FAULTS.items():
        app.register_error_handler(fault, _told(answer))


def _told(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The page, with the fault noted for the log."""

    def told(fault: Exception) -> Any:
        telling.because(fault)
        return answer(fault)

    return told


def page(template: str, status: int, **context: Any) -> tuple[str, int]:
    """An error page with its status."""
    return render_template(f"errors/{template}.jinja", **context), status


def _unavailable(fault: Exception) -> Answer:
    log.warning("unavailable", fault=repr(fault), path=telling.path())
    return page("unavailable", 503)


def _sign_in_failed(fault: SignInFailed) -> Answer:
    log.info("sign_in_failed", fault=str(fault))
    return page("sign_in_failed", 400)


def _somebody_else(_fault: SomebodyElse) -> Answer:
    return page("somebody_else", 403)


def _broken(fault: Exception) -> Answer:
    log.error("refused_by_keycloak", fault=repr(fault), path=telling.path())
    return page("broken", 500)


def _old_form(_fault: CSRFError) -> Answer:
    if request.path == url_for("signin.sign_out") and somebody() is None:
        return leaving.to_keycloak()  # where a session may go on
    return page("old_form", 400, again=request.full_path.rstrip("?"))


OWN_ACCOUNT = {
    Refusal.YOURSELF: "You cannot do this to your own account",
    Refusal.LAST_OF_SERVICE_DESK: "You cannot disable your account",
}
"""Where what is refused is no decision on somebody else."""


def _place_closed(_fault: PlaceClosed) -> Answer:
    return page("place_closed", 403)


def _wrong_role(_fault: WrongRole) -> Answer:
    return page("wrong_role", 403)


def _http(fault: HTTPException) -> Answer | HTTPException:
    """The plain ones; what has a page of its own is above."""
    if fault.code is None or fault.code < 400:
        return fault
    template = {
        403: "forbidden",
        404: "not_found",
        405: "not_found",
        413: "too_large",
        429: "too_many",
        503: "unavailable",
    }
    status = 404 if fault.code == 405 else fault.code
    if status >= 500:
        log.error(
            "failed", path=telling.path(), fault=repr(getattr(fault, "original_exception", None) or fault)
        )
    return page(template.get(status, "bad_request" if status < 500 else "broken"), status)


def _not_allowed(fault: errors.NotAllowed) -> Answer:
    if fault.verdict.refusal is Refusal.PLACE_CLOSED:
        return page("place_closed", 403)
    refusal = fault.verdict.refusal
    heading = OWN_ACCOUNT.get(refusal, "This is not yours to decide") if refusal else ""
    return page("not_allowed", 403, sentence=refusal, heading=heading)


def _decided(fault: errors.AlreadyDecided) -> Answer:
    return page("already_decided", 409, fault=fault, request_id=(request.view_args or {}).get("request_id"))


def _not_held(_fault: errors.NotHeld) -> Answer:
    return page("not_held", 409)


def _not_locked(_fault: errors.NotLocked) -> Answer:
    return page("not_locked", 409)


def _already_so(_fault: errors.AlreadySo) -> Answer:
    return page("already_so", 409)


def _no_second_factor(_fault: errors.NoSecondFactor) -> Answer:
    return page("no_second_factor", 409)


def _not_found(_fault: Exception) -> Answer:
    return page("not_found", 404)


def _too_many(fault: errors.TooManyAttempts) -> Answer:
    text, status = page("too_many", 429, wait=fault.wait)
    response = Response(text, status=status, mimetype="text/html")
    response.headers["Retry-After"] = str(int(fault.wait.total_seconds()) + 1)
    return response


def _out_of_date(_fault: errors.PortalFault) -> Answer:
    return page("out_of_date", 409, again=request.path)


def _not_possible(fault: Exception) -> Answer:
    status, heading, sentence = NOT_POSSIBLE[type(fault)]
    return page("not_possible", status, heading=heading, sentence=sentence, again=request.path)


NOT_POSSIBLE: dict[type[Exception], tuple[int, str, str]] = {
    errors.AlreadyHeld: (
        409,
        "This role is already held",
        "The person has this role at this organisation already.",
    ),
    errors.AlreadyAsked: (
        409,
        "This has already been asked for",
        "A request for this role at this organisation is waiting for an answer.",
    ),
    errors.OrganisationClosed: (
        409,
        "This organisation takes no new requests",
        "Only an open organisation takes requests.",
    ),
    errors.RoleNotOffered: (
        409,
        "This organisation does not offer that role",
        "It may have changed since you chose it.",
    ),
    errors.NameRefused: (
        400,
        "Enter the name as it is written",
        "A name has letters, spaces, hyphens and apostrophes, and at most 60 characters.",
    ),
    errors.AlreadyKnown: (409, "This person has an account", "An invitation can be sent to a new user only."),
    errors.AlreadyInvited: (409, "This person is already invited", "The same invitation is waiting already."),
    errors.InvitationEnded: (
        409,
        "This invitation is not waiting any more",
        "It was accepted, cancelled or has lapsed.",
    ),
    errors.NameTaken: (
        409,
        "Another cluster has this name",
        "Each cluster of an organisation has a name of its own. Go back and choose another.",
    ),
    errors.ReasonNeeded: (400, "Enter a reason", "A reason has to have 1 to 250 characters."),
}
FAULTS: dict[type[Exception], Any] = {
    errors.NotAllowed: _not_allowed,
    errors.AlreadyDecided: _decided,
    errors.NotHeld: _not_held,
    errors.NotLocked: _not_locked,
    errors.AlreadySo: _already_so,
    errors.NoSecondFactor: _no_second_factor,
    errors.RequestNotFound: _not_found,
    errors.NothingFound: _not_found,
    errors.TooManyAttempts: _too_many,
    errors.OutOfDate: _out_of_date,
    errors.NotReached: _unavailable,
    **dict.fromkeys(NOT_POSSIBLE, _not_possible),
    directory_errors.DirectoryUnavailable: _unavailable,
    directory_errors.DirectoryAccessDenied: _unavailable,
    directory_errors.MailNotSent: _unavailable,
    directory_errors.DirectoryAway: _unavailable,
    directory_errors.NotThere: _not_found,
    directory_errors.PersonNotFound: _not_found,
    directory_errors.OrganisationNotFound: _not_found,
    directory_errors.ClusterNotFound: _not_found,
    directory_errors.AlreadyThere: _broken,
    directory_errors.DirectoryRefused: _broken,
    directory_errors.DirectoryError: _broken,
    SignInUnavailable: _unavailable,
    SignInFailed: _sign_in_failed,
    SomebodyElse: _somebody_else,
    OperationalError: _unavailable,
    PoolTimeout: _unavailable,
    CSRFError: _old_form,
    PlaceClosed: _place_closed,
    WrongRole: _wrong_role,
    HTTPException: _http,
}
