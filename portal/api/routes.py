"""The blueprint of all that applications ask; its modules add their routes to it."""

from flask import Blueprint

PREFIX = "/access/v1"
api = Blueprint("access", __name__)
