"""PostgreSQL refuses to run as root: then another user runs it, in a place that this user can reach."""

import hashlib
import os
import pwd
import stat
from pathlib import Path

from stack.problem import StackProblem

USER = "nobody"


def database_user() -> str | None:
    """Who runs PostgreSQL: somebody else when we are root, else we ourselves (None)."""
    return USER if os.geteuid() == 0 else None


def database_home(state: Path) -> Path:
    """Where PostgreSQL's data goes: in the state folder, unless its user can't reach that."""
    user = database_user()
    inside = state / "postgres"
    if user is None or reaches(user, state):
        return inside
    name = hashlib.sha256(str(state).encode()).hexdigest()[:16]
    return Path("/var/tmp") / f"cqrs-{name}"  # noqa: S108 (ownership is checked below)


def make_home(home: Path) -> None:
    """Makes the folder, or checks that the one that is there is ours. Raises StackProblem."""
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    facts = home.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise StackProblem(f"{home} belongs to somebody else: choose another state folder with CQRS_STATE.")
    home.chmod(0o711 if database_user() else 0o700)


def give(folder: Path) -> None:
    """Gives the folder to PostgreSQL's user."""
    user = database_user()
    if user:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def reaches(user: str, folder: Path) -> bool:
    """Whether the user may pass through every folder down to `folder` itself."""
    uid = pwd.getpwnam(user).pw_uid
    return all(_may_pass(place, uid) for place in (folder, *folder.parents) if place.exists())


def _may_pass(place: Path, uid: int) -> bool:
    facts = place.stat()
    needed = stat.S_IXUSR if facts.st_uid == uid else stat.S_IXOTH
    return bool(facts.st_mode & needed)
