"""The protocol mappers of a client or client scope: what goes into tokens. Those we do not name stay."""

from directory.admin_paths import AdminPath
from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation


def mapper_differences(name: str, ours: Representation, theirs: Representation) -> list[Difference]:
    """How the mappers of a client or client scope of this name differ from ours."""
    present = _by_name(theirs)
    found: list[Difference] = []
    for mapper_name, mapper in _by_name(ours).items():
        subject = f"{name} {mapper_name}"
        found += (
            compare("mapper", subject, mapper, present[mapper_name])
            if mapper_name in present
            else [absent("mapper", subject)]
        )
    return found


def correct_mappers(
    session: AdminSession, path: AdminPath, ours: Representation, theirs: Representation
) -> None:
    """Makes and corrects our mappers of what is at `path`."""
    present = _by_name(theirs)
    models = (*path, "protocol-mappers", "models")
    for name, mapper in _by_name(ours).items():
        if name in present:
            session.put(*models, present[name]["id"], body=overlay(mapper, present[name]))
        else:
            session.post(*models, body=mapper)


def _by_name(holder: Representation) -> Representation:
    return {mapper["name"]: mapper for mapper in holder.get("protocolMappers", [])}
