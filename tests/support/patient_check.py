"""A Keycloak that is busy counts as one that answers, as a plugin of pytest.

The portal takes one that is silent for a few seconds for away, and tells whoever signs in to come back.
Beside a whole run of the tests it is only slow.
"""

from urllib3 import Timeout

from portal.web.keycloak_check import KeycloakCheck


def pytest_configure() -> None:
    """Every portal of this process waits."""
    KeycloakCheck.timeout = Timeout(connect=30.0, read=60.0)
