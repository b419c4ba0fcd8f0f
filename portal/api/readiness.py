"""Whether the API can answer everything at this moment: for load balancers and for who watches it."""

from flask import Response, jsonify

from portal.api.deciding import is_in_step
from portal.api.routes import PREFIX, api
from portal.web.access import public


@api.get(f"{PREFIX}/ready")
@public
def ready() -> tuple[Response, int]:
    """The database answers, and the mirror is in step with Keycloak; if not, searches have to wait."""
    in_step = is_in_step()
    return jsonify({"status": "ready" if in_step else "mirror out of step"}), 200 if in_step else 503
