"""Keeps the mirror in step with Keycloak: whole when asked, and change by change as it tells of them."""
