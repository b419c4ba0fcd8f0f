"""The state folder: everything that this stack must remember, and nothing else."""

import os
import shutil
from pathlib import Path

from stack import StackProblem
from stack.disk import lock_or_refuse
from stack.postgres import database_home
from stack.process import stop_leftovers

_MARK = "this-is-a-cqrs-state-folder"


def open_state(state: Path) -> None:
    """Makes the folder, or checks that the one there is ours or empty. Raises StackProblem."""
    if state.exists() and any(state.iterdir()) and not (state / _MARK).exists():
        raise StackProblem(f"{state} has other things in it: name an empty or new folder with CQRS_STATE.")
    state.mkdir(parents=True, exist_ok=True)
    if not (state / _MARK).exists():
        _remove_orphaned_database(state)
    # The database's user must be able to pass through when we are root; nobody can list it.
    state.chmod(0o711 if os.geteuid() == 0 else 0o700)
    (state / _MARK).touch()


def _remove_orphaned_database(state: Path) -> None:
    """A database outside a state folder that was removed by hand: nothing can open it any more."""
    home = database_home(state)
    if home.exists() and home.lstat().st_uid == os.geteuid():
        shutil.rmtree(home)


def clean_state(state: Path) -> bool:
    """Removes all data of this stack; whether there was any. Raises StackProblem while it runs."""
    if not (state / _MARK).exists():
        return False
    refusal = f"The stack of {state} is running: stop it first (Ctrl-C where it runs), then clean."
    with lock_or_refuse(state / "lock", refusal):
        stop_leftovers(state / "processes.json")
        shutil.rmtree(database_home(state), ignore_errors=True)
        shutil.rmtree(state)
    return True
