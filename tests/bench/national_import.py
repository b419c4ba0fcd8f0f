"""The first import of the whole country, held against plain loops that post the same groups.

Each way gets a realm of its own and an empty realm cache; both are measured with the service beside them, as
an operator has it, and without.
Ours is all that `cqrs sync apply` does: reading the files, reading Keycloak, planning, writing. The loops are
given the organisations ready made.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import aiohttp
import requests
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection

from directory.connection import AdminConnection
from directory.tree import Tree
from directory.vocabulary import Organisation
from sync.desired import desired
from sync.plan import facts
from sync.run import carry_out, compare, load
from tests.bench.beside import realm_beside
from tests.bench.report import show
from tests.bench.rows import Row, listed, median, seconds
from tests.support.builders.national import national
from tests.support.servers.realm import TestRealm
from tests.support.servers.running import RunningPostgres, RunningServers
from tests.support.servers.sources import running_postgres, running_servers

TIMES = 3
IN_FLIGHT = 16
TOKEN_LIFE = 30  # seconds; the administrator's token lasts 60

Way = Callable[[TestRealm], object]


def run(servers: RunningServers, postgres: RunningPostgres) -> Sequence[Row]:
    """Three rows: against aiohttp with 16 in flight, in turn, twice; and against python-keycloak, once."""
    with tempfile.TemporaryDirectory() as folder:
        files = national(Path(folder)).files
        organisations = in_order(files)

        def both(beside: RunningPostgres | None) -> tuple[list[float], list[float]]:
            """In turn, so that a slow minute of the machine falls on both."""
            own, loop = [], []
            for _ in range(TIMES):
                own.append(_measured(servers, lambda realm: ours(realm, files), beside))
                loop.append(_measured(servers, lambda realm: plain_loop(realm, organisations), beside))
            return own, loop

        alone, with_service = both(None), both(postgres)
        one_by_one = _measured(servers, lambda realm: python_keycloak(realm, organisations), None)
    by, size = "aiohttp, 16 in flight", f"{len(organisations):,} organisations; "
    return [
        _row("national first import, the service beside both", with_service, by, size),
        _row("the same, no service beside", alone, by),
        Row("the same", median(alone[0]), "s", one_by_one, "python-keycloak one by one", 8, at_least=True),
    ]


def _row(name: str, taken: tuple[list[float], list[float]], by: str, size: str = "") -> Row:
    own, loop = taken
    note = f"{size}ours {listed(own)}; loop {listed(loop)}"
    return Row(name, median(own), "s", median(loop), by, 0.4, note=note)


def in_order(files: Sequence[Path]) -> list[Organisation]:
    """The organisations of the files, parents before children."""
    return sorted(desired(load(files), {}).organisations.values(), key=lambda each: len(each.path))


def ours(realm: TestRealm, files: Sequence[Path]) -> None:
    tree = Tree(realm.connection("sync"), realm.admin)
    outcome = carry_out(compare(load(files), tree), tree, lambda _: None)
    assert outcome.created > 12_000


def plain_loop(realm: TestRealm, organisations: Sequence[Organisation]) -> None:
    """What anybody would write: a call for each group, 16 at a time, level by level."""
    asyncio.run(_post_all(realm, organisations))


async def _post_all(realm: TestRealm, organisations: Sequence[Organisation]) -> None:
    base = f"{realm.admin.url}/admin/realms/{realm.name}"
    ids = {"": root_id(realm)}
    depths = sorted({len(each.path) for each in organisations})
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as http:
        tokens = Tokens(realm.admin)

        async def post(organisation: Organisation) -> None:
            url = f"{base}/groups/{ids[organisation.parent or '']}/children"
            async with http.post(url, json=body(organisation), headers=tokens.headers()) as answer:
                assert answer.status == 201, await answer.text()
                ids[organisation.code] = (await answer.json())["id"]

        for depth in depths:
            level = iter([each for each in organisations if len(each.path) == depth])
            await asyncio.gather(*(_work(level, post) for _ in range(IN_FLIGHT)))


async def _work(left: Iterator[Organisation], post: Callable[[Organisation], Awaitable[None]]) -> None:
    for each in left:
        await post(each)


def python_keycloak(realm: TestRealm, organisations: Sequence[Organisation]) -> None:
    """The usual library, one group after another."""
    connection = realm.connection("sync")
    admin = KeycloakAdmin(
        connection=KeycloakOpenIDConnection(
            server_url=f"{connection.url}/",
            realm_name=realm.name,
            client_id=connection.client_id,
            client_secret_key=connection.client_secret,
        )
    )
    ids = {"": root_id(realm)}
    for each in organisations:
        made = admin.create_group(body(each), parent=ids[each.parent or ""])
        assert made, each.code
        ids[each.code] = made


def body(organisation: Organisation) -> dict[str, object]:
    """The group as the sync makes it."""
    values = facts(organisation) | ({"approval_level": "single"} if organisation.is_provider else {})
    attributes = {name: [value] for name, value in values.items() if value}
    return {"name": organisation.code, "description": organisation.name, "attributes": attributes}


def root_id(realm: TestRealm) -> str:
    url = f"{realm.admin.url}/admin/realms/{realm.name}/group-by-path/organisations"
    return str(requests.get(url, headers=Tokens(realm.admin).headers(), timeout=30).json()["id"])


class Tokens:
    """The administrator's token, renewed before it lapses."""

    def __init__(self, admin: AdminConnection) -> None:
        self._admin = admin
        self._headers: dict[str, str] = {}
        self._until = 0.0

    def headers(self) -> dict[str, str]:
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + TOKEN_LIFE
            self._headers = {"Authorization": f"Bearer {self._sign_in()}"}
        return self._headers

    def _sign_in(self) -> str:
        url = f"{self._admin.url}/realms/master/protocol/openid-connect/token"
        form = {"grant_type": "password", "client_id": "admin-cli"}
        who = {"username": self._admin.user, "password": self._admin.password}
        return str(requests.post(url, data=form | who, timeout=30).json()["access_token"])


def _measured(servers: RunningServers, way: Way, beside: RunningPostgres | None) -> float:
    """The seconds of one way alone: making and removing its realm isn't counted."""
    with realm_beside(servers, beside) as realm:
        empty_cache(realm)
        return seconds(lambda: way(realm))


def empty_cache(realm: TestRealm) -> None:
    """Keycloak's cache of the realm, which slows writes."""
    url = f"{realm.admin.url}/admin/realms/{realm.name}/clear-realm-cache"
    requests.post(url, headers=Tokens(realm.admin).headers(), timeout=30).raise_for_status()


def main() -> int:
    """Only this part, on the servers that the tests would take."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_servers(Path(folder) / "servers") as servers,
        running_postgres(Path(folder) / "postgres") as postgres,
    ):
        show(run(servers, postgres))
    return 0


if __name__ == "__main__":
    sys.exit(main())
