"""The container engine of this machine, as far as a walk through the containers needs it."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = "cqrs-accounts-walk"
"""Named so that nobody's own containers and data are touched."""
IMAGES = {
    "service": "cqrs-accounts:0.1.0",
    "trial": "cqrs-accounts-trial:0.1.0",
    "keycloak": "cqrs-keycloak:26.7.4",
}
LONGEST_START = 900


class NoEngine(RuntimeError):
    """Nothing here runs containers; the message says what to install."""


class EngineFailed(RuntimeError):
    """The engine refused what it was told; the message has its last lines."""


@dataclass(frozen=True)
class Engine:
    """Builds and runs docker-compose.yml under a project of its own.

    `CQRS_COMPOSE` names another command than `docker compose`; `CQRS_IMAGE_BUILD` another than its own build.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ("docker-compose.yml",)

    def look(self) -> None:
        """Raises NoEngine where none answers."""
        try:
            self.compose("version")
            self.compose("ps")
        except (OSError, EngineFailed) as away:
            raise NoEngine(
                "This needs a container engine with Compose, such as Docker, and none answers here. "
                "Where it has another name than `docker compose`, CQRS_COMPOSE says which."
            ) from away

    def build(self) -> None:
        """Makes the three images."""
        builder = shlex.split(os.environ.get("CQRS_IMAGE_BUILD", ""))
        if not builder:
            self.compose("build")
            return
        for target, image in IMAGES.items():
            self._run([*builder, "--target", target, "--tag", f"docker.io/library/{image}", "."])

    def up(self) -> None:
        """Starts everything, and waits until all that stays is healthy."""
        self.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", str(LONGEST_START))

    def down(self, *, forget: bool = False) -> None:
        """Stops everything; with `forget`, the data go too."""
        self.compose("down", "--timeout", "30", *(["--volumes"] if forget else []))

    def read(self, service: str, path: str) -> str:
        """What this file holds, as the service sees it."""
        return self.compose("run", "--rm", "--no-deps", "-T", "--entrypoint", "cat", service, path)

    def compose(self, *words: str) -> str:
        """What it printed. Raises EngineFailed."""
        command = shlex.split(os.environ.get("CQRS_COMPOSE", "docker compose"))
        files = [word for file in self.files for word in ("--file", file)]
        return self._run([*command, "--project-name", PROJECT, *files, *words])

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | self.environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
            raise EngineFailed(f"{shlex.join(command)} ended with {done.returncode}:\n{last}")
        return done.stdout
