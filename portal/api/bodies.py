"""What applications send: JSON objects in AuthZEN's forms, read strictly where a guess could open something.

Fields that the standard doesn't know are ignored, as it demands. What is missing or of the wrong type is a
bad request; what names nobody or nothing is a question like any other, answered no.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from portal.api.problems import Problem

LARGEST = 128 * 1024
"""Bytes of a body."""
Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entity:
    """A subject or a resource: its type, and its id, empty where it isn't asked for."""

    type: str
    id: str = ""


def body() -> Object:
    """The JSON object that the request carries. Raises Problem."""
    request.max_content_length = LARGEST
    if request.mimetype != "application/json":
        raise Problem(415, "Send application/json.")
    try:
        found = STRICT.decode(request.get_data(cache=False).decode())
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not valid JSON in UTF-8, with each name once in an object.") from None
    return as_object(found, "the body")


def _once(pairs: list[tuple[str, Any]]) -> Object:
    """An object that says something twice says nothing that can be relied on (I-JSON)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(name)


STRICT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def as_object(value: Any, where: str) -> Object:
    """The value, when it is an object. Raises Problem."""
    if not isinstance(value, dict):
        raise Problem(400, f"{where} must be an object.")
    return value


def optional(holder: Object, key: str, where: str = "") -> Object:
    """The object at `key`; an empty one where there is none. Raises Problem."""
    return as_object(holder[key], f"{where}{key}") if key in holder else {}


def words(holder: Object, key: str, where: str) -> str:
    """The string at `key`, which has to be there. Raises Problem."""
    if key not in holder:
        raise Problem(400, f"{where}.{key} is missing.")
    return text(holder[key], f"{where}.{key}")


def text(value: Any, where: str) -> str:
    """The value, when it is a string. PostgreSQL takes no NUL, and nothing is named with one."""
    if not isinstance(value, str):
        raise Problem(400, f"{where} must be a string.")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise Problem(400, f"{where} holds half a character.")
    return value.replace("\0", "\ufffd")


def entity(holder: Object, key: str, where: str = "", *, with_id: bool = True) -> Entity:
    """The subject or resource at `key`; without an id where that is what is searched. Raises Problem."""
    name = f"{where}{key}"
    found = _needed(holder, key, name)
    optional(found, "properties", f"{name}.")
    kind = words(found, "type", name)
    return Entity(kind, words(found, "id", name) if with_id else "")


def action(holder: Object, where: str = "") -> str:
    """The name of the action. Raises Problem."""
    name = f"{where}action"
    found = _needed(holder, "action", name)
    optional(found, "properties", f"{name}.")
    return words(found, "name", name)


def _needed(holder: Object, key: str, name: str) -> Object:
    if key not in holder:
        raise Problem(400, f"{name} is missing.")
    return as_object(holder[key], name)
