"""What production lets no command send where others can read it, as it lets neither portal nor worker start.

Each gives what is wrong with an address, in words that name its variable; the empty string for nothing.
"""

from collections.abc import Mapping

_KEYCLOAK = "CQRS_KEYCLOAK_INTERNAL_URL, or CQRS_KEYCLOAK_URL"
_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})


def wrong_with_keycloak(url: str, environment: Mapping[str, str]) -> str:
    """To which a secret or an administrator's password would go."""
    from portal.settings import production  # noqa: PLC0415 - only what is asked for is loaded

    return _said(_KEYCLOAK, production.wrong_with_inner_address(url), environment)


def wrong_with_database(name: str, url: str, environment: Mapping[str, str]) -> str:
    """Of which `name` is the variable."""
    from portal.settings import production  # noqa: PLC0415

    return _said(name, production.wrong_with_database(url), environment)


def wrong_with_service(url: str, environment: Mapping[str, str]) -> str:
    """Of the ODS service, to which its key would go: it is outside, whatever is said of the network."""
    from portal.settings import production  # noqa: PLC0415

    if not production.wrong_with_inner_address(url) or not _is_production(environment):
        return ""
    return f"CQRS_ODS_URL {production.wrong_with_outer_address(url)}."


def _said(name: str, wrong: str, environment: Mapping[str, str]) -> str:
    told = environment.get("CQRS_UNENCRYPTED_INSIDE", "").strip().lower() in _TRUE
    return f"{name} {wrong}." if wrong and _is_production(environment) and not told else ""


def _is_production(environment: Mapping[str, str]) -> bool:
    return environment.get("CQRS_ENVIRONMENT", "").strip() != "development"
