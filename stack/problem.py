"""What stops the stack: each is one clear line that says what to do."""


class StackProblem(Exception):
    """Shown to the person at the keyboard as it stands, with no traceback; `cqrs run` then exits with 1."""
