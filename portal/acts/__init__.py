"""What the portal does, one act a file: judge on Keycloak's present state, then write in one transaction.

An act opens its own transaction and never calls Keycloak or sends mail inside it. What must follow is written
to the outbox beside it, so a crash after the commit loses nothing and repeats nothing that shows.
"""
