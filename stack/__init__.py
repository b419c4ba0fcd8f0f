"""Starts everything on one machine with no container engine; the tests use the same code.

`stack.supervisor` is `cqrs run`; `stack.servers` starts only PostgreSQL, Keycloak and the mail catcher;
`stack.environment` tells other commands where the running stack is.
"""
