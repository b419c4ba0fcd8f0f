"""What Keycloak may ask of a person at sign-in: a new password, a confirmed address, a second factor."""

from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation
from directory.realm.server import RealmServer

_ACTIONS = "/authentication/required-actions"


class RequiredActions:
    """The actions that our file names, by alias."""

    def differences(self, server: RealmServer, wanted: Representation) -> list[Difference]:
        present = _present(server)
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

    def put_right(self, server: RealmServer, wanted: Representation) -> None:
        present = _present(server)
        for action in wanted.get("requiredActions", []):
            alias = action["alias"]
            if alias not in present:
                server.post("/authentication/register-required-action", action)
            merged = overlay(action, present.get(alias, {}))
            server.put(f"{_ACTIONS}/{alias}", merged)
            if "config" in action:
                server.put(f"{_ACTIONS}/{alias}/config", {"config": merged["config"]})


def _present(server: RealmServer) -> Representation:
    return {action["alias"]: action for action in server.get(_ACTIONS)}
