"""A command as it is typed, in a process of its own that hears of no service but what it is told."""

import os
import subprocess
import sys
from collections.abc import Mapping


def typed(command: str, told: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """How `cqrs COMMAND` ends where the environment says no more of CQRS than `told`, and no stack runs."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CQRS_")}
    return subprocess.run(
        [sys.executable, "-m", "commands", *command.split()],
        env=environ | {"CQRS_STATE": "/nowhere"} | dict(told), capture_output=True, text=True, check=False,
    )  # fmt: skip
