"""The national list again: nothing new, a day's changes, and six years of them, held against plain loops.

The loops know beforehand what is to change and how each group is; ours reads files and Keycloak, and plans.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from directory.access_token import AccessToken
from directory.bulk_session import BulkSession
from directory.tree import Tree
from directory.tree_read import read_tree
from sync.plan import PLACING, Operation, Plan, PlannedChange, facts
from sync.run import Comparison, carry_out, compare, load
from tests.bench.beside import followed
from tests.bench.national_import import Tokens, empty_cache
from tests.bench.rows import Row, alternate, listed, median, seconds
from tests.support.builders.years import Years, national_years
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningPostgres, RunningServers

TIMES, YEARS_TIMES = 3, 2
IN_FLIGHT = 8
A_DAY = 20
Files = Sequence[Path]
Headers = Callable[[], dict[str, str]]
Way = Callable[[TestRealm, Comparison, Years], None]
WITH_ITS_PEAK = """
import atexit, sys
from pathlib import Path
from commands import app
status = Path("/proc/self/status")
atexit.register(lambda: print(*(l for l in status.read_text().splitlines() if "VmHWM" in l), file=sys.stderr))
app()
"""


def run(servers: RunningServers, postgres: RunningPostgres) -> Sequence[Row]:
    """Rows for no change, a day's changes, six years of changes, and the memory that a run takes."""
    with tempfile.TemporaryDirectory() as folder:
        lists = national_years(Path(folder))
        with fresh_realm(servers) as realm:
            _bring_in(_loader(realm), lists.earlier)
            rows = _nothing_and_a_day(realm, lists.earlier)
            rows.append(_peak(realm, lists.earlier))
        return [*rows, *_years(servers, postgres, lists)]


def _nothing_and_a_day(realm: TestRealm, files: Files) -> list[Row]:
    tree = _tree(realm)
    nothing, bare = alternate(TIMES, lambda: _bring_in(tree, files), lambda: _bare_read(realm))
    day, bare_again = [], []
    for _ in range(TIMES):
        _spoil(tree, files)
        day.append(seconds(lambda: _bring_in(tree, files)))
        bare_again.append(seconds(lambda: _bare_read(realm)))
    name = "the bare concurrent tree read"
    return [
        Row("sync that changes nothing", median(nothing), "s", median(bare), name, 1.3),
        Row(f"sync of {A_DAY} changes", median(day), "s", median(bare_again), name, 1.3),
    ]


def _spoil(tree: Tree, files: Files) -> None:
    """Twenty organisations get another name, as if their list had come with a new one."""
    comparison = compare(load(files), tree)
    chosen = list(comparison.current.organisations.values())[:A_DAY]
    changes = [
        PlannedChange(Operation.UPDATE, replace(each, name="OLD"), each, {"name": "OLD"}) for each in chosen
    ]
    carry_out(replace(comparison, plan=Plan(tuple(changes))), tree, lambda _: None)


def _peak(realm: TestRealm, files: Files) -> Row:
    """Of a process of its own, as it says itself at its end.

    What the system counts for ended processes has their parents' and everybody else's in it.
    """
    command = [sys.executable, "-c", WITH_ITS_PEAK, "sync", "apply", *map(str, files)]
    done = subprocess.run(
        command, env=os.environ | realm.environment, capture_output=True, text=True, check=True
    )
    peak = int(done.stderr.split()[-2]) / 1024
    return Row("memory of a sync of the country", peak, "MB", goal=300)


def _years(servers: RunningServers, postgres: RunningPostgres, lists: Years) -> list[Row]:
    """Against a loop of an administrator, and one of the sync's own account, whose every call costs more.

    Each in a realm of its own, in turn, the service beside all of them.
    """
    ours, loop, own = [], [], []
    for _ in range(YEARS_TIMES):
        ours.append(_six_years(servers, postgres, lists, _by_the_sync)[0])
        loop.append(_six_years(servers, postgres, lists, _by_an_administrator)[0])
        taken, counts = _six_years(servers, postgres, lists, _with_the_syncs_rights)
        own.append(taken)
    by, again = f"aiohttp, {IN_FLIGHT} in flight", "the same, both with the sync's own rights"
    mine = median(ours)
    return [
        Row("2020 to 2025", mine, "s", median(loop), by, 0.8, note=counts),
        Row(again, mine, "s", median(own), by, note=f"ours {listed(ours)}; loop {listed(own)}"),
    ]


