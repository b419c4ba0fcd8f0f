"""The command line `cqrs`: one file for each group of commands, added here when it is asked for.

Only the asked group is imported, so that `cqrs run` need not wait for the libraries of the others.
"""

import importlib
import os
import sys
from typing import Final

import typer

from commands.misuse import UnknownApart
from stack.environment import running_environment

_GROUPS: Final = ("realm", "sync", "portal", "audit")
_SINGLE: Final = {"run": "commands.run", "clean": "commands.run", "worker": "commands.portal"}


def command_line(asked: str | None = None) -> typer.Typer:
    """The group or the command of this name, or all of them."""
    application = typer.Typer(
        cls=UnknownApart, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    application.callback()(_accounts)
    for name in _GROUPS:
        if asked in (None, name):
            application.add_typer(importlib.import_module(f"commands.{name}").app, name=name)
    for name, module in _SINGLE.items():
        if asked in (None, name):
            application.command(name)(getattr(importlib.import_module(module), name))
    return application


def _accounts() -> None:
    """Accounts, approvals and roles for the practices and commissioners of CQRS."""


def app() -> None:
    """The console script: reads the command line and does what it says.

    Beside a running local stack that one is meant, unless the environment or the words name another service.
    """
    words = sys.argv[1:]
    asked = words[0] if words else None
    if asked not in ("run", "clean"):
        os.environ.update(running_environment(words=words))
    command_line(asked if asked in (*_GROUPS, *_SINGLE) else None)()
