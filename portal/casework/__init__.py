"""What acts and effects both rest on: Keycloak's current state, closing a request, the audit's events."""
