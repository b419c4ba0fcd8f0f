"""The passwords that Keycloak refuses: made once in the cache, a list of ours and the filter of it."""

import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path

from directory.realm import common_passwords
from stack import StackProblem
from stack.console import Console
from stack.disk import wait_for_lock
from stack.keycloak_installation import VERSION, java_environment
from stack.launch import run_to_end


def make_common_passwords(cache: Path, installation: Path, console: Console) -> Path:
    """The folder of both; nothing is made where they are there, of the same library, rules and Keycloak.

    Raises StackProblem.
    """
    rules = Path(common_passwords.__file__).read_bytes() + f"{version('zxcvbn')} {VERSION}".encode()
    folder = cache / f"common-passwords-{hashlib.sha256(rules).hexdigest()[:12]}"
    if folder.exists():
        return folder
    with wait_for_lock(folder.with_suffix(".lock")), console.step("passwords", "Listing common passwords"):
        if not folder.exists():
            unfinished = folder.with_suffix(".part")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            _make(unfinished, installation)
            unfinished.rename(folder)
    return folder


def _make(folder: Path, installation: Path) -> None:
    listed, log = folder / common_passwords.FILE_NAME, folder / "filter.log"
    common_passwords.write(listed)
    program, made = installation / "bin" / "kc.sh", folder / common_passwords.FILTER_NAME
    done = run_to_end(
        [program, "tools", "build-password-denylist", listed, "--output", made],
        log=log,
        environ=java_environment(),
    )
    if done.code:
        raise StackProblem(f"Keycloak could not list common passwords (exit code {done.code}): see {log}.")
