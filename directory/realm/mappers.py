"""The protocol mappers of a client: what goes into its tokens. Mappers that we do not name stay."""

from directory.admin_paths import AdminPath
from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation


def mapper_differences(client: Representation, theirs: Representation) -> list[Difference]:
    """How the mappers of a client that is there differ from ours."""
    present = _by_name(theirs)
    found: list[Difference] = []
    for name, mapper in _by_name(client).items():
        subject = f"{client['clientId']} {name}"
        found += (
            compare("mapper", subject, mapper, present[name])
            if name in present
            else [absent("mapper", subject)]
        )
    return found


def correct_mappers(
    session: AdminSession, path: AdminPath, client: Representation, theirs: Representation
) -> None:
    """Makes and corrects our mappers of the client at `path`."""
    present = _by_name(theirs)
    models = (*path, "protocol-mappers", "models")
    for name, mapper in _by_name(client).items():
        if name in present:
            session.put(*models, present[name]["id"], body=overlay(mapper, present[name]))
        else:
            session.post(*models, body=mapper)


def _by_name(client: Representation) -> Representation:
    return {mapper["name"]: mapper for mapper in client.get("protocolMappers", [])}
