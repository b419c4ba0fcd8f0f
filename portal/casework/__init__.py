"""What acts and effects both rest on: Keycloak's current state, how a request is closed, the audit's events."""
