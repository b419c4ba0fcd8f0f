"""What an application reads first: where the questions go, and who gives tokens for them."""

from pathlib import Path

from flask import Response, jsonify

from directory.vocabulary import Role
from portal.api.asking import RESOURCE_METADATA
from portal.api.bodies import STRICT
from portal.api.given import EVERYWHERE, PLACE, ROLE, Scope
from portal.api.routes import PREFIX, api
from portal.web.access import public, services
from portal.web.oidc_client import realm_urls

ENDPOINTS = {
    "access_evaluation_endpoint": "/evaluation",
    "access_evaluations_endpoint": "/evaluations",
    "search_subject_endpoint": "/search/subject",
    "search_resource_endpoint": "/search/resource",
    "search_action_endpoint": "/search/action",
}
DOCUMENT = STRICT.decode((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))
KEPT = "public, max-age=3600"


@api.get("/.well-known/authzen-configuration")
@public
def decision_point() -> Response:
    """AuthZEN's metadata: the decision point and its endpoints."""
    here = services().settings.portal_url
    endpoints = {name: f"{here}{PREFIX}{path}" for name, path in ENDPOINTS.items()}
    return _kept({"policy_decision_point": here, **endpoints})


@api.get(RESOURCE_METADATA)
@public
def protected_resource() -> Response:
    """RFC 9728: who gives tokens, and the scopes to ask for."""
    settings = services().settings
    return _kept(
        {
            "resource": settings.portal_url,
            "authorization_servers": [realm_urls(settings)[0]],
            "scopes_supported": [*Scope, f"{PLACE}{EVERYWHERE}", *(f"{ROLE}{role}" for role in Role)],
            "bearer_methods_supported": ["header"],
            "resource_name": "CQRS scope API",
        }
    )


@api.get(f"{PREFIX}/openapi.json")
@public
def document() -> Response:
    """The API's description, for programs and for those who write them."""
    return _kept({**DOCUMENT, "servers": [{"url": services().settings.portal_url}]})


def _kept(document: dict[str, object]) -> Response:
    response = jsonify(document)
    response.headers["Cache-Control"] = KEPT
    return response
