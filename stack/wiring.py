"""The environment of the service's own programs when they run on the local stack."""

from collections.abc import Mapping

from stack.keycloak import ADMINISTRATOR
from stack.postgres import Postgres

REALM = "cqrs"


def service_environment(
    ports: Mapping[str, int], credentials: Mapping[str, str], postgres: Postgres
) -> dict[str, str]:
    """Every CQRS_ variable of the portal, its worker, the realm and the sync, for development."""
    portal, keycloak = (f"http://localhost:{ports[name]}" for name in ("portal", "keycloak"))
    return {
        "CQRS_ENVIRONMENT": "development",
        "CQRS_PORTAL_URL": portal,
        "CQRS_PORTAL_INTERNAL_URL": portal,
        "CQRS_KEYCLOAK_URL": keycloak,
        "CQRS_KEYCLOAK_INTERNAL_URL": keycloak,
        "CQRS_REALM": REALM,
        "CQRS_PORTAL_CLIENT_SECRET": credentials["portal_client_secret"],
        "CQRS_READER_SECRET": credentials["reader_secret"],
        "CQRS_WRITER_SECRET": credentials["writer_secret"],
        "CQRS_SYNC_SECRET": credentials["sync_secret"],
        "CQRS_SECRET_KEY": credentials["secret_key"],
        "CQRS_DATABASE_URL": postgres.url("portal"),
        "CQRS_SMTP_HOST": "127.0.0.1",
        "CQRS_SMTP_PORT": str(ports["smtp"]),
        "CQRS_MAIL_FROM": "no-reply@cqrs.example",
        "CQRS_SERVICE_DESK_EMAIL": "service.desk@cqrs.example",
        "CQRS_SERVICE_DESK_PHONE": "0300 000 0000",
        "CQRS_METRICS_PORT": str(ports["metrics"]),
        "CQRS_KEYCLOAK_ADMIN": ADMINISTRATOR,
        "CQRS_KEYCLOAK_ADMIN_PASSWORD": credentials["keycloak_admin_password"],
    }
