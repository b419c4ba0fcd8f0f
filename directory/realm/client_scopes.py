"""The client scopes of ours: what an administrator can give an application, and nobody has by default."""

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation
from directory.realm.mappers import correct_mappers, mapper_differences

KEY = "clientScopes"


class ClientScopes:
    """The client scopes that our file names. Which applications have them is no matter of the file."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        present = _present(session)
        found: list[Difference] = []
        for scope in wanted.get(KEY, []):
            name = scope["name"]
            found += _differences(scope, present[name]) if name in present else [absent("client scope", name)]
        return found

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        present = _present(session)
        for scope in wanted.get(KEY, []):
            theirs = present.get(scope["name"])
            if theirs is None:
                session.post("client-scopes", body=scope)
            elif _differences(scope, theirs):
                path = ("client-scopes", theirs["id"])
                session.put(*path, body=overlay(_plain(scope), theirs))
                correct_mappers(session, path, scope, theirs)


def _present(session: AdminSession) -> dict[str, Representation]:
    return {scope["name"]: scope for scope in session.get("client-scopes")}


def _differences(scope: Representation, theirs: Representation) -> list[Difference]:
    name = scope["name"]
    return compare("client scope", name, _plain(scope), theirs) + mapper_differences(name, scope, theirs)


def _plain(scope: Representation) -> Representation:
    return {key: value for key, value in scope.items() if key != "protocolMappers"}
