"""What Keycloak may ask of a person at sign-in: a new password, a confirmed address, a second factor."""

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation

_ACTIONS = ("authentication", "required-actions")


class RequiredActions:
    """The actions that our file names, by alias."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        present = _present(session)
        found: list[Difference] = []
        for action in wanted.get("requiredActions", []):
            alias = action["alias"]
            theirs = present.get(alias)
            found += (
                compare("required action", alias, action, theirs)
                if theirs
                else [absent("required action", alias)]
            )
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        present = _present(session)
        for action in wanted.get("requiredActions", []):
            alias = action["alias"]
            if alias not in present:
                # With its name alone: the rest is refused here, and is put right in the next step.
                named = {key: action[key] for key in ("providerId", "name")}
                session.post("authentication", "register-required-action", body=named)
            merged = overlay(action, present.get(alias, {}))
            session.put(*_ACTIONS, alias, body=merged)
            if "config" in action:
                session.put(*_ACTIONS, alias, "config", body={"config": merged["config"]})


def _present(session: AdminSession) -> Representation:
    return {action["alias"]: action for action in session.get(*_ACTIONS)}
