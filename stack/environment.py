"""Tells other commands where the running stack is, so that `cqrs realm plan` just works beside `make run`."""

import os
from collections.abc import Mapping

from stack.json_files import read_kept
from stack.proxies import reach_this_machine_directly
from stack.settings import state_folder

# Where any of these is set, somebody means another service: half of ours must not be mixed into it.
_MEANT = (
    "CQRS_KEYCLOAK_URL",
    "CQRS_KEYCLOAK_INTERNAL_URL",
    "CQRS_DATABASE_URL",
    "CQRS_PORTAL_URL",
    "CQRS_REALM",
)


def running_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`environ`, completed with what the running stack wrote in its run.json.

    As it is when no stack runs, or when `environ` already says which service is meant.
    """
    if any(environ.get(name) for name in _MEANT):
        return dict(environ)
    facts = read_kept(state_folder(environ) / "run.json")
    if not facts:
        return dict(environ)
    completed: dict[str, str] = facts["environment"] | dict(environ)
    reach_this_machine_directly(completed)
    return completed
