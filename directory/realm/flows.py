"""How people sign in: the flows of the realm that our file names."""

from typing import Any

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, unwanted
from directory.realm.files import Representation
from directory.realm.flow_steps import FLOWS, by_alias, configs, present_steps, wanted_steps

# Keycloak's own, which asks for a password and for the second factor of whoever has one.
_MEANWHILE = "browser"


class Flows:
    """The flows of our file, step by step. Other flows stay."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        present = _ids(session)
        found: list[Difference] = []
        for alias in _top(wanted):
            found += _differences(session, wanted, alias) if alias in present else [absent("flow", alias)]
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        present = _ids(session)
        for alias in _top(wanted):
            if alias in present:
                _remove(session, alias, present[alias])
            session.post(*FLOWS, body=_plain(by_alias(wanted)[alias]))
            _fill(session, wanted, alias, _ids(session)[alias])


def _differences(session: AdminSession, wanted: Representation, alias: str) -> list[Difference]:
    ours, theirs = wanted_steps(wanted, alias), present_steps(session, alias)
    missing = [absent("step", step) for step in ours if step not in theirs]
    found = missing + [unwanted("step", step) for step in theirs if step not in ours]
    if not found and ours != theirs:
        return [Difference("flow", alias, "order of steps", "another", "as in the file")]
    return found


def _remove(session: AdminSession, alias: str, identity: str) -> None:
    """With all inside it. Keycloak's own stands in: nobody signs in by a flow that is half made."""
    if session.get()["browserFlow"] == alias:
        session.put(body={"browserFlow": _MEANWHILE})
    session.delete_if_there(*FLOWS, identity)


def _fill(session: AdminSession, wanted: Representation, alias: str, identity: str) -> None:
    for step in by_alias(wanted)[alias]["authenticationExecutions"]:
        if "flowAlias" in step:
            inside = _add_flow(session, alias, by_alias(wanted)[step["flowAlias"]], step)
            _fill(session, wanted, step["flowAlias"], inside)
        else:
            _add_step(session, identity, step, configs(wanted))


def _add_flow(session: AdminSession, alias: str, inside: Representation, step: Representation) -> str:
    """The id of the flow that it makes within another."""
    made = {"alias": inside["alias"], "description": inside["description"], "type": inside["providerId"]}
    session.post(*FLOWS, alias, "executions", "flow", body=made)
    every = session.get(*FLOWS, alias, "executions")
    found = next(one for one in every if one["displayName"] == inside["alias"])
    settled = {"requirement": step["requirement"], "priority": step["priority"]}
    session.put(*FLOWS, alias, "executions", body=found | settled)
    return str(found["flowId"])


def _add_step(session: AdminSession, flow: str, step: Representation, known: dict[str, Any]) -> None:
    name = step.get("authenticatorConfig")
    plain = {key: value for key, value in step.items() if key != "authenticatorConfig"}
    made = session.create("authentication", "executions", body=plain | {"parentFlow": flow})
    if name:
        # Steps of our file share settings by name; made one by one, each needs a name of its own.
        config = {"alias": f"{name} {made}", "config": known[name]}
        session.post("authentication", "executions", made, "config", body=config)


def _top(wanted: Representation) -> list[str]:
    return [alias for alias, flow in by_alias(wanted).items() if flow["topLevel"]]


def _ids(session: AdminSession) -> dict[str, str]:
    return {flow["alias"]: flow["id"] for flow in session.get(*FLOWS)}


def _plain(flow: Representation) -> Representation:
    return {key: value for key, value in flow.items() if key != "authenticationExecutions"}
