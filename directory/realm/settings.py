"""The realm's own settings: sign-in, passwords, locking, lifetimes, events, mail, themes."""

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, compare, overlay
from directory.realm.files import Representation

# These are things in the realm rather than settings of it; other parts see to each.
_PARTS_OF_THEIR_OWN = frozenset(
    {
        "authenticationFlows",
        "authenticatorConfig",
        "clients",
        "clientScopeMappings",
        "clientScopes",
        "components",
        "defaultOptionalClientScopes",
        "groups",
        "localizationTexts",
        "requiredActions",
        "roles",
        "users",
    }
)


class Settings:
    """Everything at the top level of the realm's representation."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        return compare("realm setting", "", _settings(wanted), session.get())

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        # Keycloak replaces maps such as smtpServer whole: what others set in them goes back as it was.
        session.put(body=overlay(_settings(wanted), session.get()))


def _settings(wanted: Representation) -> Representation:
    return {key: value for key, value in wanted.items() if key not in _PARTS_OF_THEIR_OWN}
