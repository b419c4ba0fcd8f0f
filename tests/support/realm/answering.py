"""A realm's address that answers, for a portal which only has to find it there."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from flask import Flask, request

from tests.support.pages.serving import served


class AnsweringRealm:
    """Answers with `status`, and counts how often it was `asked`.

    `codes` are those that it was to give tokens for. Like Keycloak it knows none that it didn't give.
    """

    def __init__(self) -> None:
        self.asked, self.status, self.codes = 0, HTTPStatus.OK, list[str]()
        self._app = Flask(__name__)
        self._app.add_url_rule("/realms/cqrs", "realm", self._answer)
        tokens = "/realms/cqrs/protocol/openid-connect/token"
        self._app.add_url_rule(tokens, "tokens", self._tokens, methods=["POST"])

    def _answer(self) -> tuple[str, int]:
        self.asked += 1
        return "{}", self.status

    def _tokens(self) -> tuple[dict[str, Any], int]:
        self.codes.append(request.form["code"])
        return {"error": "invalid_grant", "error_description": "Code not valid"}, HTTPStatus.BAD_REQUEST

    @contextmanager
    def served(self) -> Iterator[str]:
        with served(self._app) as address:
            yield address
