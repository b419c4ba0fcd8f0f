"""Keeps calls to this machine off any proxy that the environment names for the rest of the world."""

import os
from collections.abc import MutableMapping

_HERE = ("localhost", "127.0.0.1")


def reach_this_machine_directly(environ: MutableMapping[str, str] = os.environ) -> None:
    """Adds this machine to NO_PROXY, in both spellings: libraries differ in which one they read."""
    for name in ("NO_PROXY", "no_proxy"):
        named = [each for each in environ.get(name, "").split(",") if each.strip()]
        environ[name] = ",".join(dict.fromkeys((*named, *_HERE)))
