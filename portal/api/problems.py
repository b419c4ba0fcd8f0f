"""What goes wrong, as applications are told: problem details (RFC 9457), whose `detail` is the message."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from directory.errors import DirectoryUnavailable
from portal.api.routes import api
from portal.web import error_pages
from portal.web.realm_keys import KeysUnavailable

OURS = ("/access/", "/.well-known/")
REQUEST_ID = "X-Request-ID"
AGAIN_SOON = {"Retry-After": "5"}
NOTHING_BESIDES: Mapping[str, str] = {}
UNAVAILABLE = (OperationalError, PoolTimeout, DirectoryUnavailable, KeysUnavailable)
log = structlog.get_logger(__name__)


class Problem(Exception):
    """The question can't be answered: `status`, a sentence that says why, and headers besides."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] = NOTHING_BESIDES) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def install(app: Flask) -> None:
    """Answers at addresses below the API that aren't there as the API does, and not with a page."""
    app.register_error_handler(NotFound, _or_page)
    app.register_error_handler(MethodNotAllowed, _or_page)


@api.after_request
def with_request_id(response: Response) -> Response:
    """The caller's id of its request comes back with the answer."""
    if given := request.headers.get(REQUEST_ID):
        response.headers[REQUEST_ID] = given
    return response


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    body = {"type": "about:blank", "title": HTTPStatus(problem.status).phrase, "status": problem.status}
    text = json.dumps(body | {"detail": problem.detail})
    return Response(text, problem.status, problem.headers, content_type="application/problem+json")


def _http(fault: HTTPException) -> Response:
    headers = {name: value for name, value in fault.get_headers() if name in {"Allow", "Retry-After"}}
    return answer(Problem(fault.code or 500, fault.description or "", headers))


def _or_page(fault: HTTPException) -> Any:
    if request.path.startswith(OURS):
        return with_request_id(_http(fault))
    return error_pages.FAULTS[HTTPException](fault)


def _unavailable(fault: Exception) -> Response:
    log.warning("unavailable", fault=repr(fault), path=request.path)
    return answer(Problem(503, "This can't be answered for the moment. Ask again.", AGAIN_SOON))


def _broken(fault: Exception) -> Response:
    log.error("failed", fault=repr(fault), path=request.path, exc_info=fault)
    return answer(Problem(500, "This can't be answered: something here is broken."))


FAULTS: dict[type[Exception], Any] = {
    Problem: answer,
    HTTPException: _http,
    **dict.fromkeys(UNAVAILABLE, _unavailable),
    Exception: _broken,
}
for _fault, _answer in FAULTS.items():
    api.register_error_handler(_fault, _answer)
