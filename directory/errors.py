"""What can go wrong with Keycloak, in our words.

    DirectoryError
    ├── DirectoryUnavailable      down, slow or failing: perhaps it did what was asked; ask again
    └── DirectoryRefused          it understood and said no; asking again gives the same answer
        ├── OrganisationNotFound
        └── PersonNotFound
"""


class DirectoryError(Exception):
    """Anything that the gateway to Keycloak raises."""


class DirectoryUnavailable(DirectoryError):
    """Keycloak did not answer, or answered with a fault of its own."""


class DirectoryRefused(DirectoryError):
    """Keycloak understood the call and refused it."""


class OrganisationNotFound(DirectoryRefused):
    """No organisation has this ODS code or group id."""


class PersonNotFound(DirectoryRefused):
    """No account has this id."""