def _six_years(
    servers: RunningServers, postgres: RunningPostgres, lists: Years, way: Way
) -> tuple[float, str]:
    """How long this way takes, and what there was to change."""
    with fresh_realm(servers) as realm:
        _bring_in(_loader(realm), lists.earlier)
        comparison = compare(load(lists.later), _tree(realm))
        with followed(realm, postgres):
            empty_cache(realm)
            taken = seconds(lambda: way(realm, comparison, lists))
    return taken, ", ".join(f"{n:,} {kind}" for kind, n in comparison.plan.counts.items() if n)


def _by_the_sync(realm: TestRealm, _: Comparison, lists: Years) -> None:
    _bring_in(_tree(realm), lists.later)


def _by_an_administrator(realm: TestRealm, comparison: Comparison, _: Years) -> None:
    asyncio.run(_plain_loop(realm, comparison, Tokens(realm.admin).headers))


def _with_the_syncs_rights(realm: TestRealm, comparison: Comparison, _: Years) -> None:
    asyncio.run(_plain_loop(realm, comparison, _own_headers(realm)))


def _own_headers(realm: TestRealm) -> Headers:
    token = AccessToken(realm.connection("sync"))
    return lambda: {"Authorization": f"Bearer {token.current('measuring')}"}


async def _plain_loop(realm: TestRealm, comparison: Comparison, headers: Headers) -> None:
    """The same changes, a call for each, all that the attributes will be given ready made."""
    plan, current = comparison.plan, comparison.current
    base = f"{realm.admin.url}/admin/realms/{realm.name}/groups"
    ids = {"": current.root_id, **{code: each.id for code, each in current.organisations.items()}}
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def call(method: str, url: str, body: dict[str, Any]) -> Any:
            async with http.request(method, url, json=body, headers=headers()) as answer:
                assert answer.status < 300, await answer.text()
                return await answer.json() if answer.status == 201 else None

        async def create(change: PlannedChange) -> None:
            made = await call(
                "POST", f"{base}/{ids[change.organisation.parent or '']}/children", _body(change)
            )
            ids[change.code] = made["id"]

        async def move(change: PlannedChange) -> None:
            target = f"{base}/{ids[change.organisation.parent or '']}/children"
            await call("POST", target, {"id": ids[change.code], "name": change.code})

        async def write(change: PlannedChange) -> None:
            await call("PUT", f"{base}/{ids[change.code]}", _body(change))

        for depth in range(1, 6):
            created = [one for one in plan.of(Operation.CREATE) if len(one.organisation.path) == depth]
            await _all(created, create)
        await _all(plan.of(*PLACING), move)
        for operation in (Operation.REOPEN, Operation.UPDATE, Operation.CLOSE):
            await _all(plan.of(operation), write)


async def _all(changes: Sequence[PlannedChange], act: Callable[[PlannedChange], Awaitable[None]]) -> None:
    left = iter(changes)

    async def worker() -> None:
        for change in left:
            await act(change)

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


def _body(change: PlannedChange) -> dict[str, Any]:
    values = facts(change.organisation) | change.facts | {"approval_level": "single"}
    attributes = {name: [value] for name, value in values.items() if value}
    return {"name": change.code, "description": change.organisation.name, "attributes": attributes}


def _bring_in(tree: Tree, files: Files) -> None:
    carry_out(compare(load(files), tree), tree, lambda _: None)


def _tree(realm: TestRealm) -> Tree:
    return Tree(realm.connection("sync"))


def _loader(realm: TestRealm) -> Tree:
    return Tree(realm.connection("sync"), realm.admin)


def _bare_read(realm: TestRealm) -> None:
    async def read() -> None:
        async with BulkSession(realm.connection("sync"), realm.name) as session:
            await read_tree(session)

    asyncio.run(read())
