"""The steps of a way to sign in, in a form in which the file's and the server's can be compared."""

import json
from collections.abc import Iterator

from directory.admin_session import AdminSession
from directory.realm.files import Representation

FLOWS = ("authentication", "flows")
_HIDDEN = "default.reference."


def wanted_steps(wanted: Representation, alias: str) -> list[str]:
    """Every step of the flow of our file, those of the flows inside it too, in order."""
    return list(_wanted(by_alias(wanted), configs(wanted), alias))


def present_steps(session: AdminSession, alias: str) -> list[str]:
    """The same of the flow on the server."""
    known: dict[str, Representation] = {}
    above, steps = [alias], []
    for step in session.get(*FLOWS, alias, "executions"):
        above = above[: step["level"] + 1]
        name = step["displayName"] if step.get("authenticationFlow") else step["providerId"]
        steps.append(_line(above[-1], step["requirement"], name, _config(session, step, known)))
        above.append(name)
    return steps


def by_alias(wanted: Representation) -> Representation:
    """The flows of our file."""
    return {flow["alias"]: flow for flow in wanted.get("authenticationFlows", [])}


def configs(wanted: Representation) -> Representation:
    """The settings of steps of our file, by their name."""
    return {one["alias"]: one["config"] for one in wanted.get("authenticatorConfig", [])}


def _wanted(flows: Representation, known: Representation, alias: str) -> Iterator[str]:
    for step in flows[alias]["authenticationExecutions"]:
        inside = step.get("flowAlias")
        config = known.get(step.get("authenticatorConfig", ""), {})
        yield _line(alias, step["requirement"], inside or step["authenticator"], config)
        if inside:
            yield from _wanted(flows, known, inside)


def _config(session: AdminSession, step: Representation, known: dict[str, Representation]) -> Representation:
    identity = step.get("authenticationConfig")
    if identity is None:
        return {}
    if identity not in known:
        known[identity] = session.get("authentication", "config", identity).get("config", {})
    return known[identity]


def _line(flow: str, requirement: str, name: str, config: Representation) -> str:
    # Keycloak shows no administrator the values of some settings, so of those only the names are compared.
    seen = {key: "hidden" if key.startswith(_HIDDEN) else value for key, value in config.items()}
    return f"{flow} / {requirement} {name} {json.dumps(seen, sort_keys=True) if seen else ''}".rstrip()
