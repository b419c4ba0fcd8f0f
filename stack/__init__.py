"""Starts everything on one machine with no container engine; the tests use the same code.

`stack.supervisor` is `cqrs run`; `stack.servers` starts only PostgreSQL, Keycloak and the mail catcher;
`stack.environment` tells other commands where the running stack is.
"""


class StackProblem(Exception):
    """What stops the stack, in one clear line that says what to do.

    Shown to the person at the keyboard as it stands, with no traceback; `cqrs run` then exits with 1.
    """
