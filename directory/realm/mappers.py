"""The protocol mappers of a client: what goes into its tokens. Mappers that we do not name stay."""

from directory.realm.comparing import Difference, absent, compare, overlay
from directory.realm.files import Representation
from directory.realm.server import RealmServer


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


def put_mappers_right(server: RealmServer, path: str, client: Representation, theirs: Representation) -> None:
    """Makes and corrects our mappers of the client at `path`."""
    present = _by_name(theirs)
    models = f"{path}/protocol-mappers/models"
    for name, mapper in _by_name(client).items():
        if name in present:
            server.put(f"{models}/{present[name]['id']}", overlay(mapper, present[name]))
        else:
            server.post(models, mapper)


def _by_name(client: Representation) -> Representation:
    return {mapper["name"]: mapper for mapper in client.get("protocolMappers", [])}
