"""Small JSON files of the state folder: written whole or not at all, and readable only by their owner."""

import json
import os
from pathlib import Path
from typing import Any


def read_kept(path: Path) -> Any:
    """What the file holds, or None when it is missing or was cut off."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def keep(path: Path, content: Any) -> None:
    unfinished = path.with_name(path.name + ".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
