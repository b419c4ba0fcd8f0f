"""The list of passwords that Keycloak refuses: made once in the cache, from what a library ships."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from directory.realm import common_passwords
from stack.console import Console
from stack.disk import wait_for_lock


def make_common_passwords(cache: Path, console: Console) -> Path:
    """The file; nothing is made where it is there from the same library and the same rules."""
    rules = Path(common_passwords.__file__).read_bytes() + version("zxcvbn").encode()
    file = cache / f"common-passwords-{hashlib.sha256(rules).hexdigest()[:12]}.txt"
    if file.exists():
        return file
    with wait_for_lock(file.with_suffix(".lock")), console.step("passwords", "Listing common passwords"):
        if not file.exists():
            unfinished = file.with_suffix(".part")
            common_passwords.write(unfinished)
            unfinished.rename(file)
    return file
