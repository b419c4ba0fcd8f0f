"""Where the stack keeps its things and which ports it was told to use."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import StackProblem

ROOT = Path(__file__).resolve().parents[1]
REALM_FILES = ROOT / "keycloak-realm"

# The ports that people type, with the one each has when nothing is said.
PUBLIC_PORTS = {"portal": 8000, "keycloak": 8080, "mail": 8025}
# The ports that only programs use: a free one is chosen and kept, unless a variable names it.
PRIVATE_PORTS = ("postgres", "smtp", "keycloak_management", "metrics", "web_metrics")
# The example application starts only where a variable names its port.
EXAMPLE_PORT = "example"


@dataclass(frozen=True, slots=True)
class Settings:
    """`state` holds this stack's data, `cache` what any stack may share. `ports` has only those asked for."""

    state: Path
    cache: Path
    ports: Mapping[str, int]

    @property
    def run_file(self) -> Path:
        """Where the running stack says what it is: addresses, pids, sample people."""
        return self.state / "run.json"


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that CQRS_STATE names, `.cqrs` of the checkout when it names none."""
    return Path(environ.get("CQRS_STATE") or ROOT / ".cqrs").expanduser().resolve()


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    return Path(environ.get("CQRS_CACHE") or "~/.cache/cqrs").expanduser().resolve()


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the CQRS_ variables give. Raises StackProblem for a port that is no port."""
    ports = {name: _port(environ, name, default) for name, default in PUBLIC_PORTS.items()}
    ports |= {name: _port(environ, name, 0) for name in PRIVATE_PORTS if environ.get(variable(name))}
    if environ.get(variable(EXAMPLE_PORT)):
        ports[EXAMPLE_PORT] = _port(environ, EXAMPLE_PORT, 0)
    twice = {port for port in ports.values() if list(ports.values()).count(port) > 1}
    if twice:
        names = ", ".join(variable(name) for name, port in ports.items() if port in twice)
        raise StackProblem(f"{names} name the same port; give each its own.")
    return Settings(state_folder(environ), cache_folder(environ), ports)


def variable(port: str) -> str:
    """The variable that chooses the port of this name."""
    return f"CQRS_{port.upper()}_PORT"


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(variable(name)) or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise StackProblem(f"{variable(name)} is {value!r}: a port is a number from 1 to 65535.")
    return int(value)
