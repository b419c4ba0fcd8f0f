"""What a new client may ask for in its tokens: exactly the scopes of our file, so no offline tokens."""

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, unwanted
from directory.realm.files import Representation

_KEY, _PATH = "defaultOptionalClientScopes", "default-optional-client-scopes"


class DefaultScopes:
    """The optional scopes that Keycloak gives to each new client."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        if _KEY not in wanted:
            return []
        ours, theirs = set(wanted[_KEY]), set(_present(session))
        missing = [absent("default scope", name) for name in sorted(ours - theirs)]
        return missing + [unwanted("default scope", name) for name in sorted(theirs - ours)]

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        ours, theirs = set(wanted[_KEY]), _present(session)
        known = {scope["name"]: scope["id"] for scope in session.get("client-scopes")}
        for name in sorted(ours - set(theirs)):
            session.put(_PATH, known[name])
        for name in sorted(set(theirs) - ours):
            session.delete_if_there(_PATH, theirs[name])


def _present(session: AdminSession) -> dict[str, str]:
    return {scope["name"]: scope["id"] for scope in session.get(_PATH)}
