"""What a wrong option or command ends with where 2, which that is elsewhere, says something else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer import TyperException
from typer.core import TyperGroup

MISUSED_HERE = 64
"""EX_USAGE of sysexits.h."""


class UnknownApart(TyperGroup):
    """A group in which a command, or a group, that there is not ends with 64."""

    def make_context(self, *words: Any, **told: Any) -> Any:
        with _misuse_apart():
            return super().make_context(*words, **told)

    def resolve_command(self, *words: Any) -> Any:
        with _misuse_apart():
            return super().resolve_command(*words)


class MisuseApart(UnknownApart):
    """One in which a command ends with 2 for an answer: a wrong option of that ends with 64 too."""

    def invoke(self, *words: Any) -> Any:
        with _misuse_apart():
            return super().invoke(*words)


@contextmanager
def _misuse_apart() -> Iterator[None]:
    try:
        yield
    except TyperException as wrong:
        wrong.exit_code = MISUSED_HERE
        raise
