"""`cqrs run` and `cqrs clean`: the local stack, for development and for trying it out."""

import typer

from commands.options import fail


def run() -> None:
    """Start everything on this machine: PostgreSQL, Keycloak, mail, portal and worker; Ctrl-C stops it."""
    from stack.supervisor import run as run_stack  # noqa: PLC0415 (a service's image has no need of the stack)

    raise typer.Exit(run_stack())


def clean() -> None:
    """Remove the local stack's data. What was downloaded stays in the cache."""
    from stack import StackProblem  # noqa: PLC0415 (as above)
    from stack.disk import in_words  # noqa: PLC0415
    from stack.settings import state_folder  # noqa: PLC0415
    from stack.state import clean_state  # noqa: PLC0415

    folder = state_folder()
    try:
        removed = clean_state(folder)
    except StackProblem as problem:
        fail(str(problem))
    except OSError as problem:
        fail(in_words(problem))
    typer.echo(f"Removed {folder}." if removed else f"Nothing to remove in {folder}.")
